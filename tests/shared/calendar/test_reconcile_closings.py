"""Why a gap closes when the calendar is looked at, for what the owner reads and for what is announced."""

from datetime import date
from typing import Any

import pytest

from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.calendar.reconcile import matched, reconcile
from tests.shared.calendar.schedules import (
    COLOUR,
    WEEK,
    a_booking,
    a_day,
    a_salon,
    a_service,
    a_stylist,
    at,
    between,
)
from tests.shared.calendar.test_gap_records import a_finding, a_gap

AROUND = (a_booking("10:00", "14:00", id="before"), a_booking("16:00", "18:00", id="after"))
HERE = {"start": at("14:00"), "end": at("16:00")}
SHUT = a_salon(closures=[HERE])
OFF = a_stylist(time_off=[HERE])
SHORT = a_salon(opening_hours={weekday: [["10:00", "14:00"]] for weekday in WEEK})
GONE = {"cut": a_service("cut", 30, active=False), "colour": a_service("colour", 90, active=False)}
ONLY_COLOUR = {"services": {"colour": COLOUR}}
FILLED, EXPIRED, IGNORED = "Gap filled: booked", "Gap expired: time_over", "Gap ignored: {}"


def because(reason: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return IGNORED.format(reason), {"status": "ignored", "closed_reason": reason, **more}


def by(booking_id: str) -> tuple[str, dict[str, Any]]:
    return FILLED, {"status": "filled", "filled_by": booking_id, "closed_reason": "booked"}


OVER = EXPIRED, {"status": "expired", "closed_reason": "time_over"}
CLOSINGS: dict[str, tuple[tuple[Booking, ...], dict[str, Any], str, tuple[str, dict[str, Any]]]] = {
    "the salon is closed": ((), {"salon": SHUT}, "09:00", because("closure")),
    "she has time off": ((), {"staff": OFF}, "09:00", because("time_off")),
    "the salon is closed and she has time off": ((), {"salon": SHUT, "staff": OFF}, "09:00", because("closure")),
    "part of it is time off, and nothing fits the rest": (
        (),
        {"staff": a_stylist(time_off=[{"start": at("14:25"), "end": at("15:35")}])},
        "09:00",
        because("time_off"),
    ),
    "time off of another hour": (
        (),
        {"salon": SHORT, "staff": a_stylist(time_off=[{"start": at("16:00"), "end": at("17:00")}])},
        "09:00",
        because("hours"),
    ),
    "the salon closes earlier": ((), {"salon": SHORT}, "09:00", because("hours")),
    "nothing is offered any more": ((), {"services": GONE}, "09:00", because("not_offered")),
    "nothing is offered any more, nor does she work": (
        (),
        {"services": GONE, "salon": SHORT},
        "09:00",
        because("not_offered"),
    ),
    "nothing is offered any more, and she has time off": (
        (),
        {"services": GONE, "staff": OFF},
        "09:00",
        because("time_off"),
    ),
    "nothing fits what is left": ((), {}, "15:20", OVER),
    "a long service only, too late for it": ((), ONLY_COLOUR, "14:20", OVER),
    "it is all booked": ((a_booking("14:00", "16:00", id="all"),), {}, "09:00", by("all")),
    "it is booked, mostly by the later": (
        (a_booking("14:00", "14:50", id="less"), a_booking("14:50", "16:00", id="most")),
        {},
        "09:00",
        by("most"),
    ),
    "it is booked, and who was cancelled did not take it": (
        (
            a_booking("14:00", "16:00", id="not", status="cancelled"),
            a_booking("14:10", "15:50", id="took"),
        ),
        {},
        "09:00",
        by("took"),
    ),
    "what was left to sell is booked": ((a_booking("15:00", "16:00", id="late"),), {}, "14:20", by("late")),
    "it is sold": ((a_booking("14:30", "15:30", id="sale", gap_id="gap_1"),), {}, "09:00", by("sale")),
}


def closing(
    bookings: tuple[Booking, ...], parts: dict[str, Any], now: str
) -> list[tuple[str, dict[str, Any], Any, Any]]:
    changes = reconcile(a_day(*AROUND, *bookings, **parts), [a_gap()], now=at(now), actor="ann")
    return [
        (change.record.action, change.record.details, change.record.payload.get("ours"), change.record.actor)
        for change in changes
        if change.document.id == "gap_1"
    ]


@pytest.mark.parametrize("name", CLOSINGS)
def test_a_gap_that_is_none_any_more_says_the_first_reason_that_applies(name: str):
    bookings, parts, now, (action, details) = CLOSINGS[name]
    ours = {"it is sold": True}.get(name, False if action == FILLED else None)
    assert closing(bookings, parts, now) == [(action, details, ours, "ann")]


def test_time_that_is_worked_and_free_but_not_to_be_sold_yet_is_not_offered():
    """The salon has shortened its horizon: a closure of a part of the gap is not why."""
    day = a_day(*AROUND, salon=a_salon(closures=[{"start": at("14:00"), "end": at("14:10")}]))
    (change,) = reconcile(day, [a_gap()], now=at("09:00", date(2026, 11, 8)), actor="ann")
    assert change.record.action == "Gap ignored: not_offered"


@pytest.mark.parametrize(
    "booking",
    [
        a_booking("14:00", "14:30", id="other", gap_id="gap_2"),
        a_booking("14:00", "14:30", id="gone", gap_id="gap_1", status="cancelled"),
        a_booking("16:00", "16:30", id="moved", gap_id="gap_1"),
    ],
)
def test_a_booking_that_is_no_sale_of_this_gap_leaves_it_open(booking: Booking):
    day = a_day(AROUND[0], a_booking("16:30", "18:00"), booking)
    changes = reconcile(day, [a_gap()], now=at("09:00"), actor="ann")
    assert [change.document.status for change in changes if change.document.id == "gap_1"] in ([], ["open"])


def test_gaps_that_grew_together_name_the_one_they_live_on_in():
    first = a_gap(id="gap_0", start_time=at("13:00"), end_time=at("13:30"))
    day = a_day(a_booking("10:00", "13:00"), a_booking("16:00", "18:00"))
    changes = reconcile(day, [a_gap(), first], now=at("09:00"), actor="ann")
    assert [(change.document.id, change.record.action) for change in changes] == [
        ("gap_0", "Gap follows the calendar"),
        ("gap_1", "Gap ignored: superseded"),
    ]
    assert changes[1].document.superseded_by == "gap_0"


def test_a_gap_whose_heir_needs_no_change_names_it_all_the_same():
    day = a_day(a_booking("10:00", "13:00"), a_booking("16:00", "18:00"))
    first = a_gap(id="gap_0", start_time=at("13:00"), end_time=at("13:30"))
    (followed, _) = reconcile(day, [a_gap(), first], now=at("09:00"), actor="ann")
    (closed,) = reconcile(day, [a_gap(), followed.document], now=at("09:00"), actor="ann")
    assert (closed.document.id, closed.document.superseded_by) == ("gap_1", "gap_0")


def test_a_gap_opens_with_what_is_known_of_its_stylist_and_its_day():
    (change,) = reconcile(a_day(*AROUND), [], now=at("09:00"), actor="ann")
    gap = change.document
    assert (gap.salon_id, gap.staff_id, gap.staff_name, gap.date) == ("salon", "rahul", "Rahul", "2026-11-23")
    assert (gap.ordinal, change.record.actor, gap.created_at) == (1, "ann", at("09:00"))


@pytest.mark.parametrize(
    ("opened", "ordinal"),
    [
        ((between("14:00", "16:00"), 1), 2),
        ((between("14:00", "16:00"), 4), 5),
        ((between("14:00", "15:59"), 4), 1),
        ((between("14:01", "16:00"), 4), 1),
    ],
)
def test_openings_of_the_same_time_are_counted(opened: Any, ordinal: int):
    stretch, before = opened
    closed = a_gap(status="expired", ordinal=before, opened_start=stretch.start, opened_end=stretch.end)
    (change,) = reconcile(a_day(*AROUND), [closed], now=at("09:00"), actor="ann")
    assert change.document.ordinal == ordinal


def test_a_new_name_of_a_stylist_is_taken_over():
    stored: list[Gap] = [reconcile(a_day(*AROUND), [], now=at("09:00"), actor="ann")[0].document]
    renamed = a_day(*AROUND, staff=a_stylist(name="Rahul K"))
    (change,) = reconcile(renamed, stored, now=at("09:00"), actor="ann")
    assert (change.record.details, change.record.actor) == ({"staff_name": "Rahul K"}, "ann")


def test_each_free_stretch_goes_to_the_earliest_gap_that_none_before_took():
    early, late = a_gap(id="early"), a_gap(id="late", start_time=at("15:00"), end_time=at("17:00"))
    first, second = a_finding(stretch=between("14:00", "14:30")), a_finding(stretch=between("15:30", "16:30"))
    third = a_finding(stretch=between("16:30", "17:00"))
    assert matched([first, second, third], [early, late]) == [(first, early), (second, late), (third, None)]
    assert matched([second], [early, late]) == [(second, early)]
    assert matched([third], [early, late]) == [(third, late)]
