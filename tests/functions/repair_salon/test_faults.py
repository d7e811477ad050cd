"""What counts as wrong, and what is only under way."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.repair_salon.faults import (
    AT_REST,
    Fault,
    Waiting,
    asleep,
    contradicted,
    left_open,
    noted,
    offered_by_nobody,
    unconfirmed,
    woken,
)
from shared.asking.decision import Outcome
from shared.asking.outreach import Response
from shared.calendar.booking import Booking, BookingStatus
from shared.customers.waitlist import WaitlistEntry, WaitlistStatus
from shared.messaging.message import Message
from shared.messaging.outgoing import Delivery, OutgoingStatus
from tests.shared.asking.test_decision import decision
from tests.shared.messaging.test_message import inbound
from tests.shared.messaging.test_outgoing import outreach
from tests.shared.sales.test_acceptance import gap
from tests.stories.approvals import a_question

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
SECOND = timedelta(seconds=1)
APPROVAL = a_question(NOW)[1].document
WORDS = inbound()


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


@pytest.mark.parametrize(
    ("document", "waits"),
    [
        (gap(), True),
        (gap(status="filled"), False),
        (outreach(status="sent"), True),
        (outreach(status="expired"), False),
        (outreach(status="responded", response=Response(owed=True)), True),
        (outreach(status="responded"), False),
        (APPROVAL, True),
        (APPROVAL.changed(recorded_status="rejected"), False),
        (APPROVAL.changed(recorded_status="approved"), True),
        (APPROVAL.changed(recorded_status="approved", carried_out_at=NOW), False),
        (WORDS, True),
        (WORDS.changed(handled_at=NOW), False),
    ],
)
def test_what_waits_and_is_never_due_is_woken(document: Waiting, waits: bool) -> None:
    slept = document.changed(due_at=None)
    reason = "it waits, and nothing would wake it"
    fault = Fault(slept.resource_type, slept.id, slept.path, slept.revision, reason, "wake")
    assert asleep(slept) == (fault if waits else None)
    assert asleep(document.changed(due_at=NOW)) is None


def test_who_is_woken_is_due_at_once_and_it_stands_in_the_audit() -> None:
    amended = woken(gap(due_at=None), "it slept", now=NOW + SECOND)
    record = amended.record
    assert (amended.document.due_at, amended.document.updated_at) == (NOW + SECOND, NOW + SECOND)
    assert (record.actor, record.event_type, record.action) == ("repair_salon", "repaired", "Woken: it slept")
    assert (record.severity, record.created_at) == ("warning", NOW + SECOND)


CLOSED = gap(status="expired", closed_at=NOW - AT_REST, due_at=None)


@pytest.mark.parametrize(
    ("outcome", "of", "found"),
    [
        ("pending", CLOSED, True),
        ("pending", CLOSED.changed(closed_at=NOW - AT_REST + SECOND), False),
        ("pending", CLOSED.changed(due_at=NOW), False),
        ("pending", CLOSED.changed(closed_at=None), False),
        ("pending", None, False),
        ("failed", CLOSED, False),
    ],
)
def test_a_campaign_outlives_its_gap_by_a_quarter_of_an_hour_at_most(outcome: Any, of: Any, found: bool) -> None:
    fault = Fault("gap", "gap_1", "gaps/gap_1", CLOSED.revision, "it has closed, and its campaign has not", "wake")
    assert left_open(decision(outcome=Outcome(status=outcome)), of, now=NOW) == (fault if found else None)


def test_a_closed_gap_is_no_fault_of_what_another_agent_decided_about_it() -> None:
    assert left_open(decision(agent_name="waitlist_agent"), CLOSED, now=NOW) is None


def test_an_open_offer_holds_its_entry() -> None:
    entry = WaitlistEntry(id="w1", customer_id="c1", status="offered")
    assert offered_by_nobody(entry, [outreach(status="expired"), outreach(status="read")], "v1") is None
    reason = "it stands as offered, and no offer is open"
    fault = Fault("waitlist", "w1", "waitlist/w1", "v1", reason, "let wait again")
    assert offered_by_nobody(entry, [outreach(status="expired")], "v1") == fault


SOLD_FROM, ANSWERED = gap(filled_by="b1"), outreach(response=Response(booking_id="b1"))
NOT_ITS_GAPS = "the booking at 2026-11-23 18:00 is not what its gap was filled by: please look whether it is right"
NOT_ITS_OFFERS = "the booking at 2026-11-23 18:00 is not the answer to its offer: please look whether it is right"


@pytest.mark.parametrize(
    ("of", "offer", "reason"),
    [
        (SOLD_FROM, ANSWERED, None),
        (None, ANSWERED, NOT_ITS_GAPS),
        (gap(filled_by="b2"), ANSWERED, NOT_ITS_GAPS),
        (gap(filled_by="b2"), None, NOT_ITS_GAPS),
        (SOLD_FROM, None, NOT_ITS_OFFERS),
        (SOLD_FROM, outreach(response=Response(booking_id="b2")), NOT_ITS_OFFERS),
        (SOLD_FROM, outreach(), NOT_ITS_OFFERS),
    ],
)
def test_a_sale_is_known_to_its_gap_and_to_its_offer(of: Any, offer: Any, reason: str | None) -> None:
    fault = Fault("booking", "b1", "bookings/b1", reason, reason or "", "tell the owner", "sale_in_doubt")
    assert contradicted(sale(), of, offer, zone=ZoneInfo("Asia/Kolkata")) == (fault if reason else None)


@pytest.mark.parametrize(("starts_in", "told"), [(-SECOND, False), (0 * SECOND, False), (SECOND, True)])
def test_who_has_come_already_need_not_be_told(starts_in: timedelta, told: bool) -> None:
    assert (unconfirmed(sale(starts_in=starts_in), None, zone=LONDON, now=NOW) is not None) is told


def test_whether_it_arrived_is_unknown_for_a_quarter_of_an_hour() -> None:
    assert unconfirmed(sale(), confirmation("unknown", age=AT_REST), zone=LONDON, now=NOW) is not None


MAY_NOT_KNOW = "was sold to a customer who may not have heard that they have it: please tell them"


def test_what_the_owner_has_to_mend_is_told_and_the_rest_is_only_written_down() -> None:
    told = unconfirmed(sale(), None, zone=LONDON, now=NOW)
    mended = offered_by_nobody(WaitlistEntry(id="w1", customer_id="c1", status="offered"), [], "v1")
    assert told is not None and mended is not None
    reason = f"the booking at 2026-11-23 12:30 {MAY_NOT_KNOW}"
    assert told == Fault("booking", "b1", "bookings/b1", reason, reason, "tell the owner", "sale_unheard")

    record = noted(told, salon_id="s1", now=NOW)
    assert (record.actor, record.event_type, record.action) == (
        "repair_salon",
        "alert_triggered",
        "Handed to the owner",
    )
    assert (record.salon_id, record.resource_type, record.resource_id) == ("s1", "booking", "b1")
    assert (record.severity, record.created_at, record.announces) == ("warning", NOW, "ALERT_TRIGGERED")
    about = {"problem": "sale_unheard", "booking_ids": ["b1"]}
    assert record.details == {"reason": reason, "mend": "tell the owner", **about}
    assert record.payload == {"reason": reason, "path": "bookings/b1"}

    silent = noted(mended, salon_id="s1", now=NOW)
    assert (silent.event_type, silent.action) == ("repaired", f"Repaired: {mended.reason}")
    assert (silent.announces, silent.payload) == (None, {})
    assert silent.details == {"reason": mended.reason, "mend": "let wait again"}
