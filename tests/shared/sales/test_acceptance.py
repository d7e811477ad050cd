"""Whether a yes can still be honoured."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.asking.outreach import Outreach
from shared.calendar.booking import Booking, BookingStatus
from shared.calendar.gap import Gap
from shared.calendar.service import Processing, Service
from shared.sales.acceptance import Honoured, NotHonoured, judge
from tests.shared.messaging.test_outgoing import outreach

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
OFFER = outreach()
assert OFFER.slot is not None
START, END = OFFER.slot.start, OFFER.slot.end


def gap(**fields: Any) -> Gap:
    return Gap(
        **{
            "id": "gap_1",
            "salon_id": "s1",
            "created_at": NOW,
            "updated_at": NOW,
            "staff_id": "mia",
            "staff_name": "Mia",
            "date": "2026-11-23",
            "start_time": START,
            "end_time": END,
            "duration_minutes": 60,
            "priority": "high",
            "potential_revenue": Decimal(50),
            "services_fittable": ["cut"],
            "origin": "freed",
            "sellable_from": START,
            "opened_start": START,
            "opened_end": END,
            "expires_at": START,
            **fields,
        }
    )


def booking(start: datetime, end: datetime, status: BookingStatus = "confirmed") -> Booking:
    return Booking(
        id="b1", customer_id="c9", staff_id="mia", service_ids=["cut"], start_time=start, end_time=end, status=status
    )


def verdict(offer: Outreach = OFFER, **given: Any) -> str:
    facts: dict[str, Any] = {
        "gaps": [gap()], "staff_bookings": [], "customer_bookings": [], "services": {}, "minimum_notice_minutes": 30, "now": NOW,
    }  # fmt: skip
    found = judge(offer, **{**facts, **given})
    return found.refusal if isinstance(found, NotHonoured) else found.gap.id


MINUTE = timedelta(minutes=1)


def test_a_yes_to_time_that_is_free_is_honoured():
    assert verdict() == "gap_1"


@pytest.mark.parametrize(("before", "expected"), [(30, "gap_1"), (29, "too_late")])
def test_the_notice_counts_to_the_minute_and_the_deadline_does_not(before: int, expected: str):
    assert verdict(now=START - before * MINUTE) == expected
    expired = OFFER.changed(status="expired", expires_at=NOW - timedelta(hours=5))
    assert verdict(expired, now=START - before * MINUTE) == expected


@pytest.mark.parametrize(
    ("start", "end", "status", "expected"),
    [
        (START, END, "confirmed", "slot_taken"),
        (END - MINUTE, END + MINUTE, "pending", "slot_taken"),
        (START - MINUTE, START + MINUTE, "completed", "slot_taken"),
        (START, END, "cancelled", "gap_1"),
        (START, END, "no_show", "gap_1"),
        (END, END + MINUTE, "confirmed", "gap_1"),
        (START - MINUTE, START, "confirmed", "gap_1"),
    ],
)
def test_another_booking_of_the_staff_member_takes_the_time(
    start: datetime, end: datetime, status: BookingStatus, expected: str
):
    assert verdict(staff_bookings=[booking(start, end, status)]) == expected


def test_a_customer_is_not_booked_in_two_places():
    assert verdict(customer_bookings=[booking(START + MINUTE, END)]) == "customer_busy"
    assert verdict(customer_bookings=[booking(END, END + MINUTE)]) == "gap_1"


def test_a_slot_must_be_contained_in_an_open_gap():
    assert verdict(gaps=[gap(start_time=START + MINUTE)]) == "gap_closed"
    assert verdict(gaps=[gap(end_time=END - MINUTE)]) == "gap_closed"
    assert verdict(gaps=[gap(status="ignored")]) == "gap_closed"
    assert verdict(gaps=[]) == "gap_closed"


def test_what_was_sold_is_taken_and_not_merely_gone():
    assert verdict(gaps=[gap(status="filled")]) == "slot_taken"


def test_another_gap_that_holds_the_slot_now_will_do_and_its_own_comes_first():
    heir = gap(id="gap_2", start_time=START - 60 * MINUTE)
    assert verdict(gaps=[gap(status="ignored"), heir]) == "gap_2"
    assert verdict(gaps=[heir, gap()]) == "gap_1"


def test_an_outreach_that_offered_no_slot_sells_none():
    assert verdict(OFFER.changed(slot=None)) == "gap_closed"


def test_a_refusal_says_why_in_words():
    found = judge(
        OFFER, gaps=[], staff_bookings=[], customer_bookings=[], services={}, minimum_notice_minutes=600, now=NOW
    )  # fmt: skip
    assert found == NotHonoured("too_late", "less than 600 minutes before the start")
    assert isinstance(
        judge(
            OFFER, gaps=[gap()], staff_bookings=[], customer_bookings=[], services={}, minimum_notice_minutes=0, now=NOW
        ),
        Honoured,
    )


SOLD_ELSEWHERE = gap(id="gap_2", status="filled")


@pytest.mark.parametrize(
    ("offer", "given", "refusal", "reason"),
    [
        (OFFER.changed(slot=None), {}, "gap_closed", "the outreach offered no slot"),
        (OFFER, {"staff_bookings": [booking(START, END)]}, "slot_taken", "another booking has the time"),
        (OFFER, {"now": START - 29 * MINUTE}, "too_late", "less than 30 minutes before the start"),
        (
            OFFER,
            {"customer_bookings": [booking(START, END)]},
            "customer_busy",
            "the customer is booked elsewhere at that time",
        ),
        (OFFER, {"gaps": [gap(status="filled")]}, "slot_taken", "the gap has been sold"),
        (OFFER, {"gaps": [gap(status="expired")]}, "gap_closed", "the time is no longer on offer"),
        (OFFER, {"gaps": [SOLD_ELSEWHERE]}, "gap_closed", "the time is no longer on offer"),
        (OFFER, {"gaps": []}, "gap_closed", "the time is no longer on offer"),
        # The first that applies.
        (
            OFFER,
            {"gaps": [], "staff_bookings": [booking(START, END)], "customer_bookings": [booking(START, END)], "now": START},
            "slot_taken",
            "another booking has the time",
        ),
        (
            OFFER,
            {"gaps": [], "customer_bookings": [booking(START, END)], "now": START},
            "too_late",
            "less than 30 minutes before the start",
        ),
        (
            OFFER,
            {"gaps": [], "customer_bookings": [booking(START, END)]},
            "customer_busy",
            "the customer is booked elsewhere at that time",
        ),
    ],
)  # fmt: skip
def test_each_refusal_has_its_sentence(offer: Outreach, given: dict[str, Any], refusal: Any, reason: str):
    facts: dict[str, Any] = {
        "gaps": [gap()], "staff_bookings": [], "customer_bookings": [], "services": {}, "minimum_notice_minutes": 30, "now": NOW,
    }  # fmt: skip
    assert judge(offer, **{**facts, **given}) == NotHonoured(refusal, reason)


@pytest.mark.parametrize(("opens", "closes"), [(START, END), (START - MINUTE, END), (START, END + MINUTE)])
def test_a_gap_holds_a_slot_up_to_its_very_ends(opens: datetime, closes: datetime):
    assert verdict(gaps=[gap(start_time=opens, end_time=closes)]) == "gap_1"


def test_buffers_count_on_both_sides_and_a_colour_that_takes_effect_does_not():
    def service(id: str, minutes: int = 60, **fields: Any) -> Service:
        return Service(id=id, name=id, duration_minutes=minutes, price=Decimal(50), **fields)

    tidy = {"cut": service("cut", buffer_after_minutes=15)}
    assert verdict(services=tidy, staff_bookings=[booking(END, END + MINUTE)]) == "slot_taken"
    assert verdict(services=tidy, staff_bookings=[booking(END + 15 * MINUTE, END + 16 * MINUTE)]) == "gap_1"
    assert verdict(services=tidy, staff_bookings=[booking(START - 60 * MINUTE, START)]) == "slot_taken"
    colour = service("colour", 120, processing=Processing(after_minutes=30, minutes=60))
    around = booking(START - 30 * MINUTE, END + 30 * MINUTE).changed(service_ids=["colour"])
    assert verdict(services={"cut": service("cut"), "colour": colour}, staff_bookings=[around]) == "gap_1"
    assert verdict(services={"cut": service("cut")}, staff_bookings=[around]) == "slot_taken"
