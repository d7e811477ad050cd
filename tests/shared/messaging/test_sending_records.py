"""What each step of a message on its way records, announces and sets: of an ask, and of a message that asks nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.send_outreach.attempt import answer_lost, claim, hold, not_arrived, refused, sent, set_back
from shared.asking.fallback import fallen_back
from shared.messaging.outgoing import Delivery, ForbiddenTransition, Outgoing, step
from shared.messaging.sending import expired, failed, redirected, waiting_until
from shared.records.audit import Amended
from tests.shared.messaging.test_outgoing import LATER, NOW, message, outreach
from tests.shared.records.told import Told, set_by, told

BY = {"now": LATER, "actor": "ann"}
MINUTE = timedelta(minutes=1)
ENDS = NOW + 30 * MINUTE
ASK, WORD = {"path": "outreach/out_1"}, {"path": "conversations/idn_1/messages/msg_1"}
LEFT = Delivery(message_id="SM1", former_id="SM0", former_error="63024", sent_at=NOW)
NOT_YET = Delivery(former_id="SM0", former_error="63024", error="20429")

Step = tuple[Outgoing, Callable[[Any], Amended[Any] | None], Told, dict[str, Any]]
STEPS: dict[str, Step] = {
    "claimed": (
        outreach(attempts=2, delivery=NOT_YET),
        lambda ask: claim(ask, **BY),
        Told("outreach_claimed", "Claimed for sending", payload=ASK),
        {
            "status": "sending",
            "attempts": 3,
            "last_attempt_at": LATER,
            "due_at": LATER + 2 * MINUTE,
            "delivery": NOT_YET.changed(error=None),
        },
    ),
    "held": (
        outreach(),
        lambda ask: hold(ask, until=ENDS, reason="quiet hours", **BY),
        Told("outreach_held", "Held: quiet hours", payload=ASK),
        {"due_at": ENDS, "not_before": ENDS},
    ),
    "set back": (
        outreach(status="sending", attempts=2, due_at=ENDS),
        lambda ask: set_back(ask, reason="the breaker is open", **BY),
        Told("outreach_held", "Held: the breaker is open", payload=ASK),
        {"status": "pending", "attempts": 1, "due_at": LATER},
    ),
    "taken by the provider": (
        outreach(status="sending", delivery=NOT_YET),
        lambda ask: sent(ask, message_sid="SM1", **BY),
        Told("outreach_sent", "Handed to the provider", announces="OUTREACH_SENT", payload=ASK),
        {
            "status": "sent",
            "delivery": NOT_YET.changed(message_id="SM1", sent_at=LATER),
            "due_at": LATER + 5 * MINUTE,
        },
    ),
    "taken by the provider, as a report had said": (
        outreach(status="unknown", delivery=Delivery(sent_at=NOW)),
        lambda ask: sent(ask, message_sid="SM1", **BY),
        Told("outreach_sent", "Handed to the provider", announces="OUTREACH_SENT", payload=ASK),
        {"status": "sent", "delivery": Delivery(message_id="SM1", sent_at=NOW), "due_at": NOW + 5 * MINUTE},
    ),
    "taken when it was closed": (
        outreach(status="expired", due_at=None, delivery=NOT_YET),
        lambda ask: sent(ask, message_sid="SM1", **BY),
        Told("outreach_sent", "Handed to the provider when it was closed already", payload=ASK),
        {"delivery": NOT_YET.changed(message_id="SM1", sent_at=LATER)},
    ),
    "refused, for now": (
        outreach(status="sending", attempts=4),
        lambda ask: refused(ask, code=20429, reason="too many", retry_at=ENDS - MINUTE, **BY),
        Told(
            "outreach_held",
            "Refused (20429), will be tried again",
            {"code": 20429, "reason": "too many", "attempts": 4},
            payload=ASK,
        ),
        {
            "status": "pending",
            "delivery": Delivery(error="20429"),
            "due_at": ENDS - MINUTE,
            "not_before": ENDS - MINUTE,
        },
    ),
    "refused, for good": (
        outreach(status="sending", attempts=1),
        lambda ask: refused(ask, code=21211, reason="no such number", retry_at=None, **BY),
        Told(
            "outreach_failed",
            "Refused by the provider (21211)",
            {"code": 21211, "reason": "no such number", "attempts": 1},
            "OUTREACH_FAILED",
            ASK,
        ),
        {"status": "failed", "delivery": Delivery(error="21211"), "due_at": None},
    ),
    "failed": (
        outreach(delivery=LEFT),
        lambda ask: failed(ask, error="no_sender", action="No number to send from", **BY),
        Told("outreach_failed", "No number to send from", {"error": "no_sender"}, "OUTREACH_FAILED", ASK),
        {"status": "failed", "delivery": LEFT.changed(error="no_sender"), "due_at": None},
    ),
    "its answer lost": (
        outreach(status="sending"),
        lambda ask: answer_lost(ask, reason="HTTP 502", **BY),
        Told("outreach_failed", "The provider's answer was lost", {"reason": "HTTP 502"}, payload=ASK),
        {"status": "unknown", "due_at": LATER + 5 * MINUTE},
    ),
    "its answer lost when it is nearly over": (
        outreach(status="sending", expires_at=LATER + MINUTE),
        lambda ask: answer_lost(ask, reason="HTTP 502", **BY),
        Told("outreach_failed", "The provider's answer was lost", {"reason": "HTTP 502"}, payload=ASK),
        {"status": "unknown", "due_at": LATER + MINUTE},
    ),
    "closed": (
        outreach(status="sent"),
        lambda ask: expired(ask, reason="slot_taken", by="b1", **BY),
        Told(
            "outreach_expired",
            "Closed: slot_taken",
            {"reason": "slot_taken", "by": "b1"},
            "OUTREACH_EXPIRED",
            ASK | {"reason": "slot_taken"},
        ),
        {"status": "expired", "due_at": None},
    ),
    "on another channel": (
        outreach(status="sent", attempts=2, delivery=LEFT),
        lambda ask: redirected(ask, "sms", code=63024, message_sid=None, fallen_back=True, **BY),
        Told(
            "outreach_held",
            "Goes out by sms instead (not delivered (63024))",
            {"channel": "sms", "reason": "not delivered (63024)"},
            "OUTREACH_REQUESTED",
            ASK,
        ),
        {
            "status": "pending",
            "channel": "sms",
            "attempts": 0,
            "delivery": Delivery(former_id="SM1", former_error="63024"),
            "due_at": LATER + MINUTE,
            "fallen_back": True,
        },
    ),
    "on another channel, nobody knows why": (
        outreach(status="unknown", attempts=1),
        lambda ask: redirected(ask, "sms", code=None, message_sid="SM9", **BY),
        Told(
            "outreach_held",
            "Goes out by sms instead (not delivered)",
            {"channel": "sms", "reason": "not delivered"},
            "OUTREACH_REQUESTED",
            ASK,
        ),
        {
            "status": "pending",
            "channel": "sms",
            "attempts": 0,
            "delivery": Delivery(former_id="SM9"),
            "due_at": LATER + MINUTE,
        },
    ),
    "not known to have arrived": (
        outreach(status="sent"),
        lambda ask: not_arrived(ask, **BY),
        Told("outreach_held", "Not known to have arrived", announces="OUTREACH_NOT_ARRIVED", payload=ASK),
        {"due_at": ENDS},
    ),
    "a message, claimed": (
        message(),
        lambda said: claim(said, **BY),
        Told("message_claimed", "Claimed for sending", payload=WORD),
        {"status": "sending", "attempts": 1, "last_attempt_at": LATER, "due_at": LATER + 2 * MINUTE},
    ),
    "a message, held": (
        message(),
        lambda said: hold(said, until=ENDS, reason="quiet hours", **BY),
        Told("message_held", "Held: quiet hours", payload=WORD),
        {"due_at": ENDS, "not_before": ENDS},
    ),
    "a message, taken": (
        message(status="sending"),
        lambda said: sent(said, message_sid="SM1", **BY),
        Told("message_sent", "Handed to the provider", payload=WORD),
        {"status": "sent", "delivery": Delivery(message_id="SM1", sent_at=LATER), "due_at": None},
    ),
    "a message, failed": (
        message(),
        lambda said: failed(said, error="21211", action="No number", **BY),
        Told("message_failed", "No number", {"error": "21211"}, payload=WORD),
        {"status": "failed", "delivery": Delivery(error="21211"), "due_at": None},
    ),
    "a message, its answer lost": (
        message(status="sending"),
        lambda said: answer_lost(said, reason="HTTP 502", **BY),
        Told("message_failed", "The provider's answer was lost", {"reason": "HTTP 502"}, payload=WORD),
        {"status": "unknown", "due_at": NOW + timedelta(hours=24)},
    ),
    "a message, closed": (
        message(),
        lambda said: expired(said, reason="too late", **BY),
        Told(
            "message_failed", "Closed: too late", {"reason": "too late"}, payload=WORD | {"reason": "too late"}
        ),
        {"status": "expired", "due_at": None},
    ),
    "a message, on another channel": (
        message(status="sent"),
        lambda said: redirected(said, "sms", code=63024, message_sid="SM1", **BY),
        Told(
            "message_held",
            "Goes out by sms instead (not delivered (63024))",
            {"channel": "sms", "reason": "not delivered (63024)"},
            "OUTREACH_REQUESTED",
            WORD,
        ),
        {
            "status": "pending",
            "channel": "sms",
            "delivery": Delivery(former_id="SM1", former_error="63024"),
            "due_at": LATER + MINUTE,
        },
    ),
    "a message, asked for": (
        message(),
        lambda said: step(said, "pending", "requested", action="Asked for", announces="OUTREACH_REQUESTED", **BY),
        Told("message_requested", "Asked for", announces="OUTREACH_REQUESTED", payload=WORD),
        {},
    ),
    "an ask, asked for": (
        outreach(),
        lambda ask: step(ask, "pending", "requested", action="Asked for", announces="OUTREACH_REQUESTED", **BY),
        Told("outreach_requested", "Asked for", announces="OUTREACH_REQUESTED", payload=ASK),
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_a_step_of_a_message_records_and_sets_this_and_no_more(name: str):
    before, take, says, sets = STEPS[name]
    amended = take(before)
    assert amended is not None
    assert (told(amended.record), set_by(before, amended.document)) == (says, sets)


@pytest.mark.parametrize(
    ("before", "sid"),
    [
        (outreach(status="unknown", delivery=LEFT), "SM0"),
        (outreach(status="delivered", delivery=LEFT), "SM1"),
        (outreach(status="pending", delivery=Delivery(former_id="SM1")), "SM1"),
    ],
)
def test_an_answer_of_the_provider_that_says_nothing_new_changes_nothing(before: Outgoing, sid: str):
    assert sent(before, message_sid=sid, **BY) is None


@pytest.mark.parametrize(
    ("which", "delivery", "at"),
    [
        (outreach(), Delivery(), ENDS),
        (outreach(), Delivery(sent_at=NOW), NOW + 5 * MINUTE),
        (outreach(), Delivery(sent_at=NOW, delivered_at=NOW), ENDS),
        (outreach(), Delivery(sent_at=NOW, read_at=NOW), ENDS),
        (outreach(), Delivery(sent_at=ENDS - 4 * MINUTE), ENDS),
        (message(), Delivery(sent_at=NOW), None),
        (message(), Delivery(), None),
    ],
)
def test_what_is_out_is_looked_at_again_at_this_time(which: Outgoing, delivery: Delivery, at: datetime | None):
    assert waiting_until(which, delivery) == at


@pytest.mark.parametrize(
    ("take", "said"),
    [
        (lambda: claim(outreach(status="sent"), **BY), "outreach out_1: expected it pending, found sent"),
        (lambda: claim(message(status="read"), **BY), "message msg_1: expected it pending, found read"),
        (lambda: expired(outreach(status="failed"), reason="x", **BY), "outreach out_1: failed -> expired is no step"),
        (lambda: hold(message(status="sent"), until=NOW, reason="x", **BY), "message msg_1: sent -> pending is no step"),
        (
            lambda: redirected(outreach(status="read"), "sms", code=1, message_sid=None, **BY),
            "outreach out_1: read -> pending is no step",
        ),
    ],
)  # fmt: skip
def test_a_step_that_there_is_not_is_refused_by_name(take: Callable[[], object], said: str):
    with pytest.raises(ForbiddenTransition) as refusal:
        take()
    assert str(refusal.value) == said


WORDS = {
    "salon": "Glow", "name": "Cara", "service": "cut", "staff": "Mia", "when": "today at 13:00", "price": "£50",
    "until": "10:30", "lost_when": "today at 11:00", "link": "https://glow.example/s1gned",
}  # fmt: skip


def test_an_ask_falls_back_with_the_purpose_that_it_names_for_the_other_channel():
    before = outreach(
        status="sent", delivery=LEFT, attempts=1, sms_purpose="offer_declined", locale="es", variables=WORDS,
    )  # fmt: skip
    amended = fallen_back(before, "sms", address_key="idn_2", message_sid="SM9", code=63024, **BY)
    says = Told(
        "outreach_held",
        "Goes out by sms instead (not delivered (63024))",
        {"channel": "sms", "reason": "not delivered (63024)"},
        "OUTREACH_REQUESTED",
        ASK,
    )  # fmt: skip
    sets = set_by(before, amended.document)
    assert told(amended.record) == says
    assert sets == {
        "status": "pending",
        "channel": "sms",
        "attempts": 0,
        "delivery": Delivery(former_id="SM9", former_error="63024"),
        "due_at": LATER + MINUTE,
        "purpose": "offer_declined",
        "address_key": "idn_2",
        "fallen_back": True,
    }
