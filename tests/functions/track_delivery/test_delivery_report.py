"""What each delivery report of a message records, announces and sets."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.track_delivery.delivery_report import reported
from shared.asking.outreach import Outreach
from shared.messaging.outgoing import Delivery
from shared.records.audit import Amended
from tests.shared.messaging.test_outgoing import LATER, NOW, outreach
from tests.shared.messaging.test_sending_records import ASK, ENDS, LEFT, MINUTE, NOT_YET
from tests.shared.records.told import Told, set_by, told


def report(status: str, error: int | None = None, sid: str | None = "SM1") -> Callable[[Any], Amended[Any] | None]:
    return lambda ask: reported(ask, status=status, message_sid=sid, error=error, now=LATER)


def heard(event: str, action: str, announces: str | None = None, **more: Any) -> Told:
    return Told(event, action, announces=announces, payload=ASK, actor="track_delivery", **more)


REPORTS: dict[str, tuple[Outreach, Callable[[Any], Amended[Any] | None], Told, dict[str, Any]]] = {
    "sent": (
        outreach(status="sending", delivery=NOT_YET),
        report("sent"),
        heard("outreach_sent", "Reported sent"),
        {
            "status": "sent",
            "delivery": NOT_YET.changed(message_id="SM1", sent_at=LATER),
            "due_at": LATER + 5 * MINUTE,
        },
    ),
    "delivered": (
        outreach(status="sent", delivery=LEFT),
        report("delivered"),
        heard("outreach_delivered", "Reported delivered", "OUTREACH_DELIVERED"),
        {"status": "delivered", "delivery": LEFT.changed(delivered_at=LATER), "due_at": ENDS},
    ),
    "read": (
        outreach(status="delivered", delivery=LEFT.changed(delivered_at=NOW)),
        report("read"),
        heard("outreach_delivered", "Reported read"),
        {"status": "read", "delivery": LEFT.changed(delivered_at=NOW, read_at=LATER), "due_at": ENDS},
    ),
    "read, and nothing before": (
        outreach(status="unknown"),
        report("read", sid=None),
        heard("outreach_delivered", "Reported read"),
        {"status": "read", "delivery": Delivery(sent_at=LATER, read_at=LATER), "due_at": ENDS},
    ),
    "failed": (
        outreach(status="sent", delivery=LEFT),
        report("failed", 30008),
        heard("outreach_failed", "Not delivered (30008)", "OUTREACH_FAILED", details={"error": "30008"}),
        {"status": "failed", "delivery": LEFT.changed(error="30008"), "due_at": None},
    ),
    "undelivered": (
        outreach(status="unknown"),
        report("undelivered"),
        heard("outreach_failed", "Not delivered (undelivered)", "OUTREACH_FAILED", details={"error": "undelivered"}),
        {"status": "failed", "delivery": Delivery(message_id="SM1", error="undelivered"), "due_at": None},
    ),
    "canceled": (
        outreach(status="sending"),
        report("canceled", sid=None),
        heard("outreach_failed", "Not delivered (canceled)", "OUTREACH_FAILED", details={"error": "canceled"}),
        {"status": "failed", "delivery": Delivery(error="canceled"), "due_at": None},
    ),
    "sent, of one that is closed": (
        outreach(status="expired", due_at=None),
        report("sent"),
        heard("outreach_sent", "Reported sent when it was closed already"),
        {"delivery": Delivery(message_id="SM1", sent_at=LATER)},
    ),
    "delivered, of one that is closed": (
        outreach(status="expired", due_at=None, delivery=LEFT),
        report("delivered", sid=None),
        heard("outreach_delivered", "Reported delivered when it was closed already"),
        {"delivery": LEFT.changed(delivered_at=LATER)},
    ),
    "read, of one that is closed": (
        outreach(status="expired", due_at=None),
        report("read"),
        heard("outreach_delivered", "Reported read when it was closed already"),
        {"delivery": Delivery(message_id="SM1", sent_at=LATER, delivered_at=LATER)},
    ),
    "the id of one that had arrived and is closed": (
        outreach(status="expired", due_at=None, delivery=Delivery(sent_at=NOW, read_at=NOW)),
        report("delivered"),
        heard("outreach_delivered", "Reported delivered when it was closed already"),
        {"delivery": Delivery(message_id="SM1", sent_at=NOW, read_at=NOW)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_records_and_sets_this_and_no_more(name: str):
    before, take, says, sets = REPORTS[name]
    amended = take(before)
    assert amended is not None
    assert (told(amended.record), set_by(before, amended.document)) == (says, sets)


CLOSED = {"status": "expired", "due_at": None}
NOTHING: list[tuple[dict[str, Any], str, str | None]] = [
    ({"status": "sent"}, "queued", "SM1"),
    ({"status": "responded"}, "delivered", "SM1"),
    ({"status": "failed"}, "delivered", "SM1"),
    ({"status": "sent", "delivery": LEFT}, "delivered", "SM2"),
    ({"status": "sent", "delivery": Delivery(former_id="SM0")}, "delivered", "SM0"),
    ({"status": "sent", "delivery": LEFT}, "sent", "SM1"),
    ({"status": "delivered", "delivery": LEFT}, "undelivered", "SM1"),
    ({"status": "read", "delivery": LEFT}, "failed", "SM1"),
    (CLOSED, "failed", "SM1"),
    (CLOSED, "delivered", None),
    (CLOSED | {"delivery": LEFT}, "failed", None),
    (CLOSED | {"delivery": LEFT}, "sent", "SM1"),
    (CLOSED | {"delivery": LEFT.changed(delivered_at=NOW)}, "read", "SM1"),
    (CLOSED | {"delivery": LEFT.changed(read_at=NOW)}, "delivered", "SM1"),
]


@pytest.mark.parametrize(("fields", "status", "sid"), NOTHING)
def test_a_report_that_says_nothing_new_changes_nothing(fields: dict[str, Any], status: str, sid: str | None):
    assert report(status, sid=sid)(outreach(**fields)) is None
