"""Judges who could take a gap: every prospect becomes a candidate with the reason why they are asked, or why not."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from functions.fill_gap.autonomy import Autonomy, autonomy
from functions.fill_gap.criteria import Criteria
from functions.fill_gap.discounts import reduction
from functions.fill_gap.offered_slot import TIME_TO_ANSWER, notice_of, own_time, slot_for
from functions.fill_gap.prospect import PRIOR, PURPOSE, Prospect, why
from functions.fill_gap.ranking import Worth, worth
from functions.fill_gap.settings import Settings
from shared.asking.acceptance_rates import Odds
from shared.asking.destination import never_reached
from shared.asking.outreach import Outreach
from shared.asking.person import Excluded, reachable, unwanted
from shared.asking.slot import Slot
from shared.calendar.gap import Gap
from shared.calendar.service import Service

ALREADY_ASKED_WITHIN = timedelta(hours=24)
"""For so long after an ask nobody is asked about the same time again."""
CHAIN_DEPTH = 2
"""How often in a row a time that somebody moved away from may be filled by somebody who moves; then the chain ends."""
LIKELY = 0.2
"""Whoever is at least this likely to take the full price is never offered a discount."""


@dataclass(frozen=True)
class Candidate:
    """A prospect as judged. `excluded` says why they are not asked; then slot, channel and deadline may be missing.
    `asleep_until` is when the only thing that excludes them is over: quiet hours, a budget that is used up, or a slot too
    near to ask the owner about."""

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

    def out(self, reason: str) -> "Candidate":
        """The candidate excluded for this reason."""
        return replace(self, excluded=reason)

    def excluded_by(self, why: Excluded) -> "Candidate":
        return replace(self, excluded=why.reason, asleep_until=why.until)

    def considered(self) -> dict[str, Any]:
        """The candidate as the decision keeps it: by id, without name or address."""
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


def judged(prospects: Sequence[Prospect], gap: Gap, criteria: Criteria) -> list[Candidate]:
    """Judges every prospect and orders them best first, the excluded last."""
    return sorted((_judge(prospect, gap, criteria) for prospect in prospects), key=_order)


def _order(candidate: Candidate) -> tuple[Any, ...]:
    """Orders by expected contribution; among equals by the waitlist's own order, then by who was asked longest ago."""
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


def _judge(prospect: Prospect, gap: Gap, criteria: Criteria) -> Candidate:
    candidate = Candidate(prospect, reasons=(why(prospect),))
    customer, now, settings = prospect.customer, criteria.now, criteria.settings

    unasked = unwanted(customer, unanswered=prospect.unanswered)
    if unasked is not None:
        return candidate.out(unasked)
    if customer.id in criteria.cancelled_by:
        return candidate.out("gave this very time back")
    if prospect.moves is not None and criteria.chain_depth >= CHAIN_DEPTH:
        return candidate.out("this time was itself freed by a move")
    service = criteria.services.get(prospect.service_id)
    if service is None or service.id not in gap.services_fittable:
        return candidate.out("no service that fits the gap")

    slot = slot_for(prospect, gap, service, criteria, clear_of=own_time(prospect))
    if slot is None:
        booked = slot_for(prospect, gap, service, criteria, clear_of=[]) is not None
        return candidate.out("booked at that time" if booked else "no time that suits, with their notice")
    depth = criteria.chain_depth + 1 if prospect.moves else 0
    candidate = replace(candidate, slot=slot, service=service, chain_depth=depth)
    if _too_soon_after_last_visit(prospect, slot):
        return candidate.out("visited within half their usual interval")

    if any(about_same_time(ask, slot, now) for ask in prospect.asks if ask.customer_id == customer.id):
        return candidate.out("already asked about this time")
    if any(ask.is_open and ask.slot for ask in prospect.asks):
        return candidate.out("has another offer open")
    channel = reachable(prospect.person, PURPOSE[prospect.source], salon=criteria.salon, settings=settings, now=now)
    if isinstance(channel, Excluded):
        return candidate.excluded_by(channel)

    candidate = valued(replace(candidate, channel=channel), slot, service, criteria)
    if candidate.probability < settings.offers.min_acceptance_probability:
        return candidate.out("too unlikely to accept")
    if candidate.autonomy is not None and candidate.autonomy.level == "manual_only":
        return candidate.out(f"for a person to decide: {', '.join(candidate.autonomy.reasons)}")
    return candidate


def valued(candidate: Candidate, slot: Slot, service: Service, criteria: Criteria) -> Candidate:
    """The candidate with how likely a yes is, what it would bring, who may decide to ask, and until when it can be
    answered."""
    prospect, patience = candidate.prospect, timedelta(minutes=criteria.settings.offers.response_deadline_minutes)
    lead = slot.start - criteria.now
    rate = criteria.learned.rate(prospect.source, prospect.segment, lead, PRIOR[prospect.source])
    probability = Odds(rate=rate, ignored=prospect.ignored).probability
    cost = reduction(service.price, criteria.discount)
    affordable = criteria.discount_left is None or cost <= criteria.discount_left
    discount = criteria.discount if probability < LIKELY and affordable else 0.0
    return replace(
        candidate,
        probability=probability,
        discount_percent=discount,
        deadline=min(criteria.now + patience, slot.start - notice_of(prospect, criteria.settings)),
        worth=worth(prospect.customer, service, probability=probability, lead=lead, discount_percent=discount),
        autonomy=autonomy(
            "gap_fill",
            discount_percent=discount,
            amount=service.price,
            vip=prospect.segment == "vip",
            exact_waitlist_match=_waits_for(prospect, slot),
            settings=criteria.settings,
        ),
    )


def most_given_away(chosen: Sequence[Candidate]) -> Decimal:
    """What the discounts of a round can cost at most: the largest of them, because only one of its offers will be sold."""
    amounts = [reduction(each.service.price, each.discount_percent) for each in chosen if each.service is not None]
    return max(amounts, default=Decimal(0))


def _waits_for(prospect: Prospect, slot: Slot) -> bool:
    """Whether the slot is exactly what they wished for, so that even a VIP may be asked without the owner."""
    entry = prospect.entry
    if prospect.source == "late_yes":
        return entry is not None and (not entry.staff_ids or slot.staff_id in entry.staff_ids)
    return prospect.source == "waitlist_exact"


def owner_asked_until(candidate: Candidate, settings: Settings) -> datetime:
    """The latest instant at which the owner may still approve: later, the customer could no longer answer in time."""
    assert candidate.slot is not None, "whoever is chosen has a slot"
    return candidate.slot.start - notice_of(candidate.prospect, settings) - TIME_TO_ANSWER


def _too_soon_after_last_visit(prospect: Prospect, slot: Slot) -> bool:
    """Whether they were here within half their usual interval before the slot. A wish on the waitlist, or a visit that only
    moves, says that they want to come all the same."""
    if prospect.entry is not None or prospect.moves is not None:
        return False
    if prospect.last_visit is None or prospect.usual_interval is None:
        return False
    return slot.start - prospect.last_visit < prospect.usual_interval / 2


def about_same_time(ask: Outreach, slot: Slot, now: datetime) -> bool:
    """Whether this ask of late was about time that the slot overlaps."""
    if ask.slot is None or ask.created_at <= now - ALREADY_ASKED_WITHIN:
        return False
    # One that failed would fail again, unless the set-up was to blame; one that was called back before it was tried, too, leaves
    # them as they were.
    unmade = (ask.status == "expired" and ask.attempts == 0) or never_reached(ask)
    return not unmade and ask.slot.stretch.overlaps(slot.stretch)
