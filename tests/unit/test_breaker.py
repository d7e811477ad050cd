"""The circuit breaker: what opens it, what it lets through, and what closes it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.breaker import RECENT, Breaker, attempted, may_attempt
from shared.domain.settings import CircuitBreakerSettings

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SETTINGS = CircuitBreakerSettings()
COOLED = NOW + timedelta(minutes=5)


def after(outcomes: list[bool], breaker: Breaker | None = None, at: datetime = NOW) -> Breaker:
    breaker = breaker or Breaker()
    for ok in outcomes:
        breaker = attempted(breaker, ok=ok, error=None if ok else "20003", settings=SETTINGS, now=at)
    return breaker


def may(breaker: Breaker, at: datetime, settings: CircuitBreakerSettings = SETTINGS) -> tuple[bool, Breaker]:
    return may_attempt(breaker, settings=settings, now=at)


def test_five_faults_in_a_row_open_it_and_four_do_not():
    assert after([False] * 4).state == "closed"
    opened = after([False] * 5)
    assert (opened.state, opened.cooldown_until, opened.last_error) == ("open", COOLED, "20003")


def test_a_success_in_between_starts_the_count_again():
    assert after([False] * 4 + [True] + [False] * 4).state == "closed"


def test_half_of_the_last_twenty_open_it_however_they_are_spread():
    assert after([True, False] * (RECENT // 2)).state == "open"
    assert after([True, True, False] * 7).state == "closed"


@pytest.mark.parametrize(("at", "expected"), [(COOLED - timedelta(seconds=1), False), (COOLED, True)])
def test_open_it_lets_nothing_through_until_it_has_cooled_down(at: datetime, expected: bool):
    allowed, breaker = may(after([False] * 5), at)
    assert (allowed, breaker.state) == (expected, "half_open" if expected else "open")


def test_half_open_it_lets_one_attempt_through():
    _, breaker = may(after([False] * 5), COOLED)
    assert may(breaker, COOLED)[0] is False
    assert may(breaker, COOLED, CircuitBreakerSettings(half_open_attempts=2))[0] is True


def test_a_success_closes_it_for_good_and_a_failure_opens_it_anew():
    _, half = may(after([False] * 5), COOLED)
    closed = after([True], half)
    assert (closed.state, closed.error_count, closed.recent) == ("closed", 0, [])
    opened = after([False], half, COOLED)
    assert (opened.state, opened.cooldown_until) == ("open", COOLED + timedelta(minutes=5))


def test_without_automatic_recovery_it_stays_open_until_somebody_resets_it():
    manual = CircuitBreakerSettings(auto_recovery=False)
    breaker = Breaker()
    for _ in range(5):
        breaker = attempted(breaker, ok=False, error="20003", settings=manual, now=NOW)
    assert may(breaker, NOW + timedelta(days=9), manual)[0] is False


@given(st.lists(st.booleans(), max_size=60))
def test_it_never_remembers_more_than_it_counts(outcomes: list[bool]):
    breaker = after(outcomes)
    assert len(breaker.recent) <= RECENT
    if breaker.state == "closed":
        assert breaker.error_count < SETTINGS.error_threshold
