"""What each change of an approval records, announces and sets."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.notify_owner.notices import notified
from functions.resolve_approval.reminder import announced_again, reminded
from shared.approvals.approval import (
    Approval,
    ApprovalResponse,
    action_hash,
    approval_for,
    approval_id,
    cancel,
    carried_out,
    put_back,
    request,
    settle,
)
from shared.approvals.asks import ASKS
from shared.messaging.outgoing import ForbiddenTransition
from shared.records.audit import Amended
from shared.salon.settings import SalonSettings
from tests.shared.approvals.test_approval import asked
from tests.shared.asking.test_decision import decision
from tests.shared.records.told import Told, set_by, told

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LATER, MINUTE = NOW + timedelta(seconds=90), timedelta(minutes=1)
BY = {"now": LATER, "actor": "ann"}
ID = {"approval_id": "a"}
YES = ApprovalResponse(action="approve", responded_by="ann", responded_at=NOW, notes="fine")
APPROVED = {"status": "approved", "recorded_status": "approved", "response": YES, "due_at": NOW}


def moved(event: str, action: str, announces: str, was: str, waited: float | None) -> Told:
    details = {"reason": "so it was", "approval_seconds": waited}
    return Told(event, action, details, announces, ID | {"was": was})


CHANGES: dict[str, tuple[Approval, Callable[[Approval], Amended[Approval]], Told, dict[str, Any]]] = {
    "requested": (
        asked(),
        lambda approval: request(approval, now=NOW),
        Told(
            "approval_requested",
            "Approval pending",
            {"reason": "A cut for Vera", "approval_seconds": None},
            "APPROVAL_REQUESTED",
            ID | {"was": None},
            actor="gap_fill_agent",
        ),
        {},
    ),
    "approved": (
        asked(due_at=NOW),
        lambda approval: settle(approval, "approved", reason="so it was", response=YES, **BY),
        moved("approval_granted", "Approval approved", "APPROVAL_APPROVED", "pending", 90.0),
        {"status": "approved", "recorded_status": "approved", "response": YES, "due_at": LATER + 2 * MINUTE},
    ),
    "rejected, as an app has written": (
        asked(due_at=NOW, status="approved", response=YES),
        lambda approval: settle(approval, "rejected", reason="so it was", **BY),
        moved("approval_rejected", "Approval rejected", "APPROVAL_REJECTED", "pending", 90.0),
        {"status": "rejected", "recorded_status": "rejected", "due_at": None},
    ),
    "expired": (
        asked(due_at=NOW),
        lambda approval: settle(approval, "expired", reason="so it was", **BY),
        moved("approval_expired", "Approval expired", "APPROVAL_EXPIRED", "pending", None),
        {"status": "expired", "recorded_status": "expired", "due_at": None},
    ),
    "called off": (
        asked(**APPROVED),
        lambda approval: cancel(approval, reason="so it was", **BY),
        moved("approval_cancelled", "Approval cancelled", "APPROVAL_CANCELLED", "approved", None),
        {"status": "cancelled", "recorded_status": "cancelled", "due_at": None},
    ),
    "answered a second time": (
        asked(**APPROVED | {"status": "rejected"}),
        lambda approval: put_back(approval, **BY),
        Told(
            "data_set_aside",
            "An answer after the answer: approved stays",
            {"written": "rejected"},
            severity="warning",
        ),
        {"status": "approved"},
    ),
    "carried out": (
        asked(**APPROVED),
        lambda approval: carried_out(approval, result="asked 1", **BY),
        Told("approval_carried_out", "Approved action carried out", {"result": "asked 1"}),
        {"carried_out_at": LATER, "due_at": None},
    ),
    "carried out for some": (
        asked(**APPROVED),
        lambda approval: carried_out(approval, result="asked 1", not_asked={"c2": "struck"}, **BY),
        Told("approval_carried_out", "Approved action carried out", {"result": "asked 1", "not_asked": {"c2": "struck"}}),
        {"carried_out_at": LATER, "not_asked": {"c2": "struck"}, "due_at": None},
    ),
    "announced again": (
        asked(**APPROVED, updated_at=LATER - 3 * MINUTE),
        lambda approval: announced_again(approval, **BY),
        Told(
            "approval_granted", "Announced again: not carried out yet", announces="APPROVAL_APPROVED", payload=ID
        ),
        {"due_at": LATER + 6 * MINUTE},
    ),
    "reminded": (
        asked(due_at=NOW),
        lambda approval: reminded(approval, **BY),
        Told(
            "approval_notified",
            "Reminder requested",
            announces="AGENT_ACTION_REQUIRED",
            payload=ID | {"reason": "approval_reminder"},
        ),
        {"reminded_at": LATER, "due_at": NOW + 60 * MINUTE},
    ),
    "told by one more channel": (
        asked(notifications_sent={"whatsapp": True, "email": False}),
        lambda approval: notified(approval, ["sms", "email"], **BY),
        Told("approval_notified", "Owner notified", {"channels": ["email", "sms", "whatsapp"]}),
        {"notifications_sent": {"whatsapp": True, "email": True, "sms": True}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_an_approval_records_and_sets_this_and_no_more(name: str):
    before, change, says, sets = CHANGES[name]
    amended = change(before)
    assert (told(amended.record), set_by(before, amended.document)) == (says, sets)


@pytest.mark.parametrize(("useful_for", "expires_in"), [(timedelta(hours=20), 50 * MINUTE), (40 * MINUTE, 40 * MINUTE)])
def test_the_question_holds_all_that_the_decision_knows(useful_for: timedelta, expires_in: timedelta):
    action = {"customer_id": "vip"}
    made = approval_for(
        decision(agent_name="waitlist_agent", decision_type="waitlist_promotion"),
        action=action,
        summary="A cut for Vera",
        starts_at=NOW + timedelta(hours=6),
        useful_until=NOW + useful_for,
        settings=SalonSettings(approval_ttl_minutes=50),
        now=NOW,
    )
    assert made == Approval(
        id=approval_id("dec_1"),
        salon_id="s1",
        created_at=NOW,
        updated_at=NOW,
        decision_id="dec_1",
        agent_name="waitlist_agent",
        action_type="waitlist_promotion",
        action_summary="A cut for Vera",
        action_details=action,
        action_hash=action_hash(action),
        priority="high",
        trigger_id="gap_1",
        expires_at=NOW + expires_in,
        useful_until=NOW + useful_for,
        due_at=NOW + expires_in / 2,
    )


def test_a_question_has_the_same_id_and_its_action_the_same_hash_in_every_release():
    assert approval_id("dec_1") == "apr_ed733ef3ff4fc64308c1"
    action = {"price": 50.0, "start": NOW, "who": ["a", None, True], "how": {"to": ("b", 2.5)}}
    assert action_hash(action) == "cfbf77c3b12dae5957d6377abc77284a32f4cafdbe3f693bb996ef7d5519c757"


def test_an_action_has_the_same_hash_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch):
    here = action_hash({"start": NOW})
    try:
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("TZ", "Asia/Kolkata")
            time.tzset()
            assert action_hash({"start": NOW}) == here
    finally:
        time.tzset()


def test_what_an_action_may_not_hold_is_named():
    with pytest.raises(ValueError) as refusal:
        action_hash({"price": {50}})
    assert str(refusal.value) == "expected an action of plain values and instants, found set"


def test_a_step_that_there_is_not_is_refused_by_name():
    with pytest.raises(ForbiddenTransition) as refusal:
        settle(asked(status="approved", recorded_status="rejected"), "approved", reason="r", **BY)
    assert str(refusal.value) == "approval a: rejected -> approved is no step"


@pytest.mark.parametrize(
    ("fields", "waits", "to_be_done"),
    [
        ({}, True, False),
        ({"status": "approved"}, False, False),
        ({"status": "rejected", "recorded_status": "approved"}, False, True),
        (APPROVED | {"carried_out_at": NOW}, False, False),
        ({"recorded_status": "rejected"}, False, False),
    ],
)
def test_a_question_waits_or_is_to_be_carried_out(fields: dict[str, Any], waits: bool, to_be_done: bool):
    assert (asked(**fields).waits, asked(**fields).to_be_carried_out) == (waits, to_be_done)


def test_an_action_that_was_changed_afterwards_is_not_intact():
    assert asked().intact and not asked(action_details={"customer_id": "other"}).intact


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"responded_at": "2026-11-23T09:30:00"}, {}),
        ({"responded_at": datetime(2026, 11, 23)}, {}),  # noqa: DTZ001
        ({"responded_at": 7}, {}),
        ({"responded_at": NOW}, {"responded_at": NOW}),
        ({"responded_at": "2026-11-23T15:00:00+05:30"}, {"responded_at": NOW}),
        ({"action": "reject", "responded_by": "ann", "notes": "no"}, {"action": "reject", "responded_by": "ann", "notes": "no"}),
        ({"notes": ["no"]}, {}),
        ({"struck": ["c1", "c2"]}, {"struck": ["c1", "c2"]}),
        ({"struck": ["c1", 7, None]}, {"struck": ["c1"]}),
        ({"struck": "c1"}, {}),
        ({"struck": None}, {}),
    ],
)  # fmt: skip
def test_of_an_apps_answer_what_can_be_read_is_read(written: dict[str, Any], read: dict[str, Any]):
    nothing = {"action": None, "responded_by": None, "responded_at": None, "notes": None, "struck": []}
    assert dict(ApprovalResponse.model_validate(written)) == nothing | read


def test_an_owner_is_asked_by_these_messages():
    assert {"owner_approval", "owner_approval_link", "owner_reminder", "owner_reminder_link"} == ASKS
