"""An ask, from its request to its one answer."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.asking.outreach import (
    ANSWER_LOST_WITHIN,
    OPEN,
    Answer,
    lost,
    lost_again,
    lost_answered,
    request,
    responded,
)
from shared.messaging.outgoing import CLAIM_WITHIN, ForbiddenTransition, OutgoingStatus, step
from tests.shared.messaging.test_outgoing import STATUSES, outreach

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_a_request_is_announced_and_looked_at_again_if_nobody_takes_it():
    requested = request(outreach(revision=0), now=NOW, reasons=["waits for exactly this"])
    assert requested.document.due_at == NOW + CLAIM_WITHIN
    assert requested.record.announces == "OUTREACH_REQUESTED"
    assert requested.record.payload == {"path": "outreach/out_1"}
    assert requested.record.details["reasons"] == ["waits for exactly this"]


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "responded"])
@pytest.mark.parametrize(
    ("answer", "announced"),
    [("accept", "OUTREACH_RESPONDED"), ("decline", "OUTREACH_DECLINED"), ("opt_out", "OUTREACH_DECLINED")],
)
def test_an_answer_counts_whatever_became_of_the_ask(status: OutgoingStatus, answer: Answer, announced: str):
    """Also of one that we took for failed: who answers has it."""
    amended = responded(outreach(status=status), answer=answer, result="said", now=NOW, booking_id=None)
    assert (amended.document.status, amended.document.due_at) == ("responded", None)
    assert (amended.document.response.action, amended.document.response.responded_at) == ("said", NOW)
    assert amended.record.announces == announced and amended.record.actor == "customer"


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "responded"])
def test_a_yes_that_came_too_late_is_owed_an_answer_until_it_has_one(status: OutgoingStatus):
    refused = lost(outreach(status=status), result="slot_taken", said_in="conversations/c/messages/m", now=NOW)
    assert refused.record.announces == "OFFER_LOST" and refused.record.details["result"] == "slot_taken"
    assert (refused.document.status, refused.document.due_at) == ("responded", NOW + ANSWER_LOST_WITHIN)
    again = lost_again(refused.document, now=NOW + ANSWER_LOST_WITHIN, actor="test")
    assert again.record.announces == "OFFER_LOST"
    assert (again.document.response, again.document.due_at) == (
        refused.document.response,
        NOW + 2 * ANSWER_LOST_WITHIN,
    )
    answered = lost_answered(again.document, by="slot_taken", now=NOW, actor="test")
    assert (answered.document.due_at, answered.record.announces) == (None, None)
    assert answered.document.response == again.document.response.changed(owed=False)
    assert answered.document.status == "responded"


def test_there_is_one_answer():
    answered = responded(outreach(status="sent"), answer="accept", result="booked", now=NOW, booking_id="b1").document
    assert answered.response.booking_id == "b1"
    for status in STATUSES:
        if status != "responded":
            with pytest.raises(ForbiddenTransition):
                step(answered, status, "sent", now=NOW, actor="test", action="?")


def test_an_ask_is_open_until_it_is_answered_or_ended():
    assert {status for status in STATUSES if outreach(status=status).is_open} == set(OPEN)


def test_only_what_reached_them_and_was_left_to_expire_was_ignored():
    sent = {"sent_at": NOW - timedelta(hours=1)}
    assert outreach(status="expired", delivery=sent).was_ignored
    assert not outreach(status="expired").was_ignored
    assert not outreach(status="expired", delivery=sent, withdrawn=True).was_ignored
    assert not outreach(status="responded", delivery=sent).was_ignored
