"""What a dry run would have sent and earned: a sum over its decisions, with the limits applied that a dry run uses nothing of.

It says less than a live salon would do: a dry run decides about the first round of each gap only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from functions.fill_gap.prospect import PURPOSE
from functions.fill_gap.reply_model import Awaited, taken_within
from functions.fill_gap.round_size import SOLD_WITHIN
from shared.asking.decision import Decision
from shared.asking.limits import WEEK, AskCounters, PastAsk, contact_limit
from shared.salon.settings import LimitSettings
from shared.values.money import rounded

Ending = Literal["left_empty", "filled_otherwise", "not_for_sale", "still_open", "unknown"]

ENDINGS: Mapping[str, Ending] = {
    "expired": "left_empty",
    "filled": "filled_otherwise",
    "ignored": "not_for_sale",
    "open": "still_open",
}
"""By the gap's status."""

DEFINITIONS = {
    "decisions": "what the agent decided in the period and did not do",
    "gaps": "free times that these decisions were about",
    "asks": "customers it would have asked at once; only the first round of each gap is known",
    "customers": "different people among them",
    "beyond_limits": "asks that the limits, of which a dry run uses nothing, would have stopped: others would have been asked",
    "owner_questions": "questions it would have asked the owner first, each about an offer or a round; in no other figure",
    "left_empty": "gaps asked about whose time passed with nobody in it",
    "filled_otherwise": "gaps asked about that the salon filled by itself: selling them would have earned nothing more",
    "not_for_sale": "gaps asked about that turned out not to be for sale, or became part of another",
    "still_open": "gaps asked about whose time has not come yet",
    "unknown": "gaps asked about that are not kept any more",
    "sales_within_30_minutes": "expected sales of the gaps left empty, by a yes within 30 minutes",
    "sales": "the same by a yes at any time before the start, later rounds not included",
    "revenue_within_30_minutes": "expected price of those sales, discounts taken off",
    "revenue": "the same for a yes at any time before the start",
    "most_revenue": "the price if every gap left empty had been sold",
}


@dataclass(frozen=True)
class WouldBe:
    """One gap, with what would have been sent about it; the chances are those of these asks alone."""

    gap_id: str
    starts_at: datetime | None
    staff_id: str | None
    service_id: str | None
    asked: int
    ending: Ending
    within_30_minutes: float
    before_the_start: float
    price: Decimal


@dataclass(frozen=True)
class AgentReport:
    agent: str
    figures: Mapping[str, int | float | Decimal]
    """By the names of DEFINITIONS."""
    gaps: Sequence[WouldBe]


@dataclass(frozen=True)
class _Kept:
    """An ask that would have been made: how likely a yes is, and what it would have paid."""

    customer_id: str
    probability: float
    price: Decimal


def dry_run_reports(
    decisions: Iterable[Decision],
    gap_statuses: Mapping[str, str],
    *,
    limits: LimitSettings,
    zone: ZoneInfo,
    currency: str,
) -> list[AgentReport]:
    """`gap_statuses` are those of the gaps that still exist."""
    in_order = sorted(decisions, key=lambda decision: (decision.created_at, decision.id))
    kept, beyond = _within_limits(in_order, limits, zone)
    return [
        _report(
            agent,
            [decision for decision in in_order if decision.agent_name == agent],
            kept,
            beyond[agent],
            gap_statuses,
            currency,
        )
        for agent in sorted({decision.agent_name for decision in in_order})
    ]


def _within_limits(
    decisions: Sequence[Decision], limits: LimitSettings, zone: ZoneInfo
) -> tuple[dict[str, list[_Kept]], dict[str, int]]:
    """By decision what is left of its asks, and by agent how many are not."""
    counters = AskCounters()
    asks: dict[str, list[PastAsk]] = defaultdict(list)
    kept: dict[str, list[_Kept]] = {}
    beyond: dict[str, int] = defaultdict(int)
    for decision in decisions:
        kept[decision.id] = []
        for candidate in _would_ask(decision):
            customer, now = str(candidate["customer_id"]), decision.created_at
            marketing = _is_marketing(candidate)
            recent = [ask for ask in asks[customer] if ask.at > now - WEEK]
            stopped = contact_limit(recent, marketing=marketing, limits=limits, now=now, zone=zone)
            if stopped or counters.left(decision.agent_name, limits=limits, now=now, zone=zone) <= 0:
                beyond[decision.agent_name] += 1
                continue
            asks[customer] = [*recent, PastAsk(now, marketing)]
            counters = counters.counted(decision.agent_name, 1, now=now, zone=zone)
            kept[decision.id].append(_Kept(customer, float(candidate.get("probability", 0.0)), _price(candidate)))
    return kept, beyond


def _would_ask(decision: Decision) -> list[dict[str, Any]]:
    """Nobody where the owner's word comes first."""
    if decision.autonomy_level != "full_auto":
        return []
    known = {candidate["customer_id"]: candidate for candidate in decision.considered}
    asked = decision.action_details.get("asked", [])
    return [known[customer_id] for customer_id in asked if customer_id in known]


def _is_marketing(candidate: Mapping[str, Any]) -> bool:
    """As a rule; only a wish on the waitlist needs no consent to promotion."""
    return {str(source): purpose for source, purpose in PURPOSE.items()}.get(candidate.get("source", "")) != "service"


def _price(candidate: Mapping[str, Any]) -> Decimal:
    full = Decimal(str(candidate.get("components", {}).get("base_revenue", 0)))
    return full * (1 - Decimal(str(candidate.get("discount_percent", 0))) / 100)


def _report(
    agent: str,
    decisions: Sequence[Decision],
    kept: Mapping[str, Sequence[_Kept]],
    beyond: int,
    gap_statuses: Mapping[str, str],
    currency: str,
) -> AgentReport:
    by_gap: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_gap[decision.context.trigger_id].append(decision)
    gaps = [_would_be(gap_id, about, kept, gap_statuses, currency) for gap_id, about in by_gap.items()]
    asked_about = [gap for gap in gaps if gap.asked]
    empty = [gap for gap in asked_about if gap.ending == "left_empty"]
    soon = [gap.within_30_minutes for gap in empty]
    ever = [gap.before_the_start for gap in empty]
    asks = [ask for decision in decisions for ask in kept[decision.id]]
    endings: tuple[Ending, ...] = ("left_empty", "filled_otherwise", "not_for_sale", "still_open", "unknown")
    figures: dict[str, int | float | Decimal] = {
        "decisions": len(decisions),
        "gaps": len(gaps),
        "asks": len(asks),
        "customers": len({ask.customer_id for ask in asks}),
        "beyond_limits": beyond,
        "owner_questions": sum(decision.autonomy_level == "supervised" for decision in decisions),
        **{ending: sum(gap.ending == ending for gap in asked_about) for ending in endings},
        "sales_within_30_minutes": round(sum(soon), 2),
        "sales": round(sum(ever), 2),
        "revenue_within_30_minutes": _expected(empty, soon, currency),
        "revenue": _expected(empty, ever, currency),
        "most_revenue": _expected(empty, [1.0] * len(empty), currency),
    }
    return AgentReport(agent, figures, gaps)


def _expected(gaps: Sequence[WouldBe], chances: Sequence[float], currency: str) -> Decimal:
    total = sum((gap.price * Decimal(str(chance)) for gap, chance in zip(gaps, chances, strict=True)), Decimal(0))
    return rounded(total, currency)


def _would_be(
    gap_id: str,
    decisions: Sequence[Decision],
    kept: Mapping[str, Sequence[_Kept]],
    gap_statuses: Mapping[str, str],
    currency: str,
) -> WouldBe:
    first = next((decision for decision in decisions if kept[decision.id]), decisions[0]).context
    asks = [ask for decision in decisions for ask in kept[decision.id]]
    not_soon = not_ever = 1.0
    for decision in decisions:
        awaited = [Awaited(ask.probability) for ask in kept[decision.id]]
        left = _time_left(decision)
        not_soon *= 1 - taken_within(awaited, min(SOLD_WITHIN, left))
        not_ever *= 1 - taken_within(awaited, left)
    return WouldBe(
        gap_id=gap_id,
        starts_at=first.time_slot,
        staff_id=first.staff_id,
        service_id=first.service_id,
        asked=len(asks),
        ending=ENDINGS.get(gap_statuses.get(gap_id, ""), "unknown"),
        within_30_minutes=round(1 - not_soon, 4),
        before_the_start=round(1 - not_ever, 4),
        price=rounded(_usual_price(asks), currency),
    )


def _time_left(decision: Decision) -> timedelta:
    start = decision.context.time_slot
    return max(start - decision.created_at, timedelta()) if start is not None else SOLD_WITHIN


def _usual_price(asks: Sequence[_Kept]) -> Decimal:
    """What whoever takes it pays: the likelier count for more."""
    weights = [Decimal(str(ask.probability)) for ask in asks]
    total = sum(weights, Decimal(0))
    if not total:
        return Decimal(0)
    return sum((weight * ask.price for weight, ask in zip(weights, asks, strict=True)), Decimal(0)) / total
