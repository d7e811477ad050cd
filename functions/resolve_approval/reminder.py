"""What an approval is announced for as time passes: its question once more, to the owner, and a yes that nobody has carried out."""

from datetime import datetime, timedelta

from shared.approvals.approval import CARRY_OUT_WITHIN, Approval
from shared.records.audit import Amended, amend

AT_LEAST_EVERY = timedelta(hours=1)
"""The longest time between two such announcements."""


def reminded(approval: Approval, *, now: datetime, actor: str) -> Amended[Approval]:
    """Has the owner reminded of the question, which happens once."""
    return amend(
        approval,
        now=now,
        actor=actor,
        event="approval_notified",
        action="Reminder requested",
        announces="AGENT_ACTION_REQUIRED",
        payload={"approval_id": approval.id, "reason": "approval_reminder"},
        reminded_at=now,
        due_at=approval.expires_at,
    )


def announced_again(approval: Approval, *, now: datetime, actor: str) -> Amended[Approval]:
    """Announces a yes once more, to whoever has not carried it out yet; the next time after twice as long."""
    waited = now - approval.updated_at
    again_at = now + min(max(2 * waited, CARRY_OUT_WITHIN), AT_LEAST_EVERY)
    return amend(
        approval,
        now=now,
        actor=actor,
        event="approval_granted",
        action="Announced again: not carried out yet",
        announces="APPROVAL_APPROVED",
        payload={"approval_id": approval.id},
        due_at=min(again_at, approval.useful_until),
    )
