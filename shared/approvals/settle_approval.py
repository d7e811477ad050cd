"""Settles approvals. An approval and the decision that waits for it move in one commit, whoever moves them: one answer counts,
and both documents agree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.approvals.approval import Answered, Approval, ApprovalResponse, cancel, settle
from shared.asking.decision import Agent, Decision, approval_settled
from shared.messaging.tokens import binding
from shared.ports import Clock, Documents, Query, Snapshot, Write
from shared.records.audit import Amended
from shared.records.commit import until_committed, update

Action = Literal["approve", "reject"]
MOST_PENDING = 100


Verdict = Literal["approved", "rejected", "expired", "settled before", "another action", "no such approval"]


@dataclass(frozen=True)
class Settlement:
    """What came of an answer. `approval` is as it was before it."""

    verdict: Verdict
    approval: Approval | None


def answer(
    approval_id: str,
    action: Action,
    *,
    bound_to: str | None,
    by: str,
    documents: Documents,
    clock: Clock,
    struck: Sequence[str] = (),
    beside: Callable[[Verdict, Approval], tuple[Write, ...]] = lambda verdict, approval: (),
) -> Settlement:
    """Answers an approval, and returns what came of it. The first answer counts, whoever gives it and by whichever way.
    `bound_to` is the action that a token was made for, `struck` are the customers whom they take out of the round; what
    `beside` returns is written in the same commit."""

    def attempt() -> Settlement | None:
        snapshot = documents.get(f"approvals/{approval_id}")
        if snapshot is None:
            return Settlement("no such approval", None)
        approval = Approval.model_validate(snapshot.data)
        if bound_to is not None and bound_to != binding(approval.action_hash):
            return Settlement("another action", approval)
        if not approval.waits:
            return Settlement("settled before", approval)
        now = clock.now()
        verdict = _verdict(approval, action, now)
        writes = settled(
            snapshot,
            verdict,
            documents=documents,
            now=now,
            by=by,
            reason=f"{action} by {by}",
            response=ApprovalResponse(action=action, responded_by=by, responded_at=now, struck=list(struck)),
        )
        return Settlement(verdict, approval) if documents.commit(*writes, *beside(verdict, approval)) else None

    return until_committed(attempt, clock=clock)


def _verdict(approval: Approval, action: Action, now: datetime) -> Answered:
    if now >= approval.expires_at:
        return "expired"
    return "approved" if action == "approve" else "rejected"


def settled(
    snapshot: Snapshot,
    status: Answered,
    *,
    documents: Documents,
    now: datetime,
    by: str,
    reason: str,
    response: ApprovalResponse | None = None,
) -> tuple[Write, ...]:
    """The writes that settle an approval and its decision by an answer, or for want of one. Their commit fails when either
    document was written since it was read."""
    approval = Approval.model_validate(snapshot.data)
    moved = settle(approval, status, now=now, actor=by, reason=reason, response=response)
    return _with_decision(moved, status, snapshot, documents, now=now, by=by, reason=reason)


def called_off(
    snapshot: Snapshot,
    *,
    documents: Documents,
    now: datetime,
    by: str,
    reason: str,
    response: ApprovalResponse | None = None,
) -> tuple[Write, ...]:
    """The writes that cancel an approval and its decision. Their commit fails when either document was written since it was
    read."""
    approval = Approval.model_validate(snapshot.data)
    moved = cancel(approval, now=now, actor=by, reason=reason, response=response)
    return _with_decision(moved, "cancelled", snapshot, documents, now=now, by=by, reason=reason)


def _with_decision(
    moved: Amended[Approval],
    status: Answered | Literal["cancelled"],
    snapshot: Snapshot,
    documents: Documents,
    *,
    now: datetime,
    by: str,
    reason: str,
) -> tuple[Write, ...]:
    approval = moved.document
    found = documents.get(f"autonomous_decisions/{approval.decision_id}")
    if found is None:
        return update(moved, snapshot)
    decision = approval_settled(Decision.model_validate(found.data), status, by=by, reason=reason, now=now)
    return (*update(moved, snapshot), *update(decision, found))


def cancel_approvals(trigger_id: str, reason: str, *, agent: Agent, documents: Documents, clock: Clock) -> int:
    """Cancels what an agent has asked the owner about a gap that has closed, and returns how many approvals there were: those that
    wait for an answer, and those that were approved and not carried out yet."""
    query = Query(
        "approvals",
        where=(
            ("trigger_id", "==", trigger_id),
            ("agent_name", "==", agent),
            ("status", "in", ["pending", "approved"]),
        ),
    )
    return sum(_cancel(snapshot.path, reason, documents, clock, by=agent) for snapshot in documents.query(query))


def _cancel(path: str, reason: str, documents: Documents, clock: Clock, *, by: str) -> bool:
    def attempt() -> bool | None:
        snapshot = documents.get(path)
        if snapshot is None:
            return False
        approval = Approval.model_validate(snapshot.data)
        if approval.recorded_status != "pending" and not approval.to_be_carried_out:
            return False
        writes = called_off(snapshot, documents=documents, now=clock.now(), by=by, reason=reason)
        return documents.commit(*writes) or None

    return until_committed(attempt, clock=clock)


def waiting(documents: Documents, now: datetime) -> list[Approval]:
    """The approvals that wait for an answer, those that expire first at the head."""
    query = Query("approvals", where=(("status", "==", "pending"),), limit=MOST_PENDING)
    found = [Approval.model_validate(snapshot.data) for snapshot in documents.query(query)]
    return sorted(
        (each for each in found if each.waits and now < each.expires_at), key=lambda each: (each.expires_at, each.id)
    )
