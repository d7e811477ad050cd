"""What a salon still lacks before its customers can be asked, from its own documents."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.calendar.service import Service
from shared.calendar.staff import StaffMember
from shared.customers.consent import NoChannel, channel_for
from shared.customers.customer import Customer
from shared.records.problem import Problem
from shared.salon.salon import Salon
from shared.salon.settings import SalonSettings


@dataclass(frozen=True)
class Loaded:
    """A salon's documents as far as they can be read; `problems` are the others."""

    salon: Salon
    settings: SalonSettings
    staff: Sequence[StaffMember]
    services: Sequence[Service]
    customers: Sequence[Customer]
    problems: Sequence[Problem]


def lacking(loaded: Loaded) -> list[str]:
    """Each thing that keeps the salon from asking, or somebody from being asked, with what is to be done. Empty: it can ask.
    What Twilio and Meta have to allow is not in the documents."""
    return [
        *(f"{each.resource_type} {each.resource_id} cannot be read: {each.reason}" for each in loaded.problems),
        *_of_salon(loaded.salon, loaded.settings),
        *_of_calendar(loaded),
        *_of_customers(loaded),
    ]


def _of_salon(salon: Salon, settings: SalonSettings) -> Iterable[str]:
    messaging = salon.messaging
    if salon.status == "paused":
        yield "the salon is paused: status must be active"
    if settings.mode == "dry_run":
        yield "mode is dry_run: settings/current must say live before anything is sent"
    if not (messaging.whatsapp_from or messaging.sms_from):
        yield "no number to send from: messaging.whatsapp_from or messaging.sms_from"
    elif not messaging.account_sid:
        yield "no Twilio account to send with: messaging.account_sid"
    if not any(contact.addresses for contact in salon.contacts):
        yield "nobody to tell or to ask for approval: contacts, with a phone"


def _of_calendar(loaded: Loaded) -> Iterable[str]:
    performed = {service.id for service in loaded.services if service.active}
    active = [member for member in loaded.staff if member.active]
    if not performed:
        yield "no active service"
    if not active:
        yield "no active staff member"
    for member in active:
        if not performed.intersection(member.service_ids):
            yield f"staff {member.id} performs no active service: service_ids"
        hours = loaded.salon.opening_hours if member.working_hours is None else member.working_hours
        if not any(hours.values()) and not (member.shifts or loaded.salon.special_hours):
            yield f"staff {member.id} never works: opening_hours of the salon, or working_hours"


def _of_customers(loaded: Loaded) -> Iterable[str]:
    if not loaded.customers:
        yield "no customer"
        return
    # To ask somebody who waits is service; to ask anybody else is marketing.
    why = [channel_for(customer, loaded.salon, "service") for customer in loaded.customers]
    refused = Counter(each.reason for each in why if isinstance(each, NoChannel))
    for reason, count in refused.most_common():
        yield f"{count} of {len(why)} customers cannot be asked even about a wish of their own: {reason}"
