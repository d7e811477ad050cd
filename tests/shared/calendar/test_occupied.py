from datetime import date

import pytest

from shared.calendar.booking import Booking
from shared.calendar.occupied import double_booked, occupied, parts_of, resources_free, resources_taken, time_of
from tests.shared.calendar.schedules import DAY, SERVICES, a_booking, a_service, between, shown

WASHED = a_service("washed", 60, buffer_before_minutes=5, buffer_after_minutes=10)
FACIAL = a_service("facial", 60, resource_ids=["room"], buffer_after_minutes=15)
ALL = {**SERVICES, "washed": WASHED, "facial": FACIAL}


def taken(*bookings: Booking) -> list[str]:
    return [shown(stretch) for stretch in occupied(bookings, ALL)]


@pytest.mark.parametrize("status", ["pending", "confirmed", "completed"])
def test_a_standing_booking_takes_its_time(status: str):
    assert taken(a_booking("11:00", "11:30", status=status)) == ["11:00-11:30"]


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_a_booking_that_fell_through_takes_no_time(status: str):
    assert taken(a_booking("11:00", "11:30", status=status)) == []


def test_a_buffer_is_taken_too():
    assert taken(a_booking("11:00", "12:00", "washed")) == ["10:55-12:10"]


def test_a_service_nobody_knows_has_no_buffers_but_takes_its_time():
    assert taken(a_booking("11:00", "12:00", "gone")) == ["11:00-12:00"]
    assert taken(a_booking("11:00", "12:00", service_ids=[])) == ["11:00-12:00"]


def test_the_customer_of_a_booking_need_not_be_known():
    assert taken(a_booking("11:00", "12:00", "gone", customer_id=None)) == ["11:00-12:00"]


def test_the_stylist_is_free_while_colour_is_processing():
    assert taken(a_booking("11:00", "12:30", "colour")) == ["11:00-11:30", "12:10-12:30"]


def test_services_of_one_booking_follow_each_other_with_buffers_only_outside():
    assert taken(a_booking("11:00", "13:00", "washed", "washed")) == ["10:55-13:10"]
    assert taken(a_booking("11:00", "13:00", "cut", "colour")) == ["11:00-12:00", "12:40-13:00"]


def test_a_booking_that_the_front_desk_lengthened_takes_all_of_its_time():
    assert taken(a_booking("11:00", "13:00", "colour")) == ["11:00-11:30", "12:10-13:00"]


def test_a_booking_that_the_front_desk_shortened_ends_when_it_says():
    assert taken(a_booking("11:00", "12:00", "colour")) == ["11:00-11:30"]
    assert taken(a_booking("11:00", "11:20", "colour")) == ["11:00-11:20"]


def test_services_that_a_shortened_booking_no_longer_reaches_free_nothing_behind_its_end():
    assert taken(a_booking("11:00", "11:25", "colour", "washed")) == ["11:00-11:35"]


def test_processing_behind_an_unknown_service_is_nowhere_for_sure():
    assert taken(a_booking("11:00", "13:00", "gone", "colour")) == ["11:00-13:00"]


def test_bookings_may_overlap_and_their_time_is_taken_once():
    colour, cut = a_booking("11:00", "12:30", "colour"), a_booking("11:40", "12:10", id="b2")
    assert taken(colour, cut) == ["11:00-11:30", "11:40-12:30"]
    assert taken(a_booking("11:00", "12:00"), a_booking("11:30", "12:30")) == ["11:00-12:30"]


def test_a_booking_over_midnight_takes_time_of_both_days():
    (stretch,) = occupied([a_booking("23:00", "25:00", "cut")], ALL)
    assert stretch == between("23:00", "25:00")
    assert stretch.overlaps(between("00:00", "01:00", date(2026, 11, 24)))
    assert stretch.overlaps(between("23:30", "24:00", DAY))


def test_a_cut_in_the_processing_of_a_colour_is_no_double_booking():
    colour = a_booking("11:00", "12:30", "colour", id="colour")
    assert double_booked([colour, a_booking("11:30", "12:00", id="cut")], ALL) == []
    clash = a_booking("11:15", "11:45", id="clash")
    assert double_booked([clash, colour], ALL) == [(colour, clash)]
    assert double_booked([colour, clash.changed(status="cancelled")], ALL) == []


def test_a_room_is_shared_by_all_staff_and_cleaned_between():
    other = a_booking("11:00", "12:00", "facial", staff_id="meera")
    assert not resources_free(FACIAL, between("11:30", "12:30"), [other], ALL)
    assert not resources_free(FACIAL, between("12:00", "13:00"), [other], ALL)
    assert resources_free(FACIAL, between("12:15", "13:15"), [other], ALL)
    assert resources_free(ALL["cut"], between("11:30", "12:00"), [other], ALL)
    assert resources_taken(FACIAL, [other], ALL) == [between("11:00", "12:15")]
    assert resources_taken(FACIAL, [other.changed(status="cancelled")], ALL) == []


def test_a_room_is_taken_only_during_the_service_that_needs_it():
    visit = a_booking("11:00", "12:30", "cut", "facial", staff_id="meera")
    assert resources_free(FACIAL, between("10:00", "11:00"), [visit], ALL) is True
    assert not resources_free(FACIAL, between("10:20", "11:20"), [visit], ALL)
    unknown = a_booking("11:00", "13:00", "gone", "facial", staff_id="meera")
    assert not resources_free(FACIAL, between("10:00", "11:00"), [unknown], ALL)


@pytest.mark.parametrize(
    ("services", "end", "parts"),
    [
        (["cut"], "13:00", [("cut", "11:00-13:00")]),
        (["cut", "washed"], "13:00", [("cut", "11:00-11:30"), ("washed", "11:30-13:00")]),
        (["washed", "cut"], "11:20", [("washed", "11:00-11:20"), ("cut", "11:20-11:20")]),
        (["cut", "gone", "washed"], "13:00", [("cut", "11:00-11:30"), (None, "11:30-13:00")]),
        (["gone"], "12:00", [(None, "11:00-12:00")]),
        ([], "12:00", [(None, "11:00-12:00")]),
    ],
)
def test_services_are_laid_one_after_the_other_and_the_last_lasts_until_the_end(
    services: list[str], end: str, parts: list[tuple[str | None, str]]
):
    booking = a_booking("11:00", end).changed(service_ids=services)
    laid = [(part.service and part.service.id, shown(part.stretch)) for part in parts_of(booking, ALL)]
    assert laid == parts


BLEACH = a_service("bleach", 60, processing={"after_minutes": 0, "minutes": 60})
BLEACHING = {**ALL, "bleach": BLEACH}


@pytest.mark.parametrize(
    ("services", "end", "pieces"),
    [
        (["washed", "gone"], "13:00", ["10:55-13:00"]),
        (["gone", "washed"], "13:00", ["11:00-13:00"]),
        (["washed", "colour"], "13:30", ["10:55-12:30", "13:10-13:30"]),
        (["colour", "washed"], "13:30", ["11:00-11:30", "12:10-13:40"]),
        (["bleach"], "12:00", []),
        (["bleach"], "12:30", ["12:00-12:30"]),
        (["cut", "bleach", "cut"], "13:00", ["11:00-11:30", "12:30-13:00"]),
    ],
)
def test_a_booking_takes_no_empty_piece_of_time(services: list[str], end: str, pieces: list[str]):
    booking = a_booking("11:00", end).changed(service_ids=services)
    assert [shown(piece) for piece in time_of(booking, BLEACHING)] == pieces


def test_a_room_is_in_use_until_the_visit_ends_even_when_it_was_lengthened():
    long = a_booking("11:00", "13:00", "facial", staff_id="meera")
    assert resources_taken(FACIAL, [long], ALL) == [between("11:00", "13:15")]


def test_bookings_that_touch_are_no_double_booking_and_the_earlier_comes_first():
    one, next_to_it = a_booking("11:00", "12:00", id="one"), a_booking("12:00", "12:30", id="next")
    inside = a_booking("11:59", "12:30", id="inside")
    assert double_booked([next_to_it, one], ALL) == []
    assert double_booked([inside, one], ALL) == [(one, inside)]
    long = a_booking("10:00", "13:00", id="long")
    assert double_booked([one, next_to_it, long], ALL) == [(long, one), (long, next_to_it)]
    twin = a_booking("11:00", "12:00", id="a")
    assert double_booked([one, twin], ALL) == [(twin, one)]


@pytest.mark.parametrize(
    ("services", "end", "used"),
    [
        (["facial", "cut"], "12:30", ["11:00-12:15"]),
        (["facial", "gone"], "13:00", ["11:00-12:15"]),
        (["cut", "gone"], "13:00", []),
        (["gone", "facial"], "13:00", ["11:00-13:00"]),
        (["cut", "gone", "facial"], "13:00", ["11:30-13:00"]),
        (["facial", "gone", "facial"], "13:00", ["11:00-13:00"]),
    ],
)
def test_a_room_is_in_use_where_its_service_lies_or_may_lie(services: list[str], end: str, used: list[str]):
    visit = a_booking("11:00", end).changed(service_ids=services)
    assert [shown(stretch) for stretch in resources_taken(FACIAL, [visit], ALL)] == used
