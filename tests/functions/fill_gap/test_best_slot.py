from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.fill_gap.best_slot import best_slot, unsellable
from shared.calendar.gap import Gap, opened
from shared.calendar.service import Service
from shared.calendar.staff_day import Freed, findings
from shared.values.stretches import Stretch
from tests.shared.calendar.schedules import a_day, a_salon, a_service, a_stylist, at, between, shown

SHORT, HOUR, LONG = a_service("short", 30, 300), a_service("hour", 60, 600), a_service("long", 90, 900)
LENGTHS = st.sampled_from([15, 20, 25, 30, 40, 45, 50, 60, 75, 90])


def a_gap(start: str, end: str, *freed: tuple[str, str]) -> Gap:
    day = a_day(
        salon=a_salon(opening_hours={"mon": [[start, end]]}),
        staff=a_stylist(service_ids=["short"]),
        services={"short": a_service("short", 15)},
    )
    given_back = [Freed(between(*part), "moved") for part in freed]
    (finding,) = findings(day, now=at("06:00"), freed=given_back)
    return opened(
        finding, salon_id="salon", staff_id="rahul", staff_name="Rahul", date="2026-11-23",
        ordinal=1, now=at("06:00"), actor="test",
    ).document  # fmt: skip


def start_of(gap: Gap, service: Service, *services: Service, **asked: object) -> str | None:
    slot = best_slot(gap, service, services=services, **{"earliest_start": at("06:00"), **asked})
    return None if slot is None else shown(slot)


def test_a_leftover_is_lost_only_when_no_service_fits_it():
    assert unsellable(29, [SHORT, HOUR]) == 29
    assert unsellable(30, [SHORT, HOUR]) == 0


def test_a_slot_starts_where_freed_time_starts():
    assert start_of(a_gap("14:00", "15:00", ("14:00", "15:00")), HOUR) == "14:00-15:00"
    assert start_of(a_gap("10:00", "18:00", ("14:10", "15:10")), HOUR, SHORT, HOUR) == "14:10-15:10"


def test_a_slot_leaves_no_remainder_that_nothing_fits():
    assert start_of(a_gap("14:00", "16:00", ("14:30", "15:30")), HOUR, HOUR) in ("14:00-15:00", "15:00-16:00")
    assert start_of(a_gap("14:00", "15:30"), HOUR, SHORT, HOUR) == "14:00-15:00"


def test_a_slot_in_idle_time_starts_at_a_quarter_hour_or_at_an_edge():
    assert start_of(a_gap("14:05", "18:00"), HOUR, a_service("ten", 10), earliest_start=at("14:06")) == "14:15-15:15"
    assert start_of(a_gap("14:05", "18:00"), HOUR, SHORT) == "14:05-15:05"
    assert start_of(a_gap("14:00", "15:10"), HOUR, HOUR, earliest_start=at("14:02")) == "14:10-15:10"


def test_a_slot_in_freed_time_starts_in_steps_of_five_minutes_from_where_that_starts():
    gap = a_gap("14:00", "16:00", ("14:01", "15:21"))
    assert start_of(gap, HOUR, a_service("five", 5), earliest_start=at("14:02")) == "14:06-15:06"


def test_a_narrow_place_without_a_quarter_hour_is_offered_at_the_first_five_minutes():
    gap = a_gap("14:00", "17:00")
    assert start_of(gap, HOUR, HOUR, earliest_start=at("14:03"), window=between("14:00", "15:14")) == "14:05-15:05"


def test_time_that_is_too_soon_to_sell_is_no_leftover():
    gap = a_gap("14:00", "17:00")
    assert start_of(gap, HOUR, HOUR, earliest_start=at("14:50")) == "15:00-16:00"
    under_way = gap.changed(sellable_from=at("14:45"))
    assert start_of(under_way, HOUR, HOUR, earliest_start=at("14:45")) == "14:45-15:45"


def test_a_slot_keeps_its_buffers_inside_the_gap():
    buffered = a_service("buffered", 30, buffer_before_minutes=10, buffer_after_minutes=5)
    assert start_of(a_gap("14:00", "14:45"), buffered) == "14:10-14:40"
    assert start_of(a_gap("14:00", "14:40"), buffered) is None


def test_a_slot_at_an_edge_leaves_just_its_buffer_there():
    buffered = a_service("buffered", 30, buffer_before_minutes=10, buffer_after_minutes=5)
    assert start_of(a_gap("14:00", "15:50"), buffered, SHORT) == "14:10-14:40"
    assert start_of(a_gap("14:00", "15:47"), buffered, SHORT, earliest_start=at("15:00")) == "15:12-15:42"


def test_a_slot_is_not_before_the_earliest_start():
    gap = a_gap("14:00", "16:00", ("14:00", "15:00"))
    assert start_of(gap, HOUR, HOUR, earliest_start=at("14:12")) == "14:15-15:15"
    assert start_of(gap, HOUR, HOUR, earliest_start=at("15:01")) is None


def test_a_time_with_room_for_one_start_is_that_slot():
    assert start_of(a_gap("14:00", "17:00"), SHORT, window=between("14:45", "15:15")) == "14:45-15:15"


def test_a_slot_stays_within_the_customers_window():
    gap = a_gap("10:00", "18:00", ("14:00", "15:00"))
    assert start_of(gap, HOUR, SHORT, window=between("16:00", "17:30")) == "16:00-17:00"
    assert start_of(gap, HOUR, SHORT, window=between("16:00", "16:30")) is None


def test_a_slot_keeps_clear_of_a_room_that_is_taken():
    gap = a_gap("14:00", "16:00", ("14:00", "15:00"))
    assert start_of(gap, HOUR, SHORT, clear_of=[between("14:00", "14:30")]) == "14:30-15:30"
    assert start_of(gap, HOUR, SHORT, clear_of=[between("14:30", "15:30")]) is None


@settings(max_examples=200)
@given(
    st.integers(0, 40), st.integers(3, 60), st.integers(0, 40), st.integers(1, 20), LENGTHS,
    st.sampled_from([0, 5, 10]), st.sampled_from([0, 5, 15]), st.integers(0, 300),
)  # fmt: skip
def test_a_slot_is_contained_in_its_gap(
    start: int, length: int, freed_from: int, freed: int, minutes: int, before: int, after: int, earliest: int
):
    opens = at("10:00") + timedelta(minutes=5 * start)
    stretch = Stretch(opens, opens + timedelta(minutes=5 * length))
    part = Stretch(opens + timedelta(minutes=5 * freed_from), opens + timedelta(minutes=5 * (freed_from + freed)))
    gap = a_gap("14:00", "15:00").changed(
        start_time=stretch.start,
        end_time=stretch.end,
        freed=[part.overlap(stretch)] if part.overlaps(stretch) else [],
    )
    service = a_service("x", minutes, buffer_before_minutes=before, buffer_after_minutes=after)
    soonest = at("10:00") + timedelta(minutes=earliest)
    slot = best_slot(gap, service, earliest_start=soonest)
    if slot is None:
        first = max(stretch.start + service.buffer_before, soonest)
        # Less than one step of play: no start that people would be offered lies in it.
        assert stretch.end - service.buffer_after - service.duration - first < timedelta(minutes=5)
    else:
        assert stretch.contains(slot.widened(service.buffer_before, service.buffer_after))
        assert slot.start >= soonest and slot.end - slot.start == service.duration


@pytest.mark.parametrize("service", [SHORT, HOUR, LONG])
def test_a_gap_of_just_the_services_length_is_that_slot(service: Service):
    end = at("14:07") + service.duration
    gap = a_gap("14:07", f"{end:%H:%M}")
    assert best_slot(gap, service, earliest_start=at("06:00")) == gap.stretch
