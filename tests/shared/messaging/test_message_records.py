"""What is recorded, announced and set where something is said or heard that is no ask."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.customers.identity import identity_path
from shared.messaging.conversation import Conversation, Line, conversation_path, waits
from shared.messaging.message import (
    Message,
    collected,
    handled,
    inbound_collection,
    merged,
    message_id,
    put_off,
    received,
    reply_to,
    say,
    waiting_for_branch,
)
from shared.records.audit import Amended
from shared.records.stored import StateDocument
from shared.salon.salon import Salon
from tests.shared.messaging.test_message import inbound
from tests.shared.messaging.test_outgoing import LATER, NOW, message
from tests.shared.records.told import Told, set_by, told

BY = {"now": LATER, "actor": "ann"}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WORD = {"path": "conversations/idn_1/messages/msg_1"}


def conversation(**fields: Any) -> Conversation:
    made = {
        "id": "con_1", "salon_id": "s1", "created_at": NOW, "updated_at": NOW, "address_key": "idn_1",
        "channel": "whatsapp", "customer_ids": ["c1"], "customer_names": ["Cara"], "reason": "other_words",
        "waiting_since": NOW, "lines": [Line(at=NOW, by="them", text="Is Mia in?")],
    }  # fmt: skip
    return Conversation(**(made | fields))


CHANGES: dict[str, tuple[StateDocument, Callable[[Any], Amended[Any]], Told, dict[str, Any]]] = {
    "said": (
        message(revision=0, due_at=None),
        lambda said: say(said, **BY),
        Told(
            "message_requested",
            "Message requested: booking_confirmed",
            {"purpose": "booking_confirmed", "about": "out_1"},
            "OUTREACH_REQUESTED",
            WORD,
        ),
        {"due_at": LATER + MINUTE},
    ),
    "left to a digest": (
        message(revision=0),
        lambda said: merged(said, **BY),
        Told("message_failed", "Left to a digest", payload=WORD),
        {"status": "expired", "due_at": None},
    ),
    "one more in a digest": (
        message(merges=["msg_0"]),
        lambda digest: collected(digest, "msg_2", due_at=NOW + HOUR, **BY),
        Told("message_held", "Kept for a digest", {"message_id": "msg_2"}),
        {"merges": ["msg_0", "msg_2"], "due_at": NOW + HOUR},
    ),
    "heard": (
        inbound(),
        lambda said: received(said, now=LATER),
        Told("message_received", "Message received", actor="customer"),
        {"due_at": LATER + MINUTE},
    ),
    "worked on again": (
        inbound(due_at=NOW),
        lambda said: put_off(said, until=NOW + HOUR, now=LATER),
        Told("message_received", "Worked on again", actor="answer_message"),
        {"due_at": NOW + HOUR},
    ),
    "handled": (
        inbound(due_at=NOW),
        lambda said: handled(said, outcome="booked", **BY),
        Told("message_handled", "Message handled: booked"),
        {"handled_at": LATER, "outcome": "booked", "due_at": None},
    ),
    "waits for a person": (
        conversation(),
        lambda told: waits(told, why="a question", path="conversations/idn_1/inbound/SM1", **BY),
        Told(
            "alert_triggered",
            "A message waits for the owner: a question",
            announces="AGENT_ACTION_REQUIRED",
            payload={"reason": "a question", "path": "conversations/idn_1/inbound/SM1"},
        ),
        {},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_said_or_heard_records_and_sets_this_and_no_more(name: str):
    before, change, says, sets = CHANGES[name]
    amended = change(before)
    assert (told(amended.record), set_by(before, amended.document)) == (says, sets)


def test_what_is_said_and_heard_lies_here():
    assert inbound().path == "conversations/idn_1/inbound/SM1"
    assert inbound_collection("idn_1") == "conversations/idn_1/inbound"
    assert waiting_for_branch(inbound(), "numbers/n1") == "numbers/n1/inbound/SM1"
    assert conversation().path == conversation_path("idn_1") == "conversations/idn_1"
    assert identity_path("idn_1") == "identities/idn_1"


def test_what_is_said_has_the_same_id_in_every_release():
    assert message_id("out_1", "slot_taken", "idn_1") == "msg_b404586b957f8c02bd95"


@pytest.mark.parametrize(("passed", "is_answer"), [(0, True), (10, True), (11, False)])
def test_an_answer_goes_back_by_the_way_it_came(passed: int, is_answer: bool):
    said, now = inbound(channel="sms", account_sid="AC7", sender="+19995550100"), NOW + passed * MINUTE
    glow = Salon.from_document("s9", {"name": "Glow", "timezone": "Asia/Kolkata", "currency": "INR"})
    made = reply_to(said, "help", glow, locale="hi", variables={"salon": "?", "name": "Cara"}, now=now)
    assert made == Message(
        id=message_id("SM1", "help", "idn_1"),
        salon_id="s9",
        created_at=now,
        updated_at=now,
        conversation_id="idn_1",
        audience="customer",
        to="+19995550100",
        about="SM1",
        is_answer=is_answer,
        account_sid="AC7",
        sender="+14155238886",
        channel="sms",
        purpose="help",
        locale="hi",
        variables={"salon": "Glow", "name": "Cara"},
        expires_at=now + 24 * HOUR,
        due_at=None,
    )


@pytest.mark.parametrize(("ago", "held"), [(timedelta(0), True), (4 * HOUR - MINUTE, True), (4 * HOUR, False)])
def test_who_was_told_to_wait_is_not_told_again_for_four_hours(ago: timedelta, held: bool):
    assert conversation(held_at=NOW - ago).is_held(NOW) is held
    assert conversation().is_held(NOW) is False
