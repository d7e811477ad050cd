"""Finds why a message may not go out now, although it was right when it was requested."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Literal
from zoneinfo import ZoneInfo

from functions.send_outreach.recipient_hours import hours_of
from functions.send_outreach.speak_to_owner import answered_meanwhile, mended_meanwhile
from shared.asking.find_unanswered import unanswered
from shared.asking.guard import unmet
from shared.asking.load_facts import load_facts
from shared.asking.outreach import Outreach
from shared.asking.person import unwanted
from shared.customers.address_keys import keys_of
from shared.customers.consent import withdrawn
from shared.customers.customer import Customer
from shared.customers.find_customers import customers_at
from shared.customers.load_customer import customer_of
from shared.customers.read_consents import withdrawal_records
from shared.messaging.country import country_of
from shared.messaging.message import Message, message_path
from shared.messaging.messaging_hours import answers, next_allowed
from shared.ports import Reader
from shared.salon.salon import Salon, zone_named
from shared.salon.settings import QuietHours, SalonSettings
from shared.values.identity import canonical

PAUSED_RETRY = timedelta(minutes=15)


@dataclass(frozen=True)
class Hold:
    until: datetime
    reason: str


@dataclass(frozen=True)
class Drop:
    reason: str


def obstacle(
    message: Outreach | Message,
    *,
    salon: Salon,
    settings: SalonSettings,
    documents: Reader,
    signing_key: bytes,
    now: datetime,
) -> Hold | Drop | None:
    """Why this message may not go out now, or None. What was right when it was requested may have changed since."""
    if now >= message.expires_at:
        return Drop("its time had passed before it could be sent")
    mode = settings.mode_of(message.agent_name) if isinstance(message, Outreach) else settings.mode
    if isinstance(message, Message) and message.audience == "owner" and _answers(message, now):
        # They have just asked, and are awake.
        return None
    if mode == "dry_run" and not _is_told_in_dry_run(message, documents):
        return Drop("only a dry run is made")
    if salon.status == "paused":
        return Hold(now + PAUSED_RETRY, "the salon is paused")
    if isinstance(message, Message):
        if answered_meanwhile(message, documents=documents, now=now):
            return Drop("it has been answered meanwhile")
        if mended_meanwhile(message, documents=documents):
            return Drop("it has been mended meanwhile")
        if message.audience == "owner":
            return _owner_asleep(message, salon=salon, now=now)
        return None if _answers(message, now) else _asleep(message, salon, settings, documents, now)
    right = _no_longer_right(message, salon=salon, documents=documents, signing_key=signing_key, now=now)
    if isinstance(right, Drop) or _answers(message, now):
        return right if isinstance(right, Drop) else None
    return _quiet(message, right, salon=salon, settings=settings, now=now)


def _answers(message: Outreach | Message, now: datetime) -> bool:
    """Whether our message answers what the person has just written, so that it may go out in their quiet hours."""
    return message.is_answer and answers(now, message.created_at)


def _asleep(message: Message, salon: Salon, settings: SalonSettings, documents: Reader, now: datetime) -> Hold | None:
    """Holds a message that a customer must hear until their morning, if they are asleep. It is never dropped."""
    customers = customers_at(message.to, message.conversation_id, documents, salon.country)
    zones = [customer.timezone for customer in customers if customer.timezone]
    zone = zone_named(zones[0]) if zones else salon.zone
    free_at = _awake_at(message, zone, settings.quiet_hours, now)
    return Hold(free_at, "quiet hours") if free_at is not None and free_at > now else None


def _is_told_in_dry_run(message: Outreach | Message, documents: Reader) -> bool:
    """Whether the message asks nobody anything and must be heard all the same: the owner hears what is wrong, and whoever took up an
    offer made before the dry run began is owed the answer, the owner too."""
    if not isinstance(message, Message):
        return False
    if message.audience == "owner":
        merged = documents.get_all([message_path(message.conversation_id, each) for each in message.merges])
        purposes = {message.purpose, *(snapshot.data["purpose"] for snapshot in merged)}
        return not purposes.isdisjoint(("owner_alert", "owner_sold"))
    return documents.get(f"outreach/{message.about}") is not None


def _owner_asleep(message: Message, *, salon: Salon, now: datetime) -> Hold | None:
    contact = salon.contact_at(message.to)
    if contact is None or contact.quiet_hours is None:
        return None
    quiet = QuietHours(start=contact.quiet_hours.start, end=contact.quiet_hours.end)
    free_at = _awake_at(message, salon.zone, quiet, now)
    return Hold(free_at, "the owner's quiet hours") if free_at is not None and free_at > now else None


def _awake_at(message: Message, zone: ZoneInfo, quiet: QuietHours, now: datetime) -> datetime | None:
    """When somebody may next be told what is no ask."""
    channel: Literal["whatsapp", "sms"] = "sms" if message.channel == "sms" else "whatsapp"
    country = country_of(message.address)
    return next_allowed(now, zone=zone, quiet=quiet, channel=channel, marketing=False, country=country)


def _no_longer_right(
    outreach: Outreach, *, salon: Salon, documents: Reader, signing_key: bytes, now: datetime
) -> Drop | Customer:
    """Why the ask must not go out any more; or its customer as they are now."""
    reason = unmet(outreach.guard, load_facts(outreach.guard, documents, now))
    if reason is not None:
        return Drop(reason)
    customer = customer_of(documents, outreach.customer_id)
    if customer is None:
        return Drop("the customer may no longer be asked")
    customer = customer.dialled_in(salon.country)
    keys = keys_of(customer, signing_key)
    unheard = unanswered([customer], documents, signing_key=signing_key, now=now)
    unasked = unwanted(customer, unanswered=customer.id in unheard)
    if unasked is not None:
        return Drop(f"the customer may no longer be asked: {unasked}")
    if customer.address != canonical(outreach.customer_phone):
        return Drop("the customer may no longer be asked there")
    if outreach.channel not in ("whatsapp", "sms") or not customer.consents.allows(
        outreach.channel, outreach.consent_purpose
    ):
        return Drop("the customer no longer consents")
    ledger = withdrawal_records(documents, keys)
    if (outreach.channel, outreach.consent_purpose) in withdrawn(chain.from_iterable(ledger.values())):
        return Drop("the customer has opted out")
    return customer


def _quiet(
    outreach: Outreach, customer: Customer, *, salon: Salon, settings: SalonSettings, now: datetime
) -> Hold | Drop | None:
    free_at = next_allowed(now, **hours_of(outreach, customer, salon, settings))
    if free_at == now:
        return None
    if free_at is None or free_at >= outreach.expires_at:
        return Drop("quiet hours last longer than the offer")
    return Hold(free_at, "quiet hours")
