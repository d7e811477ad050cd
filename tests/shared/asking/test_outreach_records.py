"""What each answer to an ask records, announces and sets."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.asking.outreach import (
    Outreach,
    Response,
    another_id,
    lost,
    lost_again,
    lost_answered,
    request,
    responded,
)
from shared.messaging.outgoing import Delivery
from shared.records.audit import Amended
from tests.shared.messaging.test_outgoing import LATER, NOW, outreach
from tests.shared.records.told import Told, set_by, told

BY = {"now": LATER, "actor": "ann"}
PATH = {"path": "outreach/out_1"}
LATE = Response(received=True, action="slot_taken", responded_at=NOW, said_in="conversations/c/inbound/m", owed=True)


def answered(action: str, answer: str, result: str, announces: str, actor: str = "customer") -> Told:
    what = {"answer": answer, "result": result}
    return Told("outreach_responded", action, what, announces, PATH | what, actor=actor)


STEPS: dict[str, tuple[Outreach, Callable[[Outreach], Amended[Outreach]], Told, dict[str, Any]]] = {
    "requested": (
        outreach(revision=0, due_at=None),
        lambda ask: request(ask, now=LATER, reasons=["waits for this"]),
        Told(
            "outreach_requested",
            "Ask requested: gap_fill",
            {"reasons": ["waits for this"], "round": 1, "trigger_id": "gap_1"},
            "OUTREACH_REQUESTED",
            PATH,
            actor="gap_fill_agent",
        ),
        {"due_at": LATER + timedelta(minutes=1)},
    ),
    "a yes": (
        outreach(status="sent"),
        lambda ask: responded(ask, answer="accept", result="booked", now=LATER, booking_id="b1"),
        answered("Customer answered: accept", "accept", "booked", "OUTREACH_RESPONDED"),
        {
            "status": "responded",
            "response": Response(received=True, action="booked", responded_at=LATER, booking_id="b1"),
            "due_at": None,
        },
    ),
    "a no": (
        outreach(status="read"),
        lambda ask: responded(ask, answer="decline", result="declined", now=LATER),
        answered("Customer answered: decline", "decline", "declined", "OUTREACH_DECLINED"),
        {
            "status": "responded",
            "response": Response(received=True, action="declined", responded_at=LATER),
            "due_at": None,
        },
    ),
    "a stop, of which the carrier tells": (
        outreach(status="delivered"),
        lambda ask: responded(ask, answer="opt_out", result="opted_out", **BY),
        answered("Customer answered: opt_out", "opt_out", "opted_out", "OUTREACH_DECLINED", "ann"),
        {
            "status": "responded",
            "response": Response(received=True, action="opted_out", responded_at=LATER),
            "due_at": None,
        },
    ),
    "a yes too late": (
        outreach(status="expired", due_at=None),
        lambda ask: lost(ask, result="slot_taken", said_in="conversations/c/inbound/m", now=LATER),
        answered("Customer answered too late: accept", "accept", "slot_taken", "OFFER_LOST"),
        {
            "status": "responded",
            "response": LATE.changed(responded_at=LATER),
            "due_at": LATER + timedelta(minutes=2),
        },
    ),
    "announced again": (
        outreach(status="responded", response=LATE),
        lambda ask: lost_again(ask, **BY),
        Told("outreach_held", "Late yes announced again", announces="OFFER_LOST", payload=PATH),
        {"due_at": LATER + timedelta(minutes=2)},
    ),
    "answered after all": (
        outreach(status="responded", response=LATE),
        lambda ask: lost_answered(ask, by="out_2", **BY),
        Told("outreach_held", "Late yes answered", {"by": "out_2"}, payload=PATH),
        {"response": LATE.changed(owed=False), "due_at": None},
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_an_answer_records_and_sets_this_and_no_more(name: str):
    before, take, says, sets = STEPS[name]
    amended = take(before)
    assert (told(amended.record), set_by(before, amended.document)) == (says, sets)


def test_the_one_other_offer_has_the_same_id_in_every_release():
    assert another_id("out_1") == "out_e1972a8dd0518db59f23"
    assert another_id("out_1") != another_id("out_2")


def test_an_ask_by_itself_answers_nothing_and_has_an_address():
    assert not outreach().is_answer and outreach(instead_of="out_0").is_answer
    assert outreach().address == "+447700900101"
    assert outreach().slot is not None and outreach().slot.stretch == (
        NOW + timedelta(hours=3),
        NOW + timedelta(hours=4),
    )


@pytest.mark.parametrize(
    ("fields", "ignored"),
    [
        ({"status": "expired", "delivery": Delivery(sent_at=NOW)}, True),
        ({"status": "expired", "delivery": Delivery(sent_at=NOW), "withdrawn": True}, False),
        ({"status": "expired"}, False),
        ({"status": "failed", "delivery": Delivery(sent_at=NOW)}, False),
    ],
)
def test_only_what_they_had_and_let_pass_was_ignored(fields: dict[str, Any], ignored: bool):
    assert outreach(**fields).was_ignored is ignored
