"""The figures of an agent, for people to read: they decide nothing, and are as old as `last_heartbeat` says."""

from decimal import Decimal
from typing import Any

from shared.records.stored import Instant, Money, Number, Stored


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
