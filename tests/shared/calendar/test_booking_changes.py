"""What a change of a booking touches, what is recorded and announced of it, and what the owner is told of overlaps."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from shared.calendar.booking import Booking, sold, stand_in
from shared.calendar.booking_changes import calendar_sees, over_our_sales, staff_days, what_happened
from shared.calendar.calendar import Calendar
from shared.records.audit import AuditRecord
from shared.records.stored import natural_id
from shared.salon.settings import SalonSettings
from tests.shared.calendar.schedules import SERVICES, a_booking, a_salon, a_service, at, between
from tests.shared.records.told import Told, told

NOW = at("09:00")
VERSION = datetime(2026, 11, 23, 3, 29, 59, tzinfo=UTC)
TENDED = a_service("tended", 30, buffer_before_minutes=15, buffer_after_minutes=10)
CALENDAR = Calendar(a_salon(), SERVICES | {"tended": TENDED}, SalonSettings())
SALE = {"source": "smart_fill", "outreach_id": "out_1"}


def changed(**fields: Any) -> Booking:
    start, end = fields.pop("start", "12:00"), fields.pop("end", "13:00")
    return a_booking(start, end, id="b1", **fields)


def happened(
    word: str, announces: str, status: str, *, staff: str = "rahul", start: str = "12:00", end: str = "13:00"
) -> Told:
    details = {"staff_id": staff, "status": status, "start": at(start), "end": at(end)}
    payload = {"booking_id": "b1", "customer_id": "priya"}
    return Told(f"booking_{word}", f"Booking {word}", details, announces, payload, actor="booking_app")


STANDS = changed()
HAPPENED: list[tuple[Booking | None, Booking | None, Told | None]] = [
    (None, STANDS, happened("created", "BOOKING_CREATED", "confirmed")),
    (None, changed(status="pending"), happened("created", "BOOKING_CREATED", "pending")),
    (None, changed(**SALE), None),
    (None, changed(status="cancelled"), happened("cancelled", "BOOKING_CANCELLED", "cancelled")),
    (None, changed(status="no_show", **SALE), happened("no_show", "BOOKING_NO_SHOW", "no_show")),
    (STANDS, changed(status="cancelled"), happened("cancelled", "BOOKING_CANCELLED", "cancelled")),
    (STANDS, changed(status="completed"), happened("completed", "BOOKING_COMPLETED", "completed")),
    (STANDS, changed(status="no_show"), happened("no_show", "BOOKING_NO_SHOW", "no_show")),
    (changed(status="completed"), changed(status="cancelled"), happened("cancelled", "BOOKING_CANCELLED", "cancelled")),
    (changed(status="cancelled"), changed(status="cancelled", price=1), None),
    (STANDS, changed(status="cancelled", chain_depth=1), None),
    (changed(chain_depth=1), changed(status="cancelled", chain_depth=1), happened("cancelled", "BOOKING_CANCELLED", "cancelled")),
    (None, changed(status="cancelled", chain_depth=1), None),
    (STANDS, changed(start="11:55"), happened("rescheduled", "BOOKING_RESCHEDULED", "confirmed", start="11:55")),
    (STANDS, changed(end="13:05"), happened("rescheduled", "BOOKING_RESCHEDULED", "confirmed", end="13:05")),
    (STANDS, changed(staff_id="mia"), happened("rescheduled", "BOOKING_RESCHEDULED", "confirmed", staff="mia")),
    (STANDS, changed(start="11:55", status="cancelled"), happened("cancelled", "BOOKING_CANCELLED", "cancelled", start="11:55")),
    (changed(status="pending"), STANDS, None),
    (STANDS, changed(price=1), None),
    (STANDS, None, None),
    (None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "says"), HAPPENED)
def test_what_others_want_to_hear_of_a_booking_is_recorded(
    before: Booking | None, after: Booking | None, says: Told | None
):
    record = what_happened(before, after, "s1", version=VERSION, now=NOW)
    assert (record and told(record)) == says


def about(record: AuditRecord) -> tuple[object, ...]:
    return record.salon_id, record.resource_type, record.resource_id, record.revision, record.created_at, record.due_at


def test_such_a_record_is_the_same_whenever_the_same_change_is_heard():
    record = what_happened(None, STANDS, "s1", version=VERSION, now=NOW)
    assert record is not None
    assert record.id == natural_id("fact", "booking", "b1", VERSION, "booking_created")
    assert about(record) == ("s1", "booking", "b1", None, NOW, NOW + timedelta(minutes=1))


OURS = a_booking("12:00", "13:00", id="sale", **SALE)
OURS_TOO = a_booking("12:30", "13:30", id="also", **SALE)
THEIRS = a_booking("12:59", "14:00", id="theirs")
BESIDE = a_booking("13:00", "14:00", id="beside")


@pytest.mark.parametrize(
    ("bookings", "looked_at", "pairs"),
    [
        ([OURS, THEIRS], None, [("sale", "theirs")]),
        ([THEIRS, OURS], "theirs", [("sale", "theirs")]),
        ([THEIRS, OURS], "sale", [("sale", "theirs")]),
        ([THEIRS, OURS], "another", []),
        ([OURS, BESIDE], None, []),
        ([OURS, OURS_TOO], None, [("also", "sale")]),
        ([THEIRS, BESIDE], None, []),
        ([OURS, THEIRS.changed(status="cancelled")], None, []),
        ([OURS.changed(end_time=at("12:30")), a_booking("10:00", "12:10", id="long")], None, [("sale", "long")]),
    ],
)  # fmt: skip
def test_the_owner_is_told_once_of_each_booking_over_a_sale_of_ours(
    bookings: list[Booking], looked_at: str | None, pairs: list[tuple[str, str]]
):
    records = over_our_sales(bookings, CALENDAR, NOW, actor="ann", about=looked_at)
    assert [told(record) for record in records] == [
        Told(
            "alert_triggered",
            "Two bookings of one staff member overlap, one of them sold by us",
            {"problem": "overlap", "booking_id": sale, "other_id": other},
            "ALERT_TRIGGERED",
            {"reason": "a booking overlaps a sale of ours", "booking_id": sale, "other_id": other},
            "error",
        )
        for sale, other in pairs
    ]
    assert [(record.id, *about(record)) for record in records] == [
        (
            natural_id("fact", "booking", sale, f"over {other}", "alert_triggered"),
            *("salon", "booking", sale, None, NOW, NOW + timedelta(minutes=1)),
        )
        for sale, other in pairs
    ]


@pytest.mark.parametrize(("now", "alerts"), [("12:59", 1), ("13:00", 0)])
def test_what_is_over_overlaps_nothing_any_more(now: str, alerts: int):
    assert len(over_our_sales([OURS, THEIRS], CALENDAR, at(now), actor="ann")) == alerts


NEXT = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("bookings", "days"),
    [
        ([STANDS], [("rahul", "2026-11-23")]),
        ([None, STANDS], [("rahul", "2026-11-23")]),
        ([STANDS, changed(staff_id="mia"), STANDS], [("mia", "2026-11-23"), ("rahul", "2026-11-23")]),
        ([changed(start="23:00", end="24:00")], [("rahul", "2026-11-23")]),
        ([changed(start="23:00", end_time=at("24:00") + timedelta(microseconds=1))], [("rahul", "2026-11-23"), ("rahul", "2026-11-24")]),
        ([changed(start="23:00", end="24:01")], [("rahul", "2026-11-23"), ("rahul", "2026-11-24")]),
        ([changed(start="23:00", end="47:59")], [("rahul", "2026-11-23"), ("rahul", "2026-11-24")]),
        ([a_booking("23:00", "23:50", "tended")], [("rahul", "2026-11-23")]),
        ([a_booking("23:00", "23:51", "tended")], [("rahul", "2026-11-23"), ("rahul", "2026-11-24")]),
        ([a_booking("00:15", "01:00", "tended", day=NEXT)], [("rahul", "2026-11-24")]),
        ([a_booking("00:14", "01:00", "tended", day=NEXT)], [("rahul", "2026-11-23"), ("rahul", "2026-11-24")]),
        ([None, None], []),
    ],
)  # fmt: skip
def test_a_booking_touches_the_salons_days_of_its_time_with_buffers(
    bookings: list[Booking | None], days: list[tuple[str, str]]
):
    assert staff_days(bookings, CALENDAR) == days


@pytest.mark.parametrize(
    "fields",
    [
        {"staff_id": "mia"},
        {"start": "11:55"},
        {"end": "13:05"},
        {"service_ids": ["cut", "colour"]},
        {"gap_id": "gap_1"},
        {"status": "cancelled"},
        {"status": "no_show"},
    ],
)
def test_gaps_depend_on_this_of_a_booking(fields: dict[str, Any]):
    assert calendar_sees(changed(**fields)) != calendar_sees(STANDS) != calendar_sees(None)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "pending"},
        {"status": "completed"},
        {"price": 1},
        {"customer_id": "cara"},
        {"cancelled_at": NOW, "cancelled_by": "salon"},
    ],
)
def test_gaps_do_not_depend_on_this_of_a_standing_booking(fields: dict[str, Any]):
    assert calendar_sees(changed(**fields)) == calendar_sees(STANDS)


def test_gaps_depend_on_how_a_booking_ended_by_whom_and_when():
    gone = {"status": "cancelled", "cancelled_at": NOW, "cancelled_by": "salon"}
    others = [gone | {"cancelled_by": "customer"}, gone | {"cancelled_at": at("09:01")}]
    assert calendar_sees(changed(status="cancelled")) != calendar_sees(changed(status="no_show"))
    assert calendar_sees(changed(**gone)) not in [calendar_sees(changed(**other)) for other in others]
    assert calendar_sees(changed(**gone, price=1)) == calendar_sees(changed(**gone))


@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_a_booking_that_is_cancelled_says_by_whom_why_and_when(status: str):
    before = changed(status=status, **SALE)
    after = before.cancelled(by="salon", reason="not free", now=NOW)
    assert after == changed(
        status="cancelled", cancelled_at=NOW, cancelled_by="salon", cancellation_reason="not free", updated_at=NOW, **SALE
    )  # fmt: skip


@pytest.mark.parametrize("status", ["completed", "cancelled", "no_show"])
def test_a_booking_that_has_ended_cannot_be_cancelled(status: str):
    with pytest.raises(ValueError) as refusal:
        changed(status=status).cancelled(by="salon", reason="not free", now=NOW)
    assert str(refusal.value) == f"expected booking b1 to be able to become cancelled, found it {status}"


def test_a_booking_that_ends_before_it_starts_is_named():
    for end in ("13:00", "12:00"):
        with pytest.raises(ValidationError) as refusal:
            changed(start="13:00", end=end)
        start, found = (at(clock).astimezone(UTC) for clock in ("13:00", end))
        said = f"Value error, expected booking b1 to end after it starts, found {start} to {found}"
        assert refusal.value.errors()[0]["msg"] == said


def test_a_sale_is_a_confirmed_booking_with_all_that_was_agreed():
    sale = sold(
        id="b9", customer_id="cara", staff_id="mia", service_ids=["cut"], stretch=between("12:00", "13:00"),
        price=Decimal("42.50"), outreach_id="out_1", gap_id="gap_1", now=NOW, rescheduled_from="b0",
    )  # fmt: skip
    assert sale == Booking.from_document(
        "b9",
        {
            "customer_id": "cara", "staff_id": "mia", "service_ids": ["cut"], "start_time": at("12:00"),
            "end_time": at("13:00"), "price": 42.5, "source": "smart_fill", "status": "confirmed", "created_at": NOW,
            "updated_at": NOW, "confirmed_at": NOW, "cancelled_at": None, "rescheduled_from": "b0",
            "outreach_id": "out_1", "gap_id": "gap_1", "chain_depth": 0,
        },
    )  # fmt: skip


def test_what_stands_for_an_earlier_booking_takes_its_time():
    stood = stand_in("b1", "mia", between("12:00", "13:00"))
    assert stood.occupies and stood == Booking(
        id="b1", staff_id="mia", start_time=at("12:00"), end_time=at("13:00"), status="confirmed"
    )


def test_a_booking_of_which_little_is_said_is_the_apps():
    plain = Booking(id="b1", staff_id="mia", start_time=at("12:00"), end_time=at("13:00"), status="confirmed")
    assert (plain.source, plain.price, plain.chain_depth, plain.service_ids) == ("app", 0, 0, [])
