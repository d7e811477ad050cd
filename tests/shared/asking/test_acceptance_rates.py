from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.asking.acceptance_rates import LEAD_FACTOR, AcceptanceRates, Odds, bucket

LEAD = timedelta(hours=5)


def after(answers: list[bool]) -> AcceptanceRates:
    learned = AcceptanceRates()
    for accepted in answers:
        learned = learned.with_answer("waitlist_exact", "regular", LEAD, accepted=accepted)
    return learned


def rate(learned: AcceptanceRates, lead: timedelta = LEAD) -> float:
    return learned.rate("waitlist_exact", "regular", lead, 0.25)


def test_before_anything_is_known_the_prior_holds_with_its_lead_factor() -> None:
    assert rate(AcceptanceRates()) == 0.25
    assert rate(AcceptanceRates(), timedelta(minutes=30)) == 0.1
    assert rate(AcceptanceRates(), timedelta(hours=2)) == 0.2
    assert rate(AcceptanceRates(), timedelta(hours=30)) == 0.3


@pytest.mark.parametrize(
    ("minutes", "found"), [(59.9, "<1h"), (60, "1-3h"), (180, "1-3h"), (180.1, "3-24h"), (1440, "3-24h"), (1440.1, ">24h")]
)  # fmt: skip
def test_lead_times_are_told_apart_at_one_three_and_24_hours(minutes: float, found: str) -> None:
    assert bucket(timedelta(minutes=minutes)) == found
    assert LEAD_FACTOR == {"<1h": 0.4, "1-3h": 0.8, "3-24h": 1.0, ">24h": 1.2}


@given(st.lists(st.booleans(), max_size=60))
def test_what_is_learned_lies_between_the_prior_and_what_was_seen(answers: list[bool]) -> None:
    seen = sum(answers) / len(answers) if answers else 0.25
    low, high = sorted((0.25, seen))
    assert low - 1e-9 <= rate(after(answers)) <= high + 1e-9


def test_ten_refusals_make_nobody_hopeless_and_many_answers_speak_for_themselves() -> None:
    assert rate(after([False] * 10)) > 0.15
    assert abs(rate(after([True, False] * 500)) - 0.5) < 0.01


def test_what_is_learned_at_one_lead_time_says_nothing_about_another() -> None:
    assert rate(after([False] * 50), timedelta(hours=30)) == 0.3


def test_each_ignored_ask_makes_the_next_one_ten_percent_less_likely() -> None:
    assert Odds(rate=0.2, ignored=0).probability == 0.2
    assert abs(Odds(rate=0.2, ignored=2).probability - 0.2 * 0.81) < 1e-12
