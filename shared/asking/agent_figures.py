"""An agent's figures for people to read, from what it has done: they decide nothing, and are as old as `last_heartbeat` says.

An *action* is an ask. It succeeded when the provider took it, whatever the customer then said, and failed when it could not
be delivered; one that still waits, or was withdrawn before it left, is neither. Revenue is what was sold today.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from shared.asking.breaker import Breaker
from shared.asking.decision import Decision
from shared.asking.limits import AskCounters
from shared.asking.outreach import Outreach
from shared.records.stored import Instant, Money, Number, Stored
from shared.salon.settings import SalonSettings

DAY = timedelta(hours=24)


class OfType(Stored):
    count: int = 0
    revenue: Money = Decimal(0)


class Counters(Stored):
    """The salon's day so far."""

    date: str
    actions_taken: int = 0
    actions_successful: int = 0
    actions_failed: int = 0
    revenue_generated: Money
    by_type: dict[str, OfType] = {}


class RateLimit(Stored):
    limit: int
    current: int
    remaining: int


class Health(Stored):
    """`average_response_time_ms` is how long the provider took to accept a message."""

    last_heartbeat: Instant
    consecutive_failures: int
    average_response_time_ms: Number | None
    success_rate_24h: Number | None


class AgentConfig(Stored):
    """The settings it is run by."""

    max_hourly_actions: int
    max_daily_actions: int
    cooldown_minutes: int
    custom: dict[str, Any] = {}


class Figures(Stored):
    last_execution: Instant | None
    next_scheduled: Instant | None
    config: AgentConfig
    counters: Counters
    rate_limits: dict[str, RateLimit]
    health: Health


@dataclass(frozen=True)
class Facts:
    """`asks` are at least those since `looked_at_from`, `sold` the decisions that ended in a sale since the day began."""

    asks: Sequence[Outreach]
    sold: Sequence[Decision]
    counters: AskCounters
    last_execution: datetime | None
    next_scheduled: datetime | None


def looked_at_from(now: datetime, zone: ZoneInfo) -> datetime:
    """The last 24 hours, and the whole of the salon's day, which may have 25."""
    return min(day_began(now, zone), now - DAY)


def day_began(now: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(now.astimezone(zone).date(), datetime.min.time(), zone).astimezone(now.tzinfo)


def figures(
    agent: str, facts: Facts, *, breaker: Breaker, settings: SalonSettings, now: datetime, zone: ZoneInfo
) -> Figures:
    limits = settings.limits
    recent = [ask for ask in facts.asks if now - DAY < ask.created_at <= now]
    well, badly = sum(map(_left, recent)), sum(map(_failed, recent))
    return Figures(
        last_execution=facts.last_execution,
        next_scheduled=facts.next_scheduled,
        config=AgentConfig(
            max_hourly_actions=limits.hourly_actions,
            max_daily_actions=limits.daily_actions,
            cooldown_minutes=settings.circuit_breaker.cooldown_minutes,
            custom={"mode": settings.mode_of(agent)},
        ),
        counters=_counters(facts, now.astimezone(zone).date(), zone),
        rate_limits={
            "hourly_actions": _limit(limits.hourly_actions, facts.counters.in_last_hour(agent, now)),
            "daily_actions": _limit(limits.daily_actions, facts.counters.today(agent, now, zone)),
        },
        health=Health(
            last_heartbeat=now,
            consecutive_failures=breaker.error_count,
            average_response_time_ms=_mean_milliseconds(recent),
            success_rate_24h=round(well / (well + badly), 4) if well + badly else None,
        ),
    )


def _counters(facts: Facts, today: date, zone: ZoneInfo) -> Counters:
    asks = [ask for ask in facts.asks if ask.created_at.astimezone(zone).date() == today]
    sold = [decision for decision in facts.sold if _sold_on(decision, zone) == today]
    types = sorted({*(ask.outreach_type for ask in asks), *(decision.decision_type for decision in sold)})
    return Counters(
        date=today.isoformat(),
        actions_taken=len(asks),
        actions_successful=sum(map(_left, asks)),
        actions_failed=sum(map(_failed, asks)),
        revenue_generated=_revenue(sold),
        by_type={
            kind: OfType(
                count=sum(ask.outreach_type == kind for ask in asks),
                revenue=_revenue([decision for decision in sold if decision.decision_type == kind]),
            )
            for kind in types
        },
    )


def _limit(limit: int, current: int) -> RateLimit:
    return RateLimit(limit=limit, current=current, remaining=max(0, limit - current))


def _left(ask: Outreach) -> bool:
    return ask.delivery.sent_at is not None and not _failed(ask)


def _failed(ask: Outreach) -> bool:
    return ask.status == "failed"


def _sold_on(decision: Decision, zone: ZoneInfo) -> date | None:
    at = decision.outcome.completed_at
    return at.astimezone(zone).date() if at is not None and decision.outcome.status == "success" else None


def _revenue(decisions: Sequence[Decision]) -> Decimal:
    return sum((decision.revenue_impact.actual for decision in decisions), Decimal(0))


def _mean_milliseconds(asks: Sequence[Outreach]) -> float | None:
    """From the claim of a message until the provider had it."""
    took = [
        (ask.delivery.sent_at - ask.last_attempt_at) / timedelta(milliseconds=1)
        for ask in asks
        if ask.delivery.sent_at is not None and ask.last_attempt_at is not None
    ]
    return round(sum(took) / len(took), 1) if took else None
