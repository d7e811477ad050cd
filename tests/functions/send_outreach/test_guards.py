"""An ask leaves only while its own guard holds, whoever asked: what it is about is read again."""

from typing import Any

import pytest

from shared.asking.guard import Condition
from tests.shared.asking.test_guard import SLOT
from tests.stories.one_hour import DAY, OneHour, booking

NO_SLOT: dict[str, Any] = {"slot": None, "offer_details": None, "status": "pending"}


def held_back(hour: OneHour, condition: str, about: str, **fields: Any) -> str | None:
    guard = [Condition.model_validate({"condition": condition, "about": about, **fields})]
    return hour.held_back(hour.offered(guard=guard, **NO_SLOT))


def test_an_ask_without_a_guard_asks_about_nothing_that_could_change() -> None:
    assert (hour := OneHour()).held_back(hour.offered(guard=[], **NO_SLOT)) is None


@pytest.mark.parametrize("status", ["confirmed", "cancelled"])
def test_an_ask_about_a_booking_leaves_while_the_booking_stands(status: str) -> None:
    hour = OneHour()
    hour.put("bookings/b1", **booking(SLOT.start, status=status))
    reason = held_back(hour, "booking_stands", "b1", slot=SLOT)
    assert reason == (None if status == "confirmed" else "the booking no longer stands as it was")
    assert held_back(hour, "booking_stands", "b2") == "the booking no longer stands as it was"


@pytest.mark.parametrize(("days", "status"), [(1, "confirmed"), (1, "cancelled"), (-1, "confirmed")])
def test_who_has_booked_meanwhile_is_not_asked_to_come_back(days: int, status: str) -> None:
    hour = OneHour()
    hour.put("bookings/b1", **booking(SLOT.start + days * DAY, customer_id="c1", status=status))
    booked = days > 0 and status == "confirmed"
    assert held_back(hour, "no_future_booking", "c1") == ("they have booked meanwhile" if booked else None)
    assert held_back(hour, "no_future_booking", "c2") is None


def test_a_booking_behind_many_that_were_cancelled_is_found() -> None:
    hour = OneHour()
    for number in range(19):
        hour.put(f"bookings/c{number}", **booking(SLOT.start + DAY, customer_id="c1", status="cancelled"))
    hour.put("bookings/b1", **booking(SLOT.start + 2 * DAY, customer_id="c1"))
    assert held_back(hour, "no_future_booking", "c1") == "they have booked meanwhile"


def test_the_slot_of_an_offer_has_to_lie_in_its_gap() -> None:
    hour = OneHour()
    assert held_back(hour, "slot_on_offer", "gap_1", slot=SLOT) is None
    assert held_back(hour, "slot_on_offer", "gap_2", slot=SLOT) == "the time is no longer on offer"
    hour.update("gaps/gap_1", status="filled")
    assert held_back(hour, "slot_on_offer", "gap_1", slot=SLOT) == "the time is no longer on offer"
