"""The circuit breaker of one agent of one salon: closed -> open -> half_open -> closed | open.

Only faults of the provider or our own count. Open stops asking, never accepting.
"""

from datetime import datetime, timedelta
from typing import Literal

from shared.domain.settings import CircuitBreakerSettings
from shared.domain.stored import Instant, Stored

BreakerState = Literal["closed", "open", "half_open"]

RECENT = 20
"""Half of the last so many attempts failing opens it, however they are spread."""


class Breaker(Stored):
    state: BreakerState = "closed"
    error_count: int = 0
    last_error: str | None = None
    last_error_time: Instant | None = None
    cooldown_until: Instant | None = None
    auto_recovery: bool = True
    recent: list[bool] = []
    """Outcomes of the last attempts, oldest first; true = went well."""
    half_open_attempts: int = 0


def attempted(
    breaker: Breaker, *, ok: bool, error: str | None, settings: CircuitBreakerSettings, now: datetime
) -> Breaker:
    """The breaker after one attempt at the provider."""
    recent = [*breaker.recent, ok][-RECENT:]
    if ok:
        return Breaker(recent=recent if breaker.state == "closed" else [], auto_recovery=settings.auto_recovery)
    errors = breaker.error_count + 1
    faults = breaker.changed(
        error_count=errors, last_error=error, last_error_time=now, recent=recent, auto_recovery=settings.auto_recovery
    )
    too_many = errors >= settings.error_threshold or (len(recent) == RECENT and recent.count(False) * 2 >= RECENT)
    if breaker.state == "half_open" or too_many:
        until = now + timedelta(minutes=settings.cooldown_minutes)
        return faults.changed(state="open", cooldown_until=until, half_open_attempts=0)
    return faults


def may_attempt(breaker: Breaker, *, settings: CircuitBreakerSettings, now: datetime) -> tuple[bool, Breaker]:
    """Whether an attempt may be made now, and the breaker as it stands after that decision."""
    if breaker.state == "closed":
        return True, breaker
    if breaker.state == "open":
        if not breaker.auto_recovery or breaker.cooldown_until is None or now < breaker.cooldown_until:
            return False, breaker
        return True, breaker.changed(state="half_open", half_open_attempts=1)
    if breaker.half_open_attempts < settings.half_open_attempts:
        return True, breaker.changed(half_open_attempts=breaker.half_open_attempts + 1)
    return False, breaker
