"""Whose time is sold: each state of a staff member, a service and the salon, and what it means for the free hour, which Mia could
work. And whose time waits for the owner: each way in which it was given back.
"""

from itertools import product
from typing import Any

import pytest

from shared.calendar.reconcile_staff_day import reconcile_staff_day
from tests.functions.fill_gap.test_tiers import Makes, nothing
from tests.shared.sales.test_acceptance import END, NOW, START
from tests.stories.one_hour import DAY, HOUR, OneHour, booking

NOT_FREE = "not free"
WALL = {"start": "18:30", "end": "19:30"}
"""The hour on the salon's wall, on a Monday."""
MONDAY = "2026-11-23"


def mia(**fields: Any) -> Makes:
    return lambda hour: hour.update("staff/mia", **fields)


def the_cut(**fields: Any) -> Makes:
    return lambda hour: hour.update("services/cut", **fields)


def the_salon(**fields: Any) -> Makes:
    return lambda hour: hour.update(".", **fields)


def both(*makes: Makes) -> Makes:
    def make(hour: OneHour) -> None:
        for each in makes:
            each(hour)

    return make


def gone(path: str) -> Makes:
    return lambda hour: hour.delete(path)


OFF = {"start": START, "end": END}
HOURS = {"working_hours": {"mon": [WALL]}}
STATES: dict[str, tuple[Makes, bool, str]] = {
    # whether it is free to be sold, and how a gap ends that was there before
    "nothing": (nothing, True, "open"),
    "Mia is inactive": (mia(active=False), False, "ignored: hours"),
    "Mia is gone": (gone("staff/mia"), False, "ignored: not_offered"),
    "Mia cannot be read": (mia(name=7), False, "ignored: not_offered"),
    "Mia's own hours": (mia(**HOURS), True, "open"),
    "Mia does not work on Mondays": (mia(working_hours={"tue": [WALL]}), False, "ignored: hours"),
    "Mia has no hours": (mia(working_hours={}), False, "ignored: hours"),
    "Mia's Monday is empty": (mia(working_hours={"mon": []}), False, "ignored: hours"),
    "Mia has a shift": (mia(working_hours={}, shifts={MONDAY: [WALL]}), True, "open"),
    "Mia has another shift": (mia(**HOURS, shifts={MONDAY: [{"start": "10:00", "end": "18:30"}]}), False, "ignored: hours"),
    "an empty shift": (mia(shifts={MONDAY: []}), False, "ignored: hours"),
    "an empty shift over weekly hours": (mia(**HOURS, shifts={MONDAY: []}), False, "ignored: hours"),
    "an empty shift of another day": (mia(**HOURS, shifts={"2026-11-24": []}), True, "open"),
    "a break": (mia(breaks={"mon": [WALL]}), False, "ignored: hours"),
    "a break over a shift": (mia(shifts={MONDAY: [WALL]}, breaks={"mon": [WALL]}), False, "ignored: hours"),
    "time off": (mia(time_off=[OFF]), False, "ignored: time_off"),
    "time off for days": (mia(time_off=[{"start": START - 3 * DAY, "end": END + 3 * DAY}]), False, "ignored: time_off"),
    "time off over a shift": (mia(shifts={MONDAY: [WALL]}, time_off=[OFF]), False, "ignored: time_off"),
    "time off until then": (mia(time_off=[{"start": START - HOUR, "end": START}]), True, "open"),
    "Mia cuts no more": (mia(service_ids=["wash"]), False, "ignored: not_offered"),
    "the cut is inactive": (the_cut(active=False), False, "ignored: not_offered"),
    "the cut is gone": (gone("services/cut"), False, "ignored: not_offered"),
    "the cut takes longer": (the_cut(duration_minutes=61), False, "ignored: not_offered"),
    "the cut needs cleaning": (the_cut(buffer_after_minutes=1), False, "ignored: not_offered"),
    "the salon is paused": (the_salon(status="paused"), True, "open"),
    "the salon is closed on Mondays": (the_salon(opening_hours={"tue": [WALL]}), False, "ignored: hours"),
    "the salon is closed that day": (the_salon(special_hours={MONDAY: []}), False, "ignored: hours"),
    "the salon is closed that day, whatever the shift": (both(the_salon(special_hours={MONDAY: []}), mia(shifts={MONDAY: [WALL]})), False, "ignored: hours"),
    "the salon opens that day only": (the_salon(opening_hours={}, special_hours={MONDAY: [WALL]}), True, "open"),
    "a closure": (the_salon(closures=[OFF]), False, "ignored: closure"),
    "a closure over a shift": (both(the_salon(closures=[OFF]), mia(shifts={MONDAY: [WALL]})), False, "ignored: closure"),
}  # fmt: skip


def reconciled(hour: OneHour) -> list[dict[str, Any]]:
    reconcile_staff_day("mia", MONDAY, documents=hour.documents, clock=hour.clock, actor="detect_gaps")
    return list(hour.all("gaps").values())


@pytest.mark.parametrize(("makes", "free", "ends"), STATES.values(), ids=STATES)
def test_whose_time_is_free_to_be_sold(makes: Makes, free: bool, ends: str) -> None:
    fresh, standing = OneHour(), OneHour()
    fresh.delete("gaps/gap_1")
    for hour in (fresh, standing):
        makes(hour)
    assert [each["status"] for each in reconciled(fresh)] == (["open"] if free else [])
    [gap] = reconciled(standing)
    assert (f"{gap['status']}: {gap['closed_reason']}" if gap["closed_reason"] else gap["status"]) == ends


SOURCES = ("app", "walk_in", "import", "smart_fill")


@pytest.mark.parametrize(("source", "by"), list(product(SOURCES, ("customer", "salon", None))))
def test_time_that_the_salon_cancelled_waits_for_the_owners_word_wherever_the_booking_came_from(
    source: str, by: str | None
) -> None:
    hour = OneHour()
    hour.delete("gaps/gap_1")
    hour.put("waitlist/w1", customer_id="c1", service_ids=["cut"], status="waiting", created_at=NOW)
    given_back = {"status": "cancelled", "cancelled_at": NOW, "updated_at": NOW}
    hour.put("bookings/b1", **booking(source=source, cancelled_by=by, **given_back))
    [gap] = reconciled(hour)
    waits = by == "salon"
    assert (gap["origin"], gap["awaits_owner"]) == ("freed", waits)
    assert gap["campaign"]["status"] == ("waiting_owner" if waits else "settling")


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("status", ["pending", "confirmed", "completed"])
def test_a_booking_takes_its_time_wherever_it_came_from(source: str, status: str) -> None:
    hour = OneHour()
    hour.offered()
    hour.put("bookings/b1", **booking(source=source, status=status, customer_id=None))
    assert hour.yes() == "slot_taken"
    [gap] = reconciled(hour)
    assert (gap["status"], gap["filled_by"]) == ("filled", "b1")


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_time_that_the_owner_said_is_not_free_is_sold_to_nobody(source: str, status: str) -> None:
    hour = OneHour()
    hour.delete("gaps/gap_1")
    said = {"cancelled_at": NOW, "cancelled_by": "salon", "cancellation_reason": NOT_FREE}
    hour.put("bookings/b1", **booking(source=source, status=status, **said))
    assert len(reconciled(hour)) == (1 if status == "no_show" else 0)
