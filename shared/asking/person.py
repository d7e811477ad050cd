"""Somebody who might be asked, and what speaks against asking them, whoever asks and whatever about."""

from dataclasses import dataclass
from datetime import datetime

from shared.asking import limits
from shared.asking.outreach import Outreach
from shared.customers.consent import Channel, NoChannel, Purpose, channel_for
from shared.customers.customer import Customer
from shared.messaging.country import country_of
from shared.messaging.messaging_hours import next_allowed
from shared.salon.salon import Salon, zone_named
from shared.salon.settings import SalonSettings


@dataclass(frozen=True)
class Person:
    """A customer, with the asks of the last 14 days to them or to one of their addresses, the (channel, purpose) pairs that they
    have withdrawn, and whether something that they wrote waits for a person."""

    customer: Customer
    asks: tuple[Outreach, ...]
    opted_out: frozenset[tuple[str, str]]
    unanswered: bool = False


@dataclass(frozen=True)
class Excluded:
    """Why somebody is not asked. `until` is when the only thing that excludes them is over, where that is known."""

    reason: str
    until: datetime | None = None


def unwanted(customer: Customer, *, unanswered: bool) -> str | None:
    """Says why this customer is asked nothing at all, or None. `unanswered`: something that they wrote waits for a person, and
    who is not heard is not asked."""
    if customer.is_staff:
        return "works here"
    if customer.blocked:
        return "blocked by the salon"
    if customer.open_complaint:
        return "has a complaint open"
    if unanswered:
        return "what they wrote waits for an answer"
    return None


def reachable(
    person: Person, consent: Purpose, *, salon: Salon, settings: SalonSettings, now: datetime
) -> Channel | Excluded:
    """The channel by which this person may be asked now, by the contact limits, their consent and their hours; or why they may
    not."""
    customer, marketing = person.customer, consent == "marketing"
    limit = limits.contact_limit(
        limits.past_asks(person.asks), marketing=marketing, limits=settings.limits, now=now, zone=salon.zone
    )
    if limit is not None:
        return Excluded(limit)
    channel = channel_for(customer, salon, consent, opted_out=person.opted_out)
    if isinstance(channel, NoChannel):
        return Excluded(channel.reason)
    awake_at = next_allowed(
        now,
        zone=zone_named(customer.timezone) if customer.timezone else salon.zone,
        quiet=settings.quiet_hours,
        channel=channel,
        marketing=marketing,
        country=country_of(customer.phone or ""),
    )
    return channel if awake_at == now else Excluded("quiet hours where they are", awake_at)
