"""The policy study's own rules: the same cancellations and people for every policy. That its adaptive policy is the suite's
is for tests/stories/test_policy_agreement.py."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from bench.policy_answers import People
from bench.policy_month import POLICIES, Month, Outcome, Policy, daytime
from bench.policy_study import jobs, ratio
from bench.policy_world import START, World, world

WEEK = START + timedelta(days=7)


@cache
def week(policy: Policy) -> tuple[World, Outcome]:
    made = world(7)
    return made, Month(made, policy, People(7, "base", made.salon), end=WEEK).run()


def test_every_policy_meets_the_same_cancellations_unless_a_mover_has_left_first() -> None:
    made, _ = week("adaptive")
    known = set(made.cancelled)
    for policy in POLICIES:
        met = {freed.booking.id for freed in week(policy)[1].freed if not freed.given_up}
        due = {id for id, at in made.cancelled.items() if at < WEEK}
        assert met <= known and len(due - met) <= len(due) / 10


def test_the_same_person_answers_the_same_offer_alike_under_every_policy() -> None:
    made, _ = week("adaptive")
    people = People(7, "base", made.salon)
    offer: dict[str, Any] = {"about": "b", "circumstance": "waits_for_this", "purpose": "service", "ignored": 0}
    at, start = START + timedelta(hours=10), START + timedelta(hours=16)
    for customer in list(made.customers)[:50]:
        first = people.react(customer_id=customer, sent_at=at, starts_at=start, **offer)
        later = people.react(customer_id=customer, sent_at=at + timedelta(minutes=10), starts_at=start, **offer)
        assert first.answer == later.answer and first.delivered == later.delivered


def test_readier_people_say_yes_wherever_others_do() -> None:
    made, _ = week("adaptive")
    at, start = START + timedelta(hours=10), START + timedelta(hours=16)

    def yes(assumption: Any) -> set[str]:
        people = People(7, assumption, made.salon)
        return {
            customer
            for customer in made.customers
            if people.react(
                customer_id=customer, about="b", circumstance="waits_for_this", purpose="service", ignored=0,
                sent_at=at, starts_at=start,
            ).answer == "accept"
        }  # fmt: skip

    low, base, high = yes("low"), yes("base"), yes("high")
    assert low < base < high
    assert 0.10 < len(low) / len(made.customers) < 0.18
    assert 0.30 < len(high) / len(made.customers) < 0.42


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_asks_at_night_or_beyond_the_limits(policy: Policy) -> None:
    made, outcome = week(policy)
    limits = made.settings.limits
    assert outcome.asks
    for ask in outcome.asks:
        assert made.settings.quiet_hours.end <= ask.at.time() < made.settings.quiet_hours.start
        hour = [one for one in outcome.asks if ask.at - timedelta(hours=1) < one.at <= ask.at]
        assert len(hour) <= limits.hourly_actions
        assert sum(one.customer_id == ask.customer_id for one in hour) <= limits.per_customer_hourly
        assert sum(one.at.date() == ask.at.date() for one in outcome.asks) <= limits.daily_actions


def test_the_original_asks_one_at_a_time_and_five_in_all() -> None:
    _, outcome = week("sequential")
    assert max(Counter(ask.gap_id for ask in outcome.asks).values()) == 5
    for gap_id in outcome.gaps:
        times = [ask.at for ask in outcome.asks if ask.gap_id == gap_id]
        assert len(times) == len(set(times))


def test_daytime_is_when_people_may_be_written_to() -> None:
    _, outcome = week("blast")
    booking = outcome.freed[0].booking
    starts = booking.start_time

    def given_back(hours_before: float) -> bool:
        return daytime(replace(outcome.freed[0], cancelled_at=starts - timedelta(hours=hours_before)))

    night = starts.replace(hour=20, minute=30) - timedelta(days=1)
    assert not daytime(replace(outcome.freed[0], cancelled_at=night))
    assert daytime(replace(outcome.freed[0], cancelled_at=night - timedelta(seconds=1))) == (
        starts - night < timedelta(hours=24)
    )
    assert not given_back(24.5)


def test_a_ratio_of_sums_has_an_interval_that_shrinks_with_the_months() -> None:
    few, many = ratio([1, 2, 3], [4, 4, 4]), ratio([1, 2, 3] * 20, [4, 4, 4] * 20)
    assert few.value == many.value == 0.5
    assert 0 < many.half < few.half / 4
    assert ratio([2, 2], [4, 4]).half == 0


def test_every_beginning_of_a_study_holds_its_share_of_each_assumption() -> None:
    first = [assumption for assumption, *_ in jobs(100, 30, 0.1)[:16]]
    assert (first.count("base"), first.count("low"), first.count("high")) == (10, 3, 3)
