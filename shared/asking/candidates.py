"""Who could take a gap, and why; who is not asked, and why not. Every prospect comes back with a reason, taken or not."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from shared.asking import limits
from shared.asking.autonomy import Autonomy, autonomy
from shared.asking.discounts import reduction
from shared.asking.learned import Learned, Odds
from shared.asking.outreach import Outreach, Slot
from shared.asking.ranking import Worth, worth
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.calendar.plan import slot_at
from shared.calendar.service import Service
from shared.customers.consent import NoChannel, channel_for
from shared.customers.customer import ConsentPurpose, Customer
from shared.customers.waitlist import WaitlistEntry
from shared.messaging.messaging_hours import country_of, next_allowed
from shared.salon.salon import Salon, zone_named
from shared.salon.settings import SalonSettings
from shared.values.stretches import Stretch

Source = Literal["waitlist_exact", "waitlist_partial", "sooner", "overdue", "regular", "late_yes"]

PRIOR: dict[Source, float] = {
    "waitlist_exact": 0.25,
    "waitlist_partial": 0.12,
    "sooner": 0.10,
    "overdue": 0.08,
    "regular": 0.08,
    # They have just said yes to something like it.
    "late_yes": 0.25,
}
"""P(accepts | delivered) before anything is known about this salon, and before the lead time is."""
PURPOSE: dict[Source, ConsentPurpose] = {
    "waitlist_exact": "service",
    "waitlist_partial": "marketing",
    "sooner": "marketing",
    "overdue": "marketing",
    "regular": "marketing",
    "late_yes": "service",
}

TIME_TO_ANSWER = timedelta(minutes=5)
"""No offer goes out that its customer, and no question that the owner, could not answer in this time."""
ALREADY_ASKED_WITHIN = timedelta(hours=24)
REGULAR_FROM_VISITS = 2
CHAIN_DEPTH = 2
"""A time freed by a mover may be filled by a mover again this often; then the chain ends."""
LIKELY = 0.2
"""Whoever is at least this likely to take the full price is never offered a discount."""


@dataclass(frozen=True)
class Prospect:
    """What is known about somebody who might take the gap. `asks` are those of the last 14 days to this customer or to one
    of their addresses; `bookings` are their own around the gap; `service_id` is what they would come for; `moves` is the
    later booking that a "sooner" mover would give up. `usual_interval` and `last_visit` are known of who comes often."""

    customer: Customer
    source: Source
    service_id: str
    entry: WaitlistEntry | None = None
    visits: int = 0
    segment: str = "regular"
    moves: Booking | None = None
    last_visit: datetime | None = None
    usual_interval: timedelta | None = None
    bookings: tuple[Booking, ...] = ()
    asks: tuple[Outreach, ...] = ()
    opted_out: frozenset[tuple[str, str]] = frozenset()
    """(channel, purpose) pairs this person has withdrawn."""

    @property
    def windows(self) -> int:
        """How many times they named in their wish."""
        return len(self.entry.windows) if self.entry else 0

    @property
    def ignored(self) -> int:
        """How many asks they left unanswered until their deadline; withdrawn ones were not ignored."""
        return sum(ask.customer_id == self.customer.id and ask.was_ignored for ask in self.asks)


@dataclass(frozen=True)
class Candidate:
    """`excluded` says why this prospect is not asked; then slot, channel and deadline may be missing."""

    prospect: Prospect
    slot: Slot | None = None
    service: Service | None = None
    channel: Literal["whatsapp", "sms"] | None = None
    deadline: datetime | None = None
    probability: float = 0.0
    discount_percent: float = 0.0
    worth: Worth | None = None
    autonomy: Autonomy | None = None
    chain_depth: int = 0
    reasons: tuple[str, ...] = ()
    excluded: str | None = None
    asleep_until: datetime | None = None
    """When what alone excludes them is over: quiet hours, a budget that is used up, or a time too near to ask the owner."""

    def out(self, reason: str) -> "Candidate":
        return replace(self, excluded=reason)

    def considered(self) -> dict[str, Any]:
        """As the decision keeps it."""
        return {
            "customer_id": self.prospect.customer.id,
            "source": self.prospect.source,
            "segment": self.prospect.segment,
            "probability": round(self.probability, 4),
            "score": self.worth.score if self.worth else 0.0,
            "components": asdict(self.worth) if self.worth else {},
            "discount_percent": self.discount_percent,
            "autonomy_level": self.autonomy.level if self.autonomy else None,
            "reasons": list(self.reasons),
            "excluded": self.excluded,
        }


@dataclass(frozen=True)
class Terms:
    """What a round is decided by, the same for all its prospects. `cancelled_by` gave this very time back; `discount` is
    what this round may offer, and `discount_left` what it may cost, None where that is settled; `chain_depth` how many
    movers moved for this time to be free; `rooms_taken` is when a room that a service needs is not free."""

    salon: Salon
    services: Mapping[str, Service]
    settings: SalonSettings
    learned: Learned
    now: datetime
    cancelled_by: frozenset[str] = frozenset()
    discount: float = 0.0
    discount_left: Decimal | None = None
    chain_depth: int = 0
    rooms_taken: Mapping[str, tuple[Stretch, ...]] | None = None


def judged(prospects: Sequence[Prospect], gap: Gap, terms: Terms) -> list[Candidate]:
    """All prospects, best first, the excluded last."""
    return sorted((_judge(prospect, gap, terms) for prospect in prospects), key=_order)


def _order(candidate: Candidate) -> tuple[Any, ...]:
    """By expected contribution; of equals the waitlist's own order, then whoever was asked longest ago."""
    prospect = candidate.prospect
    entry = prospect.entry
    last_asked = max((ask.created_at for ask in prospect.asks), default=None)
    return (
        candidate.excluded is not None,
        -round(candidate.worth.expected, 6) if candidate.worth else 0.0,
        -(entry.priority if entry else 0),
        entry.created_at.isoformat() if entry and entry.created_at else "~",
        last_asked.isoformat() if last_asked else "",
        prospect.customer.id,
    )


def _judge(prospect: Prospect, gap: Gap, terms: Terms) -> Candidate:
    candidate = Candidate(prospect, reasons=(why(prospect),))
    customer, now, settings = prospect.customer, terms.now, terms.settings

    if customer.is_staff:
        return candidate.out("works here")
    if customer.blocked:
        return candidate.out("blocked by the salon")
    if customer.open_complaint:
        return candidate.out("has a complaint open")
    if customer.id in terms.cancelled_by:
        return candidate.out("gave this very time back")
    if prospect.moves is not None and terms.chain_depth >= CHAIN_DEPTH:
        return candidate.out("this time was itself freed by a move")
    service = terms.services.get(prospect.service_id)
    if service is None or service.id not in gap.services_fittable:
        return candidate.out("no service that fits the gap")

    slot = slot_for(prospect, gap, service, terms, clear_of=own_time(prospect))
    if slot is None:
        booked = slot_for(prospect, gap, service, terms, clear_of=[]) is not None
        return candidate.out("booked at that time" if booked else "no time that suits, with their notice")
    depth = terms.chain_depth + 1 if prospect.moves else 0
    candidate = replace(candidate, slot=slot, service=service, chain_depth=depth)
    if _too_soon_after_last_visit(prospect, slot):
        return candidate.out("visited within half their usual interval")

    if any(about_same_time(ask, slot, now) for ask in prospect.asks if ask.customer_id == customer.id):
        return candidate.out("already asked about this time")
    if any(ask.is_open and ask.slot for ask in prospect.asks):
        return candidate.out("has another offer open")
    marketing = PURPOSE[prospect.source] == "marketing"
    limit = limits.contact_limit(
        limits.past_asks(prospect.asks), marketing=marketing, limits=settings.limits, now=now, zone=terms.salon.zone
    )
    if limit is not None:
        return candidate.out(limit)

    channel = channel_for(customer, terms.salon, PURPOSE[prospect.source], opted_out=prospect.opted_out)
    if isinstance(channel, NoChannel):
        return candidate.out(channel.reason)
    awake_at = next_allowed(
        now,
        zone=zone_named(customer.timezone) if customer.timezone else terms.salon.zone,
        quiet=settings.quiet_hours,
        channel=channel,
        marketing=marketing,
        country=country_of(customer.phone or ""),
    )
    if awake_at != now:
        return replace(candidate, asleep_until=awake_at).out("quiet hours where they are")

    candidate = valued(replace(candidate, channel=channel), slot, service, terms)
    if candidate.probability < settings.offers.min_acceptance_probability:
        return candidate.out("too unlikely to accept")
    if candidate.autonomy is not None and candidate.autonomy.level == "manual_only":
        return candidate.out(f"for a person to decide: {', '.join(candidate.autonomy.reasons)}")
    return candidate


def valued(candidate: Candidate, slot: Slot, service: Service, terms: Terms) -> Candidate:
    """With how likely a yes is, what it would bring, who may decide to ask, and until when it can be answered."""
    prospect, patience = candidate.prospect, timedelta(minutes=terms.settings.offers.response_deadline_minutes)
    lead = slot.start - terms.now
    rate = terms.learned.rate(prospect.source, prospect.segment, lead, PRIOR[prospect.source])
    probability = Odds(rate=rate, ignored=prospect.ignored).probability
    cost = reduction(service.price, terms.discount)
    affordable = terms.discount_left is None or cost <= terms.discount_left
    discount = terms.discount if probability < LIKELY and affordable else 0.0
    return replace(
        candidate,
        probability=probability,
        discount_percent=discount,
        deadline=min(terms.now + patience, slot.start - notice_of(prospect, terms.settings)),
        worth=worth(prospect.customer, service, probability=probability, lead=lead, discount_percent=discount),
        autonomy=autonomy(
            "gap_fill",
            discount_percent=discount,
            amount=service.price,
            vip=prospect.segment == "vip",
            exact_waitlist_match=_waits_for(prospect, slot),
            settings=terms.settings,
        ),
    )


def most_given_away(chosen: Sequence[Candidate]) -> Decimal:
    """What the discounts of a round can cost: only one of its offers will be sold."""
    amounts = [reduction(each.service.price, each.discount_percent) for each in chosen if each.service is not None]
    return max(amounts, default=Decimal(0))


def _waits_for(prospect: Prospect, slot: Slot) -> bool:
    entry = prospect.entry
    if prospect.source == "late_yes":
        return entry is not None and (not entry.staff_ids or slot.staff_id in entry.staff_ids)
    return prospect.source == "waitlist_exact"


def why(prospect: Prospect) -> str:
    match prospect.source:
        case "waitlist_exact":
            return "waits for exactly this"
        case "waitlist_partial":
            return "waits for this with another stylist"
        case "sooner":
            return "has a later booking and would come sooner"
        case "overdue":
            return "is due for a visit"
        case "regular":
            return f"regular of this staff member ({prospect.visits} visits)"
        case "late_yes":
            return "said yes too late to another time"


def notice_of(prospect: Prospect, settings: SalonSettings) -> timedelta:
    """The longest of the customer's, their wish's and the salon's, without which a yes could not be honoured."""
    minutes = max(prospect.customer.minimum_notice_minutes, settings.gap.minimum_notice_minutes)
    if prospect.entry is not None:
        minutes = max(minutes, prospect.entry.minimum_notice_minutes)
    return timedelta(minutes=minutes)


def owner_asked_until(candidate: Candidate, settings: SalonSettings) -> datetime:
    """Then the owner's yes would leave this customer no time to answer."""
    assert candidate.slot is not None, "whoever is chosen has a slot"
    return candidate.slot.start - notice_of(candidate.prospect, settings) - TIME_TO_ANSWER


def own_time(prospect: Prospect) -> list[Stretch]:
    """When they are booked elsewhere. What a mover would give up stands in nobody's way."""
    given_up = prospect.moves.id if prospect.moves else None
    return [booking.stretch for booking in prospect.bookings if booking.occupies and booking.id != given_up]


def slot_for(
    prospect: Prospect, gap: Gap, service: Service, terms: Terms, *, clear_of: Sequence[Stretch]
) -> Slot | None:
    """What of the gap this prospect would be offered, by their wish and their notice."""
    earliest = terms.now + notice_of(prospect, terms.settings) + TIME_TO_ANSWER
    rooms = (terms.rooms_taken or {}).get(service.id, ())
    windows: list[Stretch | None] = [None]
    if prospect.entry is not None and prospect.entry.windows:
        windows = [window.stretch for window in prospect.entry.windows]
    for window in windows:
        found = slot_at(
            gap,
            service,
            earliest_start=earliest,
            window=window,
            services=list(terms.services.values()),
            clear_of=[*clear_of, *rooms],
        )
        if found is not None and (prospect.moves is None or found.start < prospect.moves.start_time):
            return Slot(start=found.start, end=found.end, service_id=service.id, staff_id=gap.staff_id)
    return None


def _too_soon_after_last_visit(prospect: Prospect, slot: Slot) -> bool:
    """A wish on the waitlist, or a visit that only moves, says that they want to come."""
    if prospect.entry is not None or prospect.moves is not None:
        return False
    if prospect.last_visit is None or prospect.usual_interval is None:
        return False
    return slot.start - prospect.last_visit < prospect.usual_interval / 2


def about_same_time(ask: Outreach, slot: Slot, now: datetime) -> bool:
    if ask.slot is None or ask.created_at <= now - ALREADY_ASKED_WITHIN:
        return False
    # One that failed would fail again; one that was called back before it was tried leaves them as they were.
    called_back = ask.status == "expired" and ask.attempts == 0
    return not called_back and ask.slot.stretch.overlaps(slot.stretch)
