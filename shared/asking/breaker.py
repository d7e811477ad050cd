"""The circuit breaker of one agent of one salon: closed -> open -> half_open -> closed | open.

Only faults of the provider or of our own count. An open breaker stops asking; a yes is accepted all the same.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from shared.records.stored import Instant, Stored
from shared.salon.settings import CircuitBreakerSettings

BreakerState = Literal["closed", "open", "half_open"]

RECENT = 20
"""So many of the last attempts are looked at: when half of them failed, the breaker opens, however they are spread."""
LATE_FAULTS = frozenset({30001, 63018, 63038})
"""Errors that are reported only after the message was taken, and are the provider's fault or ours. That the next one is taken
proves nothing about them: only a delivery ends their run. What a channel's set-up is to blame for stops a destination instead."""


class Breaker(Stored):
    """`error_count` is the number of faults in a row, `faults` when the last ones were. `auto_recovery` shows what the settings
    said when it last changed, and decides nothing. A success while it is closed and counts no fault changes nothing, so that
    sending writes nothing."""

    state: BreakerState = "closed"
    error_count: int = 0
    last_error: str | None = None
    last_error_time: Instant | None = None
    cooldown_until: Instant | None = None
    auto_recovery: bool = True
    faults: list[Instant] = []
    half_open_attempts: int = 0


def went_well(breaker: Breaker, *, settings: CircuitBreakerSettings) -> Breaker:
    """The breaker after an attempt that went well."""
    if breaker.state == "closed":
        late = breaker.last_error in {str(code) for code in LATE_FAULTS}
        return breaker if late else breaker.changed(error_count=0)
    if breaker.state == "open":
        return breaker  # It left before the breaker opened: only a trial proves that the provider works again.
    return Breaker(auto_recovery=settings.auto_recovery)


def delivered(breaker: Breaker) -> Breaker:
    """The breaker after something arrived: no fault is in a row with the next. One that is open or on trial waits for its
    trial, because what arrives now may have left long before."""
    return breaker.changed(error_count=0) if breaker.state == "closed" else breaker


def went_wrong(
    breaker: Breaker,
    *,
    error: str,
    well_since: Callable[[datetime], int],
    settings: CircuitBreakerSettings,
    now: datetime,
) -> Breaker:
    """The breaker after a fault. `well_since` counts the attempts since an instant that went well; it is only called
    when that matters."""
    half = RECENT // 2
    errors, faults = breaker.error_count + 1, [*breaker.faults, now][-half:]
    counted = breaker.changed(
        error_count=errors, last_error=error, last_error_time=now, faults=faults, auto_recovery=settings.auto_recovery
    )
    if breaker.state == "open":
        return counted
    too_many = errors >= settings.error_threshold or (len(faults) == half and well_since(faults[0]) <= half)
    if breaker.state == "half_open" or too_many:
        until = now + timedelta(minutes=settings.cooldown_minutes)
        return counted.changed(state="open", cooldown_until=until, half_open_attempts=0)
    return counted


def stops_until(breaker: Breaker, *, settings: CircuitBreakerSettings, now: datetime) -> datetime | None:
    """Until when nothing may be attempted, or None where it may now; `datetime.max` while the salon's settings let no open
    breaker recover by itself."""
    if breaker.state == "closed":
        return None
    if breaker.state == "open" and not settings.auto_recovery:
        return datetime.max.replace(tzinfo=now.tzinfo)
    waits = breaker.state == "open" or breaker.half_open_attempts >= settings.half_open_attempts
    return breaker.cooldown_until if waits and breaker.cooldown_until and now < breaker.cooldown_until else None


def attempting(breaker: Breaker, *, settings: CircuitBreakerSettings, now: datetime) -> Breaker:
    """The breaker as an attempt begins that `stops_until` allows. A trial whose outcome was never heard gives way to
    the next after another cooldown."""
    if breaker.state == "closed":
        return breaker
    cooldown = now + timedelta(minutes=max(settings.cooldown_minutes, 1))
    over = breaker.state == "open" or breaker.half_open_attempts >= settings.half_open_attempts
    return breaker.changed(
        state="half_open", half_open_attempts=1 if over else breaker.half_open_attempts + 1, cooldown_until=cooldown
    )
