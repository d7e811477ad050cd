"""The sending half of a message's life: every step it has, and none that it has not."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations, product
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.send_outreach.attempt import CLAIM_LEASE, MAX_ATTEMPTS, answer_lost, claim, hold, refused, sent
from functions.track_delivery.delivery_report import reported
from shared.asking.guard import Condition
from shared.asking.outreach import OPEN, OfferDetails, Outreach
from shared.asking.slot import Slot
from shared.messaging.message import Message, say
from shared.messaging.outgoing import (
    CLAIM_WITHIN,
    TRANSITIONS,
    Channel,
    Delivery,
    ForbiddenTransition,
    Outgoing,
    OutgoingStatus,
    step,
)
from shared.messaging.sending import UNDELIVERED_AFTER, expired, failed, redirected

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
STATUSES: tuple[OutgoingStatus, ...] = get_args(OutgoingStatus)
RANKS = ["pending", "sending", "sent", "delivered", "read", "responded"]


def outreach(**fields: Any) -> Outreach:
    slot = Slot(start=NOW + timedelta(hours=3), end=NOW + timedelta(hours=4), service_id="cut", staff_id="mia")
    return Outreach(
        **{
            "id": "out_1",
            "salon_id": "s1",
            "revision": 1,
            "created_at": NOW,
            "updated_at": NOW,
            "agent_name": "gap_fill_agent",
            "customer_id": "c1",
            "customer_name": "Cara",
            "customer_phone": "+447700900101",
            "address_key": "idn_1",
            "outreach_type": "gap_fill",
            "consent_purpose": "service",
            "message": "Hi",
            "trigger_id": "gap_1",
            "trigger_type": "gap",
            "decision_id": "dec_1",
            "round": 1,
            "slot": slot,
            "guard": [Condition(condition="slot_on_offer", about="gap_1", slot=slot)],
            "source": "waitlist_exact",
            "offer_details": OfferDetails(valid_until=NOW + timedelta(minutes=30), price=Decimal(50)),
            "channel": "whatsapp",
            "purpose": "slot_offer",
            "locale": "en",
            "expires_at": NOW + timedelta(minutes=30),
            "due_at": NOW,
            **fields,
        }
    )


def message(**fields: Any) -> Message:
    return Message(
        **{
            "id": "msg_1",
            "salon_id": "s1",
            "revision": 1,
            "created_at": NOW,
            "updated_at": NOW,
            "conversation_id": "idn_1",
            "audience": "customer",
            "to": "+447700900101",
            "about": "out_1",
            "is_answer": True,
            "channel": "whatsapp",
            "purpose": "booking_confirmed",
            "locale": "en",
            "expires_at": NOW + timedelta(hours=24),
            "due_at": NOW,
            **fields,
        }
    )


MAY_BECOME: dict[str, set[str]] = {
    "pending": {"sending", "sent", "delivered", "read", "responded", "failed", "expired"},
    "sending": {"pending", "sent", "delivered", "read", "responded", "failed", "unknown", "expired"},
    "sent": {"delivered", "read", "responded", "failed", "expired"},
    "delivered": {"read", "responded", "failed", "expired"},
    "read": {"responded", "failed", "expired"},
    "responded": set(),
    "failed": {"responded"},
    "unknown": {"sent", "delivered", "read", "responded", "failed", "expired"},
    "expired": {"responded"},
}


@pytest.mark.parametrize(("status", "wanted"), list(product(STATUSES, STATUSES)))
def test_a_status_follows_only_where_its_state_machine_says(status: OutgoingStatus, wanted: OutgoingStatus):
    def take() -> Outgoing:
        return step(outreach(status=status), wanted, "sent", now=LATER, actor="test", action="?").document

    if wanted == status or wanted in MAY_BECOME[status]:
        assert take().status == wanted
    else:
        with pytest.raises(ForbiddenTransition, match=f"out_1: {status} -> {wanted}"):
            take()


def test_every_open_status_can_be_answered_and_can_expire():
    for status in (*OPEN, "expired", "failed"):
        assert "responded" in TRANSITIONS[status]
    for status in OPEN:
        assert "expired" in TRANSITIONS[status]
    assert TRANSITIONS["responded"] == frozenset()


def test_a_message_has_five_tries_and_a_claim_two_minutes_and_an_offer_is_waited_for_five():
    assert (5, timedelta(minutes=1)) == (MAX_ATTEMPTS, CLAIM_WITHIN)
    assert (timedelta(minutes=2), timedelta(minutes=5)) == (CLAIM_LEASE, UNDELIVERED_AFTER)


@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
def test_of_reports_only_the_delivery_is_announced(status: str):
    moved = reported(outreach(status="sending"), status=status, message_sid="SM1", error=None, now=LATER)
    assert moved is not None
    assert moved.record.announces == ("OUTREACH_DELIVERED" if status == "delivered" else None)
    assert moved.record.event_type == ("outreach_sent" if status == "sent" else "outreach_delivered")


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "pending"])
def test_it_goes_on_by_another_channel_and_never_again_by_the_same(status: OutgoingStatus):
    def by(channel: Channel) -> Outgoing:
        gone = outreach(status=status, channel="whatsapp")
        return redirected(gone, channel, code=63024, message_sid="SM1", now=LATER, actor="test").document

    if status in ("sent", "unknown"):
        with pytest.raises(ForbiddenTransition, match=f"{status} -> pending"):
            by("whatsapp")
    if status in ("sent", "unknown", "sending"):
        assert by("sms").status == "pending"
    else:
        with pytest.raises(ForbiddenTransition, match=f"{status} -> pending"):
            by("sms")


@pytest.mark.parametrize("code", [63024, None])
def test_what_goes_on_by_another_channel_begins_again_and_remembers_the_first(code: int | None):
    gone = outreach(status="unknown", attempts=3, delivery=Delivery(message_id="SM1"))
    moved = redirected(gone, "sms", code=code, message_sid=None, now=LATER, actor="test").document
    assert (moved.status, moved.channel, moved.attempts) == ("pending", "sms", 0)
    assert moved.due_at == LATER + timedelta(minutes=1)
    assert moved.delivery == Delivery(former_id="SM1", former_error=str(code) if code else None)


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "pending"])
def test_only_what_is_pending_can_be_claimed(status: OutgoingStatus):
    with pytest.raises(ForbiddenTransition):
        claim(outreach(status=status), now=LATER, actor="test")


def test_a_claim_counts_the_attempt_and_has_a_lease():
    claimed = claim(outreach(delivery=Delivery(error="20429")), now=LATER, actor="test").document
    assert (claimed.status, claimed.attempts, claimed.due_at) == ("sending", 1, LATER + CLAIM_LEASE)
    # What went wrong before says nothing about this attempt.
    assert claimed.delivery.error is None


def test_a_refusal_that_may_pass_is_tried_again_until_its_tries_are_used_up():
    def after(attempts: int, retry_at: datetime | None = LATER) -> tuple[str, datetime | None, str | None]:
        amended = refused(
            outreach(status="sending", attempts=attempts),
            code=20429, reason="too many", retry_at=retry_at, now=NOW, actor="test",
        )  # fmt: skip
        return amended.document.status, amended.document.due_at, amended.record.announces

    assert after(1) == ("pending", LATER, None)
    assert after(MAX_ATTEMPTS - 1) == ("pending", LATER, None)
    assert after(MAX_ATTEMPTS) == ("failed", None, "OUTREACH_FAILED")
    assert after(1, None) == ("failed", None, "OUTREACH_FAILED")
    assert after(1, NOW + timedelta(minutes=30)) == ("failed", None, "OUTREACH_FAILED")


def test_a_lost_answer_is_unknown_until_the_offer_ends():
    lost = answer_lost(outreach(status="sending"), reason="HTTP 502", now=NOW, actor="test").document
    assert (lost.status, lost.due_at) == ("unknown", NOW + UNDELIVERED_AFTER)
    with pytest.raises(ForbiddenTransition):
        claim(lost, now=LATER, actor="test")


@pytest.mark.parametrize("status", ["sending", "unknown"])
def test_the_providers_answer_makes_it_sent(status: OutgoingStatus):
    amended = sent(outreach(status=status), message_sid="SM1", now=LATER, actor="test")
    assert amended is not None
    assert amended.document.status == "sent"
    assert amended.document.delivery == Delivery(message_id="SM1", sent_at=LATER)
    assert amended.record.announces == "OUTREACH_SENT"


@pytest.mark.parametrize("status", ["expired", "responded", "failed"])
def test_what_was_closed_on_its_way_stays_closed_but_is_known_to_have_left(status: OutgoingStatus):
    amended = sent(outreach(status=status), message_sid="SM1", now=LATER, actor="test")
    assert amended is not None
    assert amended.document.status == status
    assert amended.document.delivery == Delivery(message_id="SM1", sent_at=LATER)
    assert amended.record.announces is None


def test_our_own_answer_adds_nothing_to_a_report_that_was_faster():
    faster = reported(outreach(status="sending"), status="delivered", message_sid="SM1", error=None, now=NOW)
    assert faster is not None
    assert sent(faster.document, message_sid="SM1", now=LATER, actor="test") is None


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "read"])))
@pytest.mark.parametrize("status", ["pending", "sending", "unknown", "sent"])
def test_reports_in_any_order_end_at_the_furthest(status: OutgoingStatus, order: tuple[str, ...]):
    standing = outreach(status=status, attempts=1)
    for word in order:
        amended = reported(standing, status=word, message_sid="SM1", error=None, now=LATER)
        standing = amended.document if amended else standing
    assert standing.status == "read"
    assert standing.delivery.message_id == "SM1" and standing.delivery.sent_at == LATER


@given(st.lists(st.sampled_from(["queued", "sent", "delivered", "read", "undelivered", "failed", "canceled", "xyz"])))
def test_reports_never_move_a_message_back(words: list[str]):
    standing = outreach(status="sending", attempts=1)
    for word in words:
        before = standing
        amended = reported(standing, status=word, message_sid="SM1", error=None, now=LATER)
        standing = amended.document if amended else standing
        if standing.status == "failed":
            assert before.status in ("sending", "sent", "failed")
        else:
            assert RANKS.index(standing.status) >= RANKS.index(before.status)


def test_the_same_report_twice_tells_nothing_new():
    first = reported(outreach(status="sent"), status="delivered", message_sid="SM1", error=None, now=NOW)
    assert first is not None
    assert reported(first.document, status="delivered", message_sid="SM1", error=None, now=LATER) is None


def test_a_report_about_another_message_is_not_believed():
    standing = outreach(status="sent", delivery=Delivery(message_id="SM1", sent_at=NOW))
    assert reported(standing, status="delivered", message_sid="SM2", error=None, now=LATER) is None


def test_a_failed_delivery_is_announced_with_its_error():
    amended = reported(outreach(status="sent"), status="undelivered", message_sid="SM1", error=63024, now=LATER)
    assert amended is not None
    assert (amended.document.status, amended.document.delivery.error) == ("failed", "63024")
    assert amended.record.announces == "OUTREACH_FAILED"
    assert reported(outreach(status="read"), status="failed", message_sid="SM1", error=63024, now=LATER) is None


def test_a_report_repairs_what_had_ended_without_an_answer_from_the_provider():
    ended = expired(outreach(status="unknown", attempts=1), reason="over", now=NOW, actor="test").document
    amended = reported(ended, status="delivered", message_sid="SM1", error=None, now=LATER)
    assert amended is not None
    assert (amended.document.status, amended.document.delivery.message_id) == ("expired", "SM1")
    assert reported(amended.document, status="read", message_sid="SM1", error=None, now=LATER) is None


def test_a_held_message_waits_until_it_is_due():
    held = hold(outreach(), until=LATER, reason="quiet hours", now=NOW, actor="test")
    assert (held.document.status, held.document.due_at, held.record.announces) == ("pending", LATER, None)


def test_nothing_is_announced_about_a_message_that_asks_nothing_but_that_it_shall_be_sent():
    claimed = claim(message(), now=NOW, actor="test").document
    gone = sent(claimed, message_sid="SM1", now=LATER, actor="test")
    assert gone is not None and gone.record.announces is None
    lost = failed(claimed, error="21211", action="Refused", now=LATER, actor="test")
    assert lost.record.announces is None and lost.record.event_type == "message_failed"
    assert say(message(), now=NOW, actor="test").record.announces == "OUTREACH_REQUESTED"


def test_a_message_that_asks_nothing_waits_for_nothing_once_it_left():
    claimed = claim(message(), now=NOW, actor="test").document
    gone = sent(claimed, message_sid="SM1", now=LATER, actor="test")
    assert gone is not None and gone.document.due_at is None


@pytest.mark.parametrize("status", OPEN)
def test_every_open_offer_has_a_time_to_be_looked_at(status: OutgoingStatus):
    """Reached by its own steps."""
    standing: Outreach = outreach()
    claimed = claim(standing, now=NOW, actor="test").document
    reached: dict[str, Outreach] = {"pending": standing, "sending": claimed}
    reached["unknown"] = answer_lost(claimed, reason="?", now=NOW, actor="test").document
    for word in ("sent", "delivered", "read"):
        amended = reported(claimed, status=word, message_sid="SM1", error=None, now=NOW)
        assert amended is not None
        reached[word] = amended.document
    assert reached[status].status == status
    assert reached[status].due_at is not None


def test_every_ending_leaves_nothing_to_wait_for():
    claimed = claim(outreach(), now=NOW, actor="test").document
    assert expired(claimed, reason="over", now=NOW, actor="test").document.due_at is None
    assert failed(claimed, error="1", action="?", now=NOW, actor="test").document.due_at is None
