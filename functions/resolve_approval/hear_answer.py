"""An approval has its answer: what was approved is looked at once more and carried out, exactly as it was asked, or
cancelled with the reason. The answer may have been written by an app: then this is where it is heard.

Carrying out happens once although deliveries repeat: what an earlier run of this has done is found, not done again.
"""

from datetime import datetime
from typing import Literal

from pydantic import ValidationError

from shared.approvals.approval import Approval, ApprovalResponse, carried_out, put_back, reminded
from shared.approvals.settle_approval import settled
from shared.asking import ask_round
from shared.asking.check_breaker import is_paused
from shared.asking.write_round import AGENT
from shared.ports import Clock, Deployment, Documents, Query, Snapshot, Update, Write
from shared.records.audit import record_fact
from shared.records.commit import fact, replace, until_committed
from shared.records.invalid import InvalidEvent
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_settings

ACTOR = "resolve_approval"

Outcome = Literal["carried out", "rejected", "expired", "cancelled", "put back", "nothing to do", "gone"]


def resolve_approval(approval_id: str, *, documents: Documents, clock: Clock, deployment: Deployment) -> Outcome:
    path = f"approvals/{approval_id}"
    heard: Outcome | Literal["approved"] = until_committed(lambda: _hear(path, documents, clock.now()), clock=clock)
    if heard == "approved" or heard == "nothing to do":
        return _carry_out(path, documents=documents, clock=clock, deployment=deployment)
    return heard


def approval_due(path: str, *, documents: Documents, clock: Clock, deployment: Deployment) -> bool:
    """What time has done to an approval: its reminder, its end, or that whoever should have carried it out is gone."""
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
    if not approval.waits:
        outcome = resolve_approval(approval.id, documents=documents, clock=clock, deployment=deployment)
        return outcome != "nothing to do"
    if now >= approval.expires_at:
        reason = "nobody answered in time"
        return documents.commit(
            *settled(snapshot, "expired", documents=documents, now=now, by="expire_outreach", reason=reason)
        )
    return documents.commit(*replace(reminded(approval, now=now, actor="expire_outreach"), snapshot))


def _set_aside(snapshot: Snapshot, reason: str, documents: Documents, now: datetime) -> bool:
    """It must not keep its place at the head of what is due."""
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


def _hear(path: str, documents: Documents, now: datetime) -> Outcome | Literal["approved"] | None:
    """An answer that an app wrote into the document becomes one of ours, or is put back where none was due."""
    snapshot = documents.get(path)
    if snapshot is None:
        return "gone"
    approval = _read(snapshot)
    if approval.status == approval.recorded_status:
        return "nothing to do"
    if approval.recorded_status != "pending" or approval.status == "pending":
        return "put back" if documents.commit(*replace(put_back(approval, now=now, actor=ACTOR), snapshot)) else None
    response = _completed(approval, now)
    verdict, reason = _judged(approval, response, now)
    by = response.responded_by or "console"
    writes = settled(snapshot, verdict, documents=documents, now=now, by=by, reason=reason, response=response)
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


def _carry_out(path: str, *, documents: Documents, clock: Clock, deployment: Deployment) -> Outcome:
    snapshot = documents.get(path)
    if snapshot is None:
        return "gone"
    approval = _read(snapshot)
    if approval.recorded_status != "approved" or approval.carried_out_at is not None:
        return "nothing to do"
    problem = _problem(approval, documents=documents, clock=clock, deployment=deployment)
    return until_committed(lambda: _write_down(path, problem, documents, clock.now()), clock=clock)


def _problem(approval: Approval, *, documents: Documents, clock: Clock, deployment: Deployment) -> str | None:
    """Why it was not done; None when it was."""
    if not approval.intact:
        return "the action is no longer the one that was asked about"
    if approval.agent_name != AGENT:
        return f"nobody carries out what {approval.agent_name} proposes"
    if accepted_settings(documents).mode_of(approval.agent_name) == "dry_run":
        return "only a dry run is made"
    if salon_of(documents, documents.salon_id).status == "paused":
        return "the salon is paused"
    if is_paused(approval.agent_name, documents=documents, now=clock.now()):
        return "the agent is paused"
    asked = ask_round.ask_approved(approval.decision_id, documents=documents, clock=clock, deployment=deployment)
    if isinstance(asked, ask_round.Asked) or _done_before(approval, documents):
        return None
    return asked.reason


def _done_before(approval: Approval, documents: Documents) -> bool:
    """Another delivery of the same answer may have done it while we asked, or died right after doing it."""
    query = Query("outreach", where=(("decision_id", "==", approval.decision_id),), limit=1)
    return bool(documents.query(query))


def _write_down(path: str, problem: str | None, documents: Documents, now: datetime) -> Outcome | None:
    snapshot = documents.get(path)
    if snapshot is None:
        return "gone"
    approval = _read(snapshot)
    if approval.recorded_status != "approved" or approval.carried_out_at is not None:
        return "nothing to do"
    writes: tuple[Write, ...]
    if problem is None:
        writes = replace(carried_out(approval, now=now, actor=ACTOR, result="done as it was asked"), snapshot)
        return "carried out" if documents.commit(*writes) else None
    writes = settled(snapshot, "cancelled", documents=documents, now=now, by=ACTOR, reason=problem)
    return "cancelled" if documents.commit(*writes) else None
