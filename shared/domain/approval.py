"""The owner's yes or no: pending -> approved | rejected | expired | cancelled, and approved -> cancelled when what was
approved can no longer be carried out."""

from datetime import datetime
from typing import Any, ClassVar, Literal

from shared.domain.audit import Amended, AuditWord, amend
from shared.domain.decision import Agent
from shared.domain.events import EventType
from shared.domain.outgoing import ForbiddenTransition
from shared.domain.stored import Instant, StateDocument, Stored

ApprovalStatus = Literal["pending", "approved", "rejected", "expired", "cancelled"]

TRANSITIONS: dict[ApprovalStatus, frozenset[ApprovalStatus]] = {
    "pending": frozenset({"approved", "rejected", "expired", "cancelled"}),
    "approved": frozenset({"cancelled"}),
    "rejected": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
}

_RECORDED: dict[ApprovalStatus, tuple[AuditWord, EventType]] = {
    "pending": ("approval_requested", "APPROVAL_REQUESTED"),
    "approved": ("approval_granted", "APPROVAL_APPROVED"),
    "rejected": ("approval_rejected", "APPROVAL_REJECTED"),
    "expired": ("approval_expired", "APPROVAL_EXPIRED"),
    "cancelled": ("approval_cancelled", "APPROVAL_CANCELLED"),
}


class ApprovalResponse(Stored):
    action: Literal["approve", "reject"] | None = None
    responded_by: str | None = None
    responded_at: Instant | None = None
    notes: str | None = None


class Approval(StateDocument):
    """Bound to exactly one action: `action_hash` is what the answer is given to."""

    collection: ClassVar[str] = "approvals"
    resource_type: ClassVar[str] = "approval"

    decision_id: str
    agent_name: Agent
    action_type: str
    action_summary: str
    action_details: dict[str, Any]
    action_hash: str
    priority: Literal["low", "medium", "high", "urgent"]
    status: ApprovalStatus = "pending"
    expires_at: Instant
    notifications_sent: dict[str, bool] = {}
    response: ApprovalResponse = ApprovalResponse()
    due_at: Instant | None


def request(approval: Approval, *, now: datetime) -> Amended[Approval]:
    return _record(approval, "pending", now=now, actor=approval.agent_name, reason=approval.action_summary)


def move(
    approval: Approval,
    status: ApprovalStatus,
    *,
    now: datetime,
    actor: str,
    reason: str,
    response: ApprovalResponse | None = None,
) -> Amended[Approval]:
    if status not in TRANSITIONS[approval.status]:
        raise ForbiddenTransition(f"approval {approval.id}: {approval.status} -> {status} is no step")
    return _record(
        approval, status, now=now, actor=actor, reason=reason,
        status=status, response=response or approval.response, due_at=None,
    )  # fmt: skip


def _record(
    approval: Approval, recorded: ApprovalStatus, *, now: datetime, actor: str, reason: str, **changes: Any
) -> Amended[Approval]:
    event, announces = _RECORDED[recorded]
    return amend(
        approval, now=now, actor=actor, event=event, action=f"Approval {recorded}", details={"reason": reason},
        announces=announces, payload={"approval_id": approval.id}, **changes,
    )  # fmt: skip
