"""Counts the figures of an agent from what it has done.

An *action* is an ask. It succeeded when the provider took it, whatever the customer then said, and failed when it could not
be delivered; one that still waits, or was withdrawn before it left, is neither. Revenue is what was sold today.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from shared.asking.agent_figures import AgentConfig, Counters, Figures, Health, OfType, RateLimit
from shared.asking.breaker import Breaker
from shared.asking.decision import Decision
from shared.asking.limits import AskCounters
from shared.asking.outreach import Outreach
from shared.salon.settings import SalonSettings

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Activity:
    """What an agent has done. `asks` are at least those since `looked_at_from`, `sold` the decisions that ended in a sale since
    the day began."""

    asks: Sequence[Outreach]
    sold: Sequence[Decision]
    counters: AskCounters
    last_execution: datetime | None
    next_scheduled: datetime | None


def looked_at_from(now: datetime, zone: ZoneInfo) -> datetime:
    """The instant since which asks are counted: 24 hours ago, or when the salon's day began, which may be 25 hours ago."""
    return min(day_began(now, zone), now - DAY)


def day_began(now: datetime, zone: ZoneInfo) -> datetime:
    """When the salon's day began."""
    return datetime.combine(now.astimezone(zone).date(), datetime.min.time(), zone).astimezone(now.tzinfo)


def figures(
    agent: str, activity: Activity, *, breaker: Breaker, settings: SalonSettings, now: datetime, zone: ZoneInfo
) -> Figures:
    """The figures of an agent as they are now."""
    limits = settings.limits
    recent = [ask for ask in activity.asks if now - DAY < ask.created_at <= now]
    well, badly = sum(map(_left, recent)), sum(map(_failed, recent))
    return Figures(
        last_execution=activity.last_execution,
        next_scheduled=activity.next_scheduled,
        config=AgentConfig(
            max_hourly_actions=limits.hourly_actions,
            max_daily_actions=limits.daily_actions,
            cooldown_minutes=settings.circuit_breaker.cooldown_minutes,
            custom={"mode": settings.mode_of(agent)},
        ),
        counters=_counters(activity, now.astimezone(zone).date(), zone),
        rate_limits={
            "hourly_actions": _limit(limits.hourly_actions, activity.counters.in_last_hour(agent, now)),
            "daily_actions": _limit(limits.daily_actions, activity.counters.today(agent, now, zone)),
        },
        health=Health(
            last_heartbeat=now,
            consecutive_failures=breaker.error_count,
            average_response_time_ms=_mean_milliseconds(recent),
            success_rate_24h=round(well / (well + badly), 4) if well + badly else None,
        ),
    )


def _counters(activity: Activity, today: date, zone: ZoneInfo) -> Counters:
    asks = [ask for ask in activity.asks if ask.created_at.astimezone(zone).date() == today]
    sold = [decision for decision in activity.sold if _sold_on(decision, zone) == today]
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
    """The mean time from the claim of a message until the provider had taken it, or None where none was taken."""
    took = [
        (ask.delivery.sent_at - ask.last_attempt_at) / timedelta(milliseconds=1)
        for ask in asks
        if ask.delivery.sent_at is not None and ask.last_attempt_at is not None
    ]
    return round(sum(took) / len(took), 1) if took else None
