"""What counts as wrong, and what is only under way."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.repair_salon.faults import AT_REST, contradicted, noted, offered_by_nobody, unconfirmed
from shared.calendar.booking import Booking, BookingStatus
from shared.customers.waitlist import WaitlistEntry, WaitlistStatus
from shared.messaging.message import Message
from shared.messaging.outgoing import Delivery, OutgoingStatus

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


def sale(status: BookingStatus = "confirmed", *, starts_in: timedelta = timedelta(hours=3)) -> Booking:
    start = NOW + starts_in
    return Booking(
        id="b1",
        staff_id="mia",
        start_time=start,
        end_time=start + timedelta(hours=1),
        status=status,
        source="smart_fill",
    )


def confirmation(status: OutgoingStatus, *, age: timedelta = timedelta(hours=1), **delivery: Any) -> Message:
    return Message(
        id="m1", salon_id="s1", created_at=NOW - age, updated_at=NOW - age, conversation_id="k", audience="customer",
        to="+447700900100", about="o1", is_answer=True, channel="whatsapp", status=status, purpose="booking_confirmed",
        locale="en", expires_at=NOW, due_at=None, delivery=Delivery(**delivery),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (None, True),
        (confirmation("failed"), True),
        (confirmation("unknown"), True),
        (confirmation("unknown", age=AT_REST - timedelta(seconds=1)), False),
        (confirmation("expired"), True),
        (confirmation("expired", sent_at=NOW), False),
        (confirmation("pending"), False),
        (confirmation("sending"), False),
        (confirmation("sent", sent_at=NOW), False),
        (confirmation("read", sent_at=NOW), False),
    ],
)
def test_a_person_tells_the_customer_only_when_no_message_may_have(said: Message | None, told: bool) -> None:
    assert (unconfirmed(sale(), said, zone=LONDON, now=NOW) is not None) is told


@pytest.mark.parametrize("booking", [sale("cancelled"), sale("no_show"), sale(starts_in=-timedelta(minutes=1))])
def test_nobody_is_told_of_a_sale_that_is_off_or_over(booking: Booking) -> None:
    assert unconfirmed(booking, None, zone=LONDON, now=NOW) is None


def test_a_sale_that_is_off_contradicts_nothing() -> None:
    assert contradicted(sale(), None, None, zone=LONDON) is not None
    assert contradicted(sale("cancelled"), None, None, zone=LONDON) is None
    assert contradicted(sale().changed(source="app"), None, None, zone=LONDON) is None


@pytest.mark.parametrize("status", ["waiting", "booked", "expired", "cancelled"])
def test_only_an_entry_that_stands_as_offered_can_be_held_by_nobody(status: WaitlistStatus) -> None:
    entry = WaitlistEntry(id="w1", customer_id="c1", status=status)
    assert offered_by_nobody(entry, [], "v1") is None
    assert offered_by_nobody(entry.changed(status="offered"), [], "v1") is not None


def test_the_same_fault_is_written_down_once_and_a_later_one_again() -> None:
    entry = WaitlistEntry(id="w1", customer_id="c1", status="offered")
    ids = []
    for version, now in (("v1", NOW), ("v1", NOW + timedelta(hours=1)), ("v2", NOW)):
        fault = offered_by_nobody(entry, [], version)
        assert fault is not None
        ids.append(noted(fault, salon_id="s1", now=now).id)
    assert ids[0] == ids[1] != ids[2]


def test_the_owner_reads_the_time_on_the_salons_clock() -> None:
    fault = unconfirmed(sale(), None, zone=ZoneInfo("Asia/Kolkata"), now=NOW)
    assert fault is not None and "2026-11-23 18:00" in fault.reason
    record = noted(fault, salon_id="s1", now=NOW)
    assert (record.announces, record.payload["reason"]) == ("ALERT_TRIGGERED", fault.reason)
