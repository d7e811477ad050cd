"""Who could take a gap, and why; who is not asked, and why not. Every prospect comes back with a reason, taken or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.domain import limits
from shared.domain.booking import Booking
from shared.domain.consent import NoChannel, channel_for
from shared.domain.customer import ConsentPurpose, Customer
from shared.domain.gap import Gap
from shared.domain.messaging_hours import allowed, country_of
from shared.domain.outreach import Outreach, Slot
from shared.domain.plan import slot_at
from shared.domain.salon import Salon, zone_named
from shared.domain.service import Service
from shared.domain.settings import SalonSettings
from shared.domain.stretches import Stretch
from shared.domain.waitlist import WaitlistEntry

Source = Literal["waitlist_exact", "regular"]

RANK: dict[Source, int] = {"waitlist_exact": 0, "regular": 1}
PRIOR: dict[Source, float] = {"waitlist_exact": 0.25, "regular": 0.08}
"""P(accepts | delivered) before anything is known about this salon."""
PURPOSE: dict[Source, ConsentPurpose] = {"waitlist_exact": "service", "regular": "marketing"}

TIME_TO_ANSWER = timedelta(minutes=5)
"""No offer goes out that its customer could not answer in this time."""
ALREADY_ASKED_WITHIN = timedelta(hours=24)
REGULAR_FROM_VISITS = 2


@dataclass(frozen=True)
class Prospect:
    """What is known about somebody who might take the gap. `asks` are those of the last seven days to this customer or to
    one of their addresses; `bookings` are their own around the gap; `service_id` is what they would come for."""

    customer: Customer
    source: Source
    service_id: str
    entry: WaitlistEntry | None = None
    visits: int = 0
    bookings: tuple[Booking, ...] = ()
    asks: tuple[Outreach, ...] = ()
    opted_out: frozenset[tuple[str, str]] = frozenset()
    """(channel, purpose) pairs this person has withdrawn."""


@dataclass(frozen=True)
class Candidate:
    """`excluded` says why this prospect is not asked; then slot, channel and deadline may be missing."""

    prospect: Prospect
    slot: Slot | None = None
    service: Service | None = None
    channel: Literal["whatsapp", "sms"] | None = None
    deadline: datetime | None = None
    probability: float = 0.0
    reasons: tuple[str, ...] = ()
    excluded: str | None = None

    def out(self, reason: str) -> "Candidate":
        return replace(self, excluded=reason)

    def considered(self) -> dict[str, Any]:
        """As the decision keeps it."""
        return {
            "customer_id": self.prospect.customer.id,
            "source": self.prospect.source,
            "probability": round(self.probability, 4),
            "reasons": list(self.reasons),
            "excluded": self.excluded,
        }


def judged(
    prospects: Sequence[Prospect],
    *,
    gap: Gap,
    salon: Salon,
    services: Mapping[str, Service],
    settings: SalonSettings,
    cancelled_by: frozenset[str],
    now: datetime,
) -> list[Candidate]:
    """All prospects, best first, the excluded last. `cancelled_by` are the customers who gave this very time back."""
    candidates = [
        _judge(prospect, gap=gap, salon=salon, services=services, settings=settings, cancelled_by=cancelled_by, now=now)
        for prospect in prospects
    ]
    return sorted(candidates, key=_order)


def _order(candidate: Candidate) -> tuple[Any, ...]:
    prospect = candidate.prospect
    entry = prospect.entry
    last_asked = max((ask.created_at for ask in prospect.asks), default=None)
    return (
        candidate.excluded is not None,
        RANK[prospect.source],
        -(entry.priority if entry else prospect.visits),
        entry.created_at.isoformat() if entry and entry.created_at else "",
        last_asked.isoformat() if last_asked else "",
        prospect.customer.id,
    )


def _judge(
    prospect: Prospect,
    *,
    gap: Gap,
    salon: Salon,
    services: Mapping[str, Service],
    settings: SalonSettings,
    cancelled_by: frozenset[str],
    now: datetime,
) -> Candidate:
    candidate = Candidate(prospect, reasons=(_why(prospect),))
    customer = prospect.customer

    if customer.is_staff:
        return candidate.out("works here")
    if customer.blocked:
        return candidate.out("blocked by the salon")
    if customer.id in cancelled_by:
        return candidate.out("gave this very time back")
    service = services.get(prospect.service_id)
    if service is None or service.id not in gap.services_fittable:
        return candidate.out("no service that fits the gap")

    notice = _notice(prospect, settings)

    def slot_clear_of(taken: Sequence[Stretch]) -> Slot | None:
        earliest = now + notice + TIME_TO_ANSWER
        return _slot(prospect, gap=gap, service=service, services=services, earliest=earliest, clear_of=taken)

    slot = slot_clear_of([booking.stretch for booking in prospect.bookings if booking.occupies])
    if slot is None:
        booked = slot_clear_of([]) is not None
        return candidate.out("booked at that time" if booked else "no time that suits, with their notice")
    candidate = replace(candidate, slot=slot, service=service)

    own_asks = [ask for ask in prospect.asks if ask.customer_id == customer.id]
    if any(_about_same_time(ask, slot, now) for ask in own_asks):
        return candidate.out("already asked about this time")
    if any(ask.is_open and ask.slot for ask in prospect.asks):
        return candidate.out("has another offer open")
    purpose = PURPOSE[prospect.source]
    limit = limits.contact_limit(
        prospect.asks, marketing=purpose == "marketing", limits=settings.limits, now=now, zone=salon.zone
    )
    if limit is not None:
        return candidate.out(limit)

    channel = channel_for(customer, salon, purpose, opted_out=prospect.opted_out)
    if isinstance(channel, NoChannel):
        return candidate.out(channel.reason)
    zone = zone_named(customer.timezone) if customer.timezone else salon.zone
    if not allowed(
        now,
        zone=zone,
        quiet=settings.quiet_hours,
        channel=channel,
        marketing=purpose == "marketing",
        country=country_of(customer.phone or ""),
    ):
        return candidate.out("quiet hours where they are")
    probability = PRIOR[prospect.source] * lead_factor(slot.start - now)
    deadline = min(now + timedelta(minutes=settings.offers.response_deadline_minutes), slot.start - notice)
    candidate = replace(candidate, channel=channel, probability=probability, deadline=deadline)
    if probability < settings.offers.min_acceptance_probability:
        return candidate.out("too unlikely to accept")
    return candidate


def lead_factor(lead: timedelta) -> float:
    """How much readier people are to take a time this far away."""
    if lead < timedelta(hours=1):
        return 0.4
    if lead <= timedelta(hours=3):
        return 0.8
    return 1.2 if lead > timedelta(hours=24) else 1.0


def _why(prospect: Prospect) -> str:
    if prospect.entry is not None:
        return "waits for exactly this"
    return f"regular of this staff member ({prospect.visits} visits)"


def _notice(prospect: Prospect, settings: SalonSettings) -> timedelta:
    """The longest of the customer's, their wish's and the salon's, without which a yes could not be honoured."""
    minutes = max(prospect.customer.minimum_notice_minutes, settings.gap.minimum_notice_minutes)
    if prospect.entry is not None:
        minutes = max(minutes, prospect.entry.minimum_notice_minutes)
    return timedelta(minutes=minutes)


def _slot(
    prospect: Prospect,
    *,
    gap: Gap,
    service: Service,
    services: Mapping[str, Service],
    earliest: datetime,
    clear_of: Sequence[Stretch],
) -> Slot | None:
    windows: list[Stretch | None] = [None]
    if prospect.entry is not None and prospect.entry.windows:
        windows = [window.stretch for window in prospect.entry.windows]
    for window in windows:
        found = slot_at(
            gap,
            service,
            earliest_start=earliest,
            window=window,
            services=list(services.values()),
            clear_of=clear_of,
        )
        if found is not None:
            return Slot(start=found.start, end=found.end, service_id=service.id, staff_id=gap.staff_id)
    return None


def _about_same_time(ask: Outreach, slot: Slot, now: datetime) -> bool:
    if ask.slot is None or ask.created_at <= now - ALREADY_ASKED_WITHIN:
        return False
    # One that failed would fail again; one that was called back before it was tried leaves them as they were.
    called_back = ask.status == "expired" and ask.attempts == 0
    return not called_back and ask.slot.stretch.overlaps(slot.stretch)
