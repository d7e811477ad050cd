from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar.priority import Assessment, assess, level_of
from shared.values.stretches import Stretch
from tests.shared.calendar.schedules import DAY, ZONE, at, between


def assessed(
    stretch: Stretch,
    now: datetime,
    *,
    utilisation: float = 0.5,
    revenue: int = 500,
    best: int = 1000,
    peak: tuple[time, time] = (time(10), time(19)),
) -> Assessment:
    return assess(
        stretch, day=DAY, zone=ZONE, peak_hours=peak, utilisation=utilisation,
        potential_revenue=Decimal(revenue), best_revenue=Decimal(best), now=now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("score", "level"),
    [(0, "low"), (39, "low"), (40, "medium"), (59, "medium"), (60, "high"), (79, "high"), (80, "critical"),
     (100, "critical")],
)  # fmt: skip
def test_the_level_follows_the_score(score: int, level: str):
    assert level_of(score) == level


@given(
    st.integers(0, 1380), st.integers(0, 600), st.integers(0, 20_000), st.floats(0, 1.5), st.integers(0, 9000),
    st.integers(0, 3000),
)  # fmt: skip
def test_the_score_lies_between_0_and_100_and_is_the_sum_of_its_parts(
    start: int, length: int, ahead: int, utilisation: float, revenue: int, best: int
):
    opens = at("00:00") + timedelta(minutes=start)
    stretch = Stretch(opens, opens + timedelta(minutes=length))
    now = opens - timedelta(minutes=ahead)
    result = assessed(stretch, now, utilisation=utilisation, revenue=revenue, best=best)
    assert 0 <= result.score <= 100
    assert abs(sum(result.parts.values()) - result.score) <= 1


def test_peak_hours_a_longer_time_an_emptier_day_more_value_and_nearness_each_raise_it():
    base = assessed(between("17:00", "18:00"), at("06:00"))
    assert assessed(between("18:30", "19:30"), at("07:30")).score < base.score
    assert assessed(between("16:00", "18:00"), at("05:00")).score > base.score
    assert assessed(between("17:00", "18:00"), at("06:00"), utilisation=0.1).score > base.score
    assert assessed(between("17:00", "18:00"), at("06:00"), revenue=900).score > base.score
    assert assessed(between("17:00", "18:00"), at("15:00")).score > base.score


def test_what_starts_within_two_hours_is_as_near_as_it_gets():
    near, nearer = (assessed(between("17:00", "18:00"), at(now)).parts["nearness"] for now in ("15:00", "16:30"))
    assert near == nearer == 20


PLAIN = {"peak": 25.0, "duration": 10.0, "utilisation": 7.5, "value": 10.0, "nearness": 17.4}


@pytest.mark.parametrize(
    ("opens", "closes", "now", "given", "parts"),
    [
        ("17:00", "18:00", "06:00", {}, PLAIN),
        ("19:00", "20:00", "08:00", {}, {"peak": 0.0}),
        ("18:15", "19:15", "07:15", {}, {"peak": 18.8}),
        ("09:45", "10:45", "04:00", {"peak": (time(10, 15), time(10, 30))}, {"peak": 6.2, "nearness": 18.9}),
        ("17:00", "18:30", "06:00", {}, {"duration": 15.0}),
        ("16:00", "18:00", "05:00", {}, {"duration": 20.0}),
        ("15:00", "18:00", "04:00", {}, {"duration": 20.0}),
        ("17:00", "17:00", "06:00", {}, {"peak": 0.0, "duration": 0.0}),
        ("17:00", "18:00", "06:00", {"utilisation": 0.0}, {"utilisation": 15.0}),
        ("17:00", "18:00", "06:00", {"utilisation": 1.0}, {"utilisation": 0.0}),
        ("17:00", "18:00", "06:00", {"utilisation": 1.5}, {"utilisation": 0.0}),
        ("17:00", "18:00", "06:00", {"revenue": 1000}, {"value": 20.0}),
        ("17:00", "18:00", "06:00", {"revenue": 2000}, {"value": 20.0}),
        ("17:00", "18:00", "06:00", {"best": 0}, {"value": 0.0}),
        ("17:00", "18:00", "15:00", {}, {"nearness": 20.0}),
        ("17:00", "18:00", "14:00", {}, {"nearness": 19.7}),
    ],
)  # fmt: skip
def test_each_part_of_the_score_has_its_weight(
    opens: str, closes: str, now: str, given: dict[str, Any], parts: dict[str, float]
):
    assert assessed(between(opens, closes), at(now), **given).parts == {**PLAIN, **parts}


@pytest.mark.parametrize(("hours", "nearness"), [(1, 20), (2, 20), (37, 10), (72, 0), (90, 0)])
def test_nearness_fades_from_two_hours_to_three_days(hours: int, nearness: float):
    found = assessed(between("17:00", "18:00"), at("17:00") - timedelta(hours=hours))
    assert found.parts["nearness"] == nearness


def test_the_score_is_the_sum_rounded_once():
    found = assessed(between("17:00", "18:00"), at("06:00"))
    assert (found.score, found.level) == (70, "high")
