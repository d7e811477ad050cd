"""What stands in a document of ours of which only the necessary has been said: what an older release has stored without these
fields reads so."""

from typing import Any

import pytest

from shared.approvals.approval import Approval
from shared.asking.agent_state import AgentState
from shared.asking.breaker import Breaker
from shared.asking.decision import Decision
from shared.asking.outreach import Outreach
from shared.calendar.gap import Gap
from shared.customers.identity import Identity
from shared.messaging.conversation import Conversation, Line
from shared.messaging.message import Inbound, Message
from shared.records.stored import Stored

AMENDED = {"revision": 0, "audit_head": None}
NOBODY_ANSWERED = {"action": None, "responded_by": None, "responded_at": None, "notes": None, "struck": []}
NOT_SENT = {
    "message_id": None, "former_id": None, "former_error": None, "sent_at": None, "delivered_at": None, "read_at": None,
    "error": None,
}  # fmt: skip
ON_ITS_WAY = {
    **AMENDED, "status": "pending", "variables": {}, "attempts": 0, "last_attempt_at": None, "not_before": None,
    "delivery": NOT_SENT,
}  # fmt: skip
CLOSED_BREAKER = {
    "state": "closed", "error_count": 0, "last_error": None, "last_error_time": None, "cooldown_until": None,
    "auto_recovery": True, "faults": [], "half_open_attempts": 0,
}  # fmt: skip
DEFAULTS: list[tuple[type[Stored], dict[str, Any]]] = [
    (
        Gap,
        {
            **AMENDED, "status": "open", "fill_attempts": 0, "last_attempt_at": None, "filled_by": None,
            "superseded_by": None, "ordinal": 1, "freed": [], "awaits_owner": False, "priority_score": 0,
            "priority_parts": {}, "due_at": None, "closed_reason": None, "closed_at": None,
            "campaign": {
                "round": 0, "wave": 0, "next_round_at": None, "asked": 0, "first_asked_at": None, "status": "idle",
                "reason": None, "arm": None,
            },
        },
    ),
    (
        Approval,
        {
            **AMENDED, "status": "pending", "recorded_status": "pending", "notifications_sent": {},
            "response": NOBODY_ANSWERED, "reminded_at": None, "carried_out_at": None, "not_asked": {},
        },
    ),
    (
        Outreach,
        {
            **ON_ITS_WAY, "guard": [], "segment": "regular", "probability": 0.0, "waitlist_entry_id": None, "moves_booking_id": None,
            "chain_depth": 0, "withdrawn": False, "sms_purpose": None, "fallen_back": False, "instead_of": None,
            "response": {
                "received": False, "action": None, "responded_at": None, "booking_id": None, "said_in": None,
                "owed": False,
            },
        },
    ),
    (Message, {**ON_ITS_WAY, "direction": "out", "account_sid": None, "sender": None, "merges": [], "moment": None}),
    (
        Inbound,
        {**AMENDED, "direction": "in", "only_for_owner": False, "by_link": False, "user_id": None}
        | {"handled_at": None, "outcome": None},
    ),
    (Conversation, {**AMENDED, "moment": None, "outreach_id": None, "held_at": None}),
    (Identity, {"customer_ids": [], "last_inbound_at": None, "consented_at": {}, "writes_as": None}),
    (Line, {"attachments": 0}),
    (
        Decision,
        {
            **AMENDED,
            "approval": {
                "required": False, "status": "not_required", "approval_id": None, "approved_by": None,
                "approved_at": None,
            },
            "outcome": {"status": "pending", "result": None, "completed_at": None, "booking_created_id": None},
            "arms": {},
        },
    ),
    (
        AgentState,
        {
            **AMENDED, "status": "active", "last_execution": None, "next_scheduled": None,
            "circuit_breaker": CLOSED_BREAKER, "config": None, "counters": None, "rate_limits": {}, "health": None,
            "marketing": {"paused_at": None, "paused_until": None, "reason": None, "counted_from": None},
        },
    ),
    (Breaker, CLOSED_BREAKER),
]  # fmt: skip


def plain(value: Any) -> Any:
    return value.model_dump() if isinstance(value, Stored) else value


@pytest.mark.parametrize(("model", "defaults"), DEFAULTS)
def test_what_is_not_said_of_a_document_is_this(model: type[Stored], defaults: dict[str, Any]):
    fields = model.model_fields.items()
    assert {name: plain(field.get_default()) for name, field in fields if not field.is_required()} == defaults
