"""All that each step of the circuit breaker sets."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.asking.breaker import Breaker, attempting, delivered, stops_until, went_well, went_wrong
from shared.salon.settings import CircuitBreakerSettings

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BEFORE = NOW - 3 * MINUTE
SETTINGS = CircuitBreakerSettings(error_threshold=3, cooldown_minutes=5, half_open_attempts=2, auto_recovery=False)
FAULTS = [BEFORE + n * timedelta(seconds=1) for n in range(10)]
CLOSED = Breaker(error_count=1, last_error="30001", last_error_time=BEFORE, faults=FAULTS[:1])
OPEN = CLOSED.changed(state="open", error_count=3, cooldown_until=NOW)
TRYING = OPEN.changed(state="half_open", half_open_attempts=1)


def wrong(breaker: Breaker) -> Breaker:
    return went_wrong(breaker, error="503", well_since=lambda since: 99, settings=SETTINGS, now=NOW)


def well(breaker: Breaker) -> Breaker:
    return went_well(breaker, settings=SETTINGS)


def tried(breaker: Breaker) -> Breaker:
    return attempting(breaker, settings=SETTINGS, now=NOW)


LAST = {"last_error": "503", "last_error_time": NOW, "auto_recovery": False}
STEPS: list[tuple[Breaker, Callable[[Breaker], Breaker], dict[str, Any]]] = [
    (CLOSED, wrong, LAST | {"error_count": 2, "faults": [FAULTS[0], NOW]}),
    (
        CLOSED.changed(error_count=2),
        wrong,
        LAST | {"error_count": 3, "faults": [FAULTS[0], NOW], "state": "open", "cooldown_until": NOW + 5 * MINUTE},
    ),
    (CLOSED.changed(faults=FAULTS), wrong, LAST | {"error_count": 2, "faults": [*FAULTS[1:], NOW]}),
    (OPEN, wrong, LAST | {"error_count": 4, "faults": [FAULTS[0], NOW]}),
    (
        TRYING.changed(error_count=0),
        wrong,
        LAST
        | {
            "error_count": 1,
            "faults": [FAULTS[0], NOW],
            "state": "open",
            "cooldown_until": NOW + 5 * MINUTE,
            "half_open_attempts": 0,
        },
    ),
    (CLOSED, well, {}),  # what is reported late
    (CLOSED, delivered, {"error_count": 0}),
    (CLOSED.changed(last_error="503"), well, {"error_count": 0}),
    (OPEN, well, {}),
    (TRYING, well, dict(Breaker(auto_recovery=False))),
    (CLOSED, tried, {}),
    (OPEN, tried, {"state": "half_open", "half_open_attempts": 1, "cooldown_until": NOW + 5 * MINUTE}),
    (
        OPEN.changed(half_open_attempts=1),
        tried,
        {"state": "half_open", "half_open_attempts": 1, "cooldown_until": NOW + 5 * MINUTE},
    ),
    (TRYING, tried, {"half_open_attempts": 2, "cooldown_until": NOW + 5 * MINUTE}),
    (TRYING.changed(half_open_attempts=2), tried, {"half_open_attempts": 1, "cooldown_until": NOW + 5 * MINUTE}),
]


@pytest.mark.parametrize(("before", "step", "sets"), STEPS)
def test_a_step_of_the_breaker_sets_this_and_no_more(
    before: Breaker, step: Callable[[Breaker], Breaker], sets: dict[str, Any]
):
    assert dict(step(before)) == dict(before) | sets


LATER = NOW + MINUTE


@pytest.mark.parametrize(
    ("breaker", "until"),
    [
        (CLOSED.changed(cooldown_until=LATER, half_open_attempts=9), None),
        (OPEN.changed(cooldown_until=LATER), LATER),
        (OPEN.changed(cooldown_until=NOW), None),
        (OPEN.changed(cooldown_until=None), None),
        (TRYING.changed(cooldown_until=LATER), None),
        (TRYING.changed(cooldown_until=LATER, half_open_attempts=2), LATER),
        (TRYING.changed(cooldown_until=NOW, half_open_attempts=2), None),
    ],
)
def test_nothing_is_attempted_until_then(breaker: Breaker, until: datetime | None):
    assert stops_until(breaker, settings=SETTINGS.changed(auto_recovery=True), now=NOW) == until


@pytest.mark.parametrize(
    ("breaker", "until"),
    [
        (CLOSED, None),
        (OPEN.changed(cooldown_until=NOW), datetime.max.replace(tzinfo=UTC)),
        (TRYING.changed(cooldown_until=LATER, half_open_attempts=2), LATER),
    ],
)
def test_without_automatic_recovery_only_an_open_one_stops_for_ever(breaker: Breaker, until: datetime | None):
    assert stops_until(breaker, settings=SETTINGS, now=NOW) == until
