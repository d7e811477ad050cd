"""The circuit breaker's steps, each by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from shared.asking.breaker import LATE_FAULTS, Breaker, attempting, delivered, stops_until, went_well, went_wrong
from shared.asking.destination import SETUP_FAULTS
from shared.salon.settings import CircuitBreakerSettings

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SETTINGS = CircuitBreakerSettings()
MINUTE = timedelta(minutes=1)


def nothing_went_well(since: datetime) -> int:
    return 0


def wrong(breaker: Breaker, now: datetime, well_since: Callable[[datetime], int] = nothing_went_well) -> Breaker:
    return went_wrong(breaker, error="503", well_since=well_since, settings=SETTINGS, now=now)


def opened() -> Breaker:
    breaker = Breaker()
    for _ in range(5):
        breaker = wrong(breaker, NOW)
    return breaker


def test_the_fifth_fault_in_a_row_opens_it_and_the_fourth_does_not():
    breaker = Breaker()
    for _ in range(4):
        breaker = wrong(breaker, NOW)
    assert breaker.state == "closed"
    breaker = wrong(breaker, NOW)
    assert (breaker.state, breaker.cooldown_until) == ("open", NOW + 5 * MINUTE)


@pytest.mark.parametrize(("well", "state"), [(10, "open"), (11, "closed")])
def test_half_of_the_last_twenty_open_it_however_they_are_spread(well: int, state: str):
    breaker, asked = Breaker(), []

    def well_since(since: datetime) -> int:
        asked.append(since)
        return well

    for number in range(10):
        breaker = went_well(wrong(breaker, NOW + number * MINUTE, well_since), settings=SETTINGS) if number < 9 else (
            wrong(breaker, NOW + number * MINUTE, well_since)
        )  # fmt: skip
    assert breaker.state == state
    assert asked == [NOW], "what went well is only counted when it matters"


def test_what_goes_well_while_it_is_closed_leaves_no_trace():
    assert went_well(Breaker(), settings=SETTINGS) == Breaker()


@pytest.mark.parametrize(("later", "stops"), [(5 * MINUTE - timedelta(microseconds=1), True), (5 * MINUTE, False)])
def test_it_stays_open_until_the_cooldown_ends(later: timedelta, stops: bool):
    assert (stops_until(opened(), settings=SETTINGS, now=NOW + later) is not None) == stops


def test_half_open_lets_one_attempt_through():
    trying = attempting(opened(), settings=SETTINGS, now=NOW + 5 * MINUTE)
    assert (trying.state, trying.half_open_attempts) == ("half_open", 1)
    assert stops_until(trying, settings=SETTINGS, now=NOW + 5 * MINUTE) is not None


def test_a_trial_nobody_heard_of_again_gives_way_to_another():
    trying = attempting(opened(), settings=SETTINGS, now=NOW + 5 * MINUTE)
    later = NOW + 10 * MINUTE
    assert stops_until(trying, settings=SETTINGS, now=later) is None
    assert attempting(trying, settings=SETTINGS, now=later).half_open_attempts == 1


def test_half_open_lets_as_many_attempts_through_as_the_salon_says_and_not_one_more():
    two, now = CircuitBreakerSettings(half_open_attempts=2), NOW + 5 * MINUTE
    first = attempting(opened(), settings=two, now=now)
    assert stops_until(first, settings=two, now=now) is None
    second = attempting(first, settings=two, now=now + MINUTE)
    assert (first.half_open_attempts, second.half_open_attempts) == (1, 2)
    assert stops_until(second, settings=two, now=now + MINUTE) == now + 6 * MINUTE
    assert wrong(second, now).half_open_attempts == 0


@pytest.mark.parametrize(("cooldown", "waits"), [(0, 1), (1, 1), (3, 3)])
def test_trials_nobody_heard_of_are_at_least_a_minute_apart(cooldown: int, waits: int):
    settings = CircuitBreakerSettings(cooldown_minutes=cooldown)
    trying = attempting(opened(), settings=settings, now=NOW)
    again = NOW + waits * MINUTE
    assert stops_until(trying, settings=settings, now=again - timedelta(seconds=1)) == again
    assert stops_until(trying, settings=settings, now=again) is None


def test_an_attempt_while_it_is_closed_changes_nothing():
    assert attempting(Breaker(error_count=4), settings=SETTINGS, now=NOW) == Breaker(error_count=4)


def test_of_what_is_only_reported_later_only_faults_of_the_provider_or_ours_count():
    """Queue overflow, a sender too fast, one that has sent its share of the day."""
    assert {30001, 63018, 63038} == LATE_FAULTS and not LATE_FAULTS & SETUP_FAULTS.keys()
    recipients = {21211, 21610, 30003, 30005, 30006, 63003, 63014, 63024, 63049}
    assert not (LATE_FAULTS | SETUP_FAULTS.keys()) & recipients


def test_that_the_next_message_is_taken_ends_no_run_of_what_is_reported_late():
    late = Breaker(error_count=4, last_error="63018", faults=[NOW])
    assert went_well(late, settings=SETTINGS) == late
    assert delivered(late).error_count == 0, "only a delivery does"
    assert went_well(late.changed(last_error="503"), settings=SETTINGS).error_count == 0


def test_what_arrives_while_it_is_not_closed_may_have_left_before():
    trying = attempting(opened(), settings=SETTINGS, now=NOW + 5 * MINUTE)
    assert (delivered(opened()), delivered(trying)) == (opened(), trying)


def test_success_closes_it_and_failure_opens_it_again():
    trying = attempting(opened(), settings=SETTINGS, now=NOW + 5 * MINUTE)
    assert went_well(trying, settings=SETTINGS) == Breaker()
    again = wrong(trying, NOW + 6 * MINUTE)
    assert (again.state, again.cooldown_until) == ("open", NOW + 11 * MINUTE)


def test_a_success_of_what_left_before_it_opened_does_not_close_it():
    assert went_well(opened(), settings=SETTINGS) == opened()


def test_without_automatic_recovery_it_stays_open():
    by_hand = CircuitBreakerSettings(auto_recovery=False)
    breaker = Breaker()
    for _ in range(5):
        breaker = went_wrong(breaker, error="503", well_since=nothing_went_well, settings=by_hand, now=NOW)
    assert stops_until(breaker, settings=by_hand, now=NOW + timedelta(days=365)) is not None


def test_whether_it_recovers_is_what_the_salon_says_now_and_not_when_it_opened():
    by_hand = CircuitBreakerSettings(auto_recovery=False)
    later = NOW + timedelta(hours=1)
    assert stops_until(opened().changed(auto_recovery=False), settings=SETTINGS, now=later) is None
    assert stops_until(opened(), settings=by_hand, now=later) is not None
