"""Takes in the answer to an approval that an app has written into its document, and moves approvals on as time passes: reminds,
expires, and announces a yes again until somebody has carried it out."""

from datetime import datetime
from typing import Literal

from pydantic import ValidationError

from functions.resolve_approval.reminder import announced_again, reminded
from shared.approvals.approval import Approval, ApprovalResponse, put_back
from shared.approvals.settle_approval import called_off, settled
from shared.ports import Clock, Documents, Snapshot, Update
from shared.records.audit import record_fact
from shared.records.commit import fact, until_committed, update
from shared.records.invalid import InvalidEvent

ACTOR = "resolve_approval"

Outcome = Literal["approved", "rejected", "expired", "cancelled", "put back", "nothing to do", "gone"]


def resolve_approval(approval_id: str, *, documents: Documents, clock: Clock) -> Outcome:
    """Settles the approval by what an app has written into it, and returns how."""
    return until_committed(lambda: _hear(f"approvals/{approval_id}", documents, clock.now()), clock=clock)


def approval_due(path: str, *, documents: Documents, clock: Clock) -> bool:
    """Moves on the approval at this path, if it is due, and returns whether that was done: it is reminded of, expires, or is
    announced again because nobody has carried it out yet."""
    snapshot = documents.get(path)
    if snapshot is None:
        return False
    now = clock.now()
    try:
        approval = _read(snapshot)
    except InvalidEvent as unreadable:
        return _set_aside(snapshot, str(unreadable), documents, now)
    if approval.due_at is None or approval.due_at > now:
        return False
    if approval.status != approval.recorded_status:
        return resolve_approval(approval.id, documents=documents, clock=clock) != "nothing to do"
    if approval.to_be_carried_out:
        return _announce_again(approval, snapshot, documents, now)
    if not approval.waits:
        return False
    if now >= approval.expires_at:
        reason = "nobody answered in time"
        return documents.commit(*settled(snapshot, "expired", documents=documents, now=now, by=ACTOR, reason=reason))
    return documents.commit(*update(reminded(approval, now=now, actor=ACTOR), snapshot))


def _announce_again(approval: Approval, snapshot: Snapshot, documents: Documents, now: datetime) -> bool:
    if now < approval.useful_until:
        return documents.commit(*update(announced_again(approval, now=now, actor=ACTOR), snapshot))
    reason = "nobody carried it out in time"
    return documents.commit(*called_off(snapshot, documents=documents, now=now, by=ACTOR, reason=reason))


def _set_aside(snapshot: Snapshot, reason: str, documents: Documents, now: datetime) -> bool:
    """Takes an approval that cannot be read off the due documents, where it would stand at the head for ever."""
    record = record_fact(
        salon_id=documents.salon_id,
        resource_type="approval",
        resource_id=snapshot.id,
        version=snapshot.update_time,
        now=now,
        actor=ACTOR,
        event="data_set_aside",
        action="An approval that cannot be read was set aside",
        details={"reason": reason},
        severity="warning",
    )
    return documents.commit(Update(snapshot.path, {"due_at": None}, unchanged_since=snapshot.version), fact(record))


def _read(snapshot: Snapshot) -> Approval:
    try:
        return Approval.model_validate(snapshot.data)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors())
        raise InvalidEvent(
            f"expected approval {snapshot.id} as it was stored, found it unreadable in {wrong}"
        ) from None


def _hear(path: str, documents: Documents, now: datetime) -> Outcome | None:
    """Takes in the answer that an app wrote into the approval, or restores the status where no answer was due."""
    snapshot = documents.get(path)
    if snapshot is None:
        return "gone"
    approval = _read(snapshot)
    if approval.status == approval.recorded_status:
        return "nothing to do"
    if approval.recorded_status != "pending" or approval.status == "pending":
        return "put back" if documents.commit(*update(put_back(approval, now=now, actor=ACTOR), snapshot)) else None
    response = _completed(approval, now)
    verdict, reason = _judged(approval, response, now)
    by = response.responded_by or "console"
    writes = (
        called_off(snapshot, documents=documents, now=now, by=by, reason=reason, response=response)
        if verdict == "cancelled"
        else settled(snapshot, verdict, documents=documents, now=now, by=by, reason=reason, response=response)
    )
    return verdict if documents.commit(*writes) else None


def _completed(approval: Approval, now: datetime) -> ApprovalResponse:
    meant: dict[str, Literal["approve", "reject"]] = {"approved": "approve", "rejected": "reject"}
    response = approval.response
    return response.changed(
        action=response.action or meant.get(approval.status),
        responded_by=response.responded_by or "console",
        responded_at=response.responded_at or now,
    )


def _judged(
    approval: Approval, response: ApprovalResponse, now: datetime
) -> tuple[Literal["approved", "rejected", "expired", "cancelled"], str]:
    by = response.responded_by
    if now >= approval.expires_at or approval.status == "expired":
        return "expired", f"answered by {by} after its time"
    match approval.status, response.action:
        case ("rejected", "approve") | ("approved", "reject"):
            return "cancelled", "the answer contradicts itself"
        case "rejected", _:
            return "rejected", f"reject by {by}"
        case "cancelled", _:
            return "cancelled", f"called off by {by}"
    return "approved", f"approve by {by}"
