"""What must hold for an ask, each condition by its name."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest

from shared.asking.guard import HOLDS, REASONS, Condition, Facts, Name, offering, unmet
from shared.asking.slot import Slot
from shared.calendar.booking import Booking
from tests.shared.sales.test_acceptance import END, NOW, START, gap

MINUTE = timedelta(minutes=1)
SLOT = Slot(start=START, end=END, service_id="cut", staff_id="mia")


def booking(**fields: Any) -> Booking:
    made = {"id": "b1", "customer_id": "c1", "staff_id": "mia", "service_ids": ["cut"], "start_time": START}
    return Booking(**{**made, "end_time": END, "status": "confirmed", "price": Decimal(50), **fields})


def why_not(name: Name, about: str, *, slot: Slot | None = None, **facts: Any) -> str | None:
    return unmet([Condition(condition=name, about=about, slot=slot)], Facts(NOW, **facts))


def test_every_condition_can_be_judged_and_says_why_it_does_not_hold() -> None:
    assert set(HOLDS) == set(REASONS) == set(get_args(Name))


def test_an_ask_without_conditions_is_right() -> None:
    assert unmet([], Facts(NOW)) is None


@pytest.mark.parametrize(
    ("gaps", "holds"),
    [
        ([gap()], True),
        ([gap(start_time=START - MINUTE, end_time=END + MINUTE)], True),
        ([gap(start_time=START + MINUTE)], False),
        ([gap(end_time=END - MINUTE)], False),
        ([gap(status="filled")], False),
        ([gap(id="gap_2")], False),
        ([], False),
    ],
)
def test_a_slot_is_on_offer_while_it_lies_in_its_open_gap(gaps: Any, holds: bool) -> None:
    assert why_not("slot_on_offer", "gap_1", slot=SLOT, gaps=gaps) == (
        None if holds else "the time is no longer on offer"
    )


def test_a_slot_can_be_sold_from_each_open_gap_that_holds_it() -> None:
    gaps = [gap(id="own"), gap(id="sold", status="filled"), gap(id="later", start_time=START + MINUTE), gap(id="wide")]
    assert [each.id for each in offering(SLOT, gaps)] == ["own", "wide"]


@pytest.mark.parametrize(
    ("bookings", "holds"),
    [
        ([booking()], True),
        ([booking(status="pending")], True),
        ([booking(status="cancelled")], False),
        ([booking(status="completed")], False),
        ([booking(start_time=START + MINUTE)], False),
        ([booking(id="b2")], False),
        ([], False),
    ],
)
def test_a_booking_stands_while_it_is_to_come_at_its_time(bookings: Any, holds: bool) -> None:
    reason = why_not("booking_stands", "b1", slot=SLOT, bookings=bookings)
    assert reason == (None if holds else "the booking no longer stands as it was")


def test_a_booking_that_moved_stands_where_no_time_is_named() -> None:
    assert why_not("booking_stands", "b1", bookings=[booking(start_time=START + MINUTE)]) is None


@pytest.mark.parametrize(
    ("bookings", "holds"),
    [
        ([], True),
        ([booking()], False),
        ([booking(status="cancelled")], True),
        ([booking(customer_id="c2")], True),
        ([booking(start_time=NOW)], True),
        ([booking(start_time=NOW + MINUTE)], False),
        ([booking(status="no_show"), booking(id="b2")], False),
    ],
)
def test_whoever_has_booked_ahead_is_asked_back_no_more(bookings: Any, holds: bool) -> None:
    assert why_not("no_future_booking", "c1", bookings=bookings) == (None if holds else "they have booked meanwhile")


def test_the_first_condition_that_does_not_hold_gives_the_reason() -> None:
    both = [Condition(condition="booking_stands", about="b1"), Condition(condition="no_future_booking", about="c1")]
    assert unmet(both, Facts(NOW, bookings=[booking()])) == "they have booked meanwhile"
    assert unmet(both, Facts(NOW)) == "the booking no longer stands as it was"
