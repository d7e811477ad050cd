"""What is said and heard that is no ask."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.customers.identity import Identity
from shared.messaging.message import (
    ANSWER_LEASE,
    Inbound,
    collected,
    handled,
    message_id,
    message_path,
    put_off,
    received,
    say,
)
from shared.messaging.outgoing import CLAIM_WITHIN, ForbiddenTransition, OutgoingStatus
from tests.shared.messaging.test_outgoing import message

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def inbound(**fields: Any) -> Inbound:
    return Inbound(
        **{
            "id": "SM1",
            "salon_id": "s1",
            "created_at": NOW,
            "updated_at": NOW,
            "conversation_id": "idn_1",
            "channel": "whatsapp",
            "account_sid": "AC1",
            "sender": "+447700900101",
            "recipient": "+14155238886",
            "body": "yes",
            "button_payload": None,
            "replied_to_sid": None,
            "media_count": 0,
            "opt_out": None,
            "received_at": NOW,
            "due_at": None,
            **fields,
        }
    )


def test_the_same_thing_said_to_the_same_person_about_the_same_object_has_one_id():
    assert message_id("out_1", "slot_taken", "idn_1") == message_id("out_1", "slot_taken", "idn_1")
    others = {message_id("out_2", "slot_taken", "idn_1"), message_id("out_1", "offer_declined", "idn_1")}
    assert message_id("out_1", "slot_taken", "idn_1") not in others | {message_id("out_1", "slot_taken", "idn_2")}


def test_a_message_lies_in_its_conversation_whose_name_is_no_address():
    assert message().path == "conversations/idn_1/messages/msg_1" == message_path("idn_1", "msg_1")
    assert message().address == "+447700900101" and "+44" not in message().path


def test_what_shall_be_said_is_announced_and_looked_at_again_if_nobody_takes_it():
    said = say(message(revision=0), now=NOW, actor="sell_slot")
    assert said.record.announces == "OUTREACH_REQUESTED" and said.record.payload == {"path": message().path}
    assert said.document.due_at == NOW + CLAIM_WITHIN
    assert "+44" not in str(said.record.stored())


def test_what_was_heard_is_worked_on_again_until_it_is_handled():
    heard = received(inbound(), now=NOW).document
    assert heard.due_at == NOW + ANSWER_LEASE and heard.handled_at is None
    later = put_off(heard, until=NOW + timedelta(hours=1), now=NOW).document
    assert later.due_at == NOW + timedelta(hours=1)
    done = handled(later, outcome="booked", now=NOW, actor="answer_message")
    assert (done.document.handled_at, done.document.outcome, done.document.due_at) == (NOW, "booked", None)
    assert done.record.revision == 3 and "yes" not in str(done.record.stored()["details"])


@pytest.mark.parametrize(
    ("ago", "open"), [(0, True), (24 * 60 - 5 - 0.1, True), (24 * 60 - 5, False), (24 * 60, False)]
)
def test_a_conversation_is_open_for_a_day_less_what_the_way_to_the_provider_takes(ago: float, open: bool):
    heard = Identity(channel="whatsapp", last_inbound_at=NOW - timedelta(minutes=ago))
    assert heard.in_session(NOW) is open
    assert not Identity(channel="whatsapp").in_session(NOW)


@pytest.mark.parametrize("status", ["sending", "sent", "unknown", "failed", "expired"])
def test_a_digest_that_no_longer_waits_takes_no_more(status: OutgoingStatus) -> None:
    with pytest.raises(ForbiddenTransition, match=f"expected the digest pending, found it {status}"):
        collected(message(status=status), "msg_2", due_at=NOW, now=NOW, actor="notify_owner")
