"""The owner's yes or no: pending -> approved | rejected | expired | cancelled, and approved -> cancelled when what was
approved can no longer be carried out."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from shared.asking.decision import Agent, Decision
from shared.messaging.outgoing import ForbiddenTransition
from shared.records.audit import Amended, AuditWord, amend
from shared.records.events import EventType
from shared.records.retention import YEAR, Kept
from shared.records.stored import Instant, StateDocument, Stored, natural_id
from shared.salon.settings import SalonSettings

ApprovalStatus = Literal["pending", "approved", "rejected", "expired", "cancelled"]
Answered = Literal["approved", "rejected", "expired"]
Priority = Literal["low", "medium", "high", "urgent"]

STARTS_WITHIN: tuple[tuple[timedelta, Priority], ...] = (
    (timedelta(hours=2), "urgent"),
    (timedelta(hours=6), "high"),
    (timedelta(hours=24), "medium"),
)

TRANSITIONS: dict[ApprovalStatus, frozenset[ApprovalStatus]] = {
    "pending": frozenset({"approved", "rejected", "expired", "cancelled"}),
    "approved": frozenset({"cancelled"}),
    "rejected": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
}

_ANSWERED: dict[Answered, tuple[AuditWord, EventType]] = {
    "approved": ("approval_granted", "APPROVAL_APPROVED"),
    "rejected": ("approval_rejected", "APPROVAL_REJECTED"),
    "expired": ("approval_expired", "APPROVAL_EXPIRED"),
}


CARRY_OUT_WITHIN = timedelta(minutes=2)
"""How long what was approved may take to be carried out: then the approval is announced again, and after that each time when
twice as long has passed."""


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return moment if isinstance(moment, datetime) and moment.tzinfo is not None else None


def _ids(value: Any) -> list[str]:
    return [id for id in value if isinstance(id, str)] if isinstance(value, list | tuple) else []


Text = Annotated[str | None, BeforeValidator(lambda value: value if isinstance(value, str) else None)]


class ApprovalResponse(Stored):
    """Apps write it too, so what they got wrong in it is no reason not to hear the answer. `struck` are customers whom the owner
    takes out of the round that they approve: it makes the round shorter and can do nothing else, so an id that is not in the
    round means nothing."""

    action: Annotated[
        Literal["approve", "reject"] | None,
        BeforeValidator(lambda value: value if value in ("approve", "reject") else None),
    ] = None
    responded_by: Text = None
    responded_at: Annotated[Instant | None, BeforeValidator(_moment)] = None
    notes: Text = None
    struck: Annotated[list[str], BeforeValidator(_ids)] = []


class Approval(StateDocument):
    """Bound to exactly one action: `action_hash` is what the answer is given to. An app may write `status` and
    `response`, nothing else; `recorded_status` is the last status we wrote ourselves, so that the two tell its answer
    apart from ours. `not_asked` says by customer why not everybody whom the owner approved was asked."""

    collection: ClassVar[str] = "approvals"
    retained = Kept(YEAR)
    resource_type: ClassVar[str] = "approval"

    decision_id: str
    agent_name: Agent
    action_type: str
    action_summary: str
    action_details: dict[str, Any]
    action_hash: str
    priority: Priority
    trigger_id: str
    status: ApprovalStatus = "pending"
    recorded_status: ApprovalStatus = "pending"
    expires_at: Instant
    useful_until: Instant
    notifications_sent: dict[str, bool] = {}
    response: ApprovalResponse = ApprovalResponse()
    reminded_at: Instant | None = None
    carried_out_at: Instant | None = None
    not_asked: dict[str, str] = {}
    due_at: Instant | None

    @property
    def agent(self) -> str | None:
        return self.agent_name

    @property
    def waits(self) -> bool:
        """Whether the question still waits for somebody's answer."""
        return self.status == self.recorded_status == "pending"

    @property
    def settled_as(self) -> ApprovalStatus:
        """How the question ended, as people are told who look at one that no longer waits. What an app has answered counts although
        we have not taken it in yet, and what nobody answered has expired although we have not written that yet."""
        answered = self.status if self.recorded_status == "pending" else self.recorded_status
        return "expired" if answered == "pending" else answered

    @property
    def to_be_carried_out(self) -> bool:
        """Whether the action is approved and nobody has carried it out yet."""
        return self.recorded_status == "approved" and self.carried_out_at is None

    @property
    def people(self) -> list[dict[str, Any]]:
        """The people whom the action is about, who goes first first, each with what they would be asked."""
        people: list[dict[str, Any]] = self.action_details.get("people", [])
        return people

    @property
    def intact(self) -> bool:
        """Whether the stored action is still the one that was asked about."""
        return action_hash(self.action_details) == self.action_hash


def approval_id(decision_id: str) -> str:
    return natural_id("apr", decision_id)


def approval_for(
    decision: Decision,
    *,
    action: dict[str, Any],
    summary: str,
    starts_at: datetime,
    useful_until: datetime,
    settings: SalonSettings,
    now: datetime,
) -> Approval:
    """The question to the owner that this decision waits for. `action` is all that will be carried out; from `useful_until` on
    there is no point in it. The approval comes due for its one reminder when half of its time has passed."""
    expires_at = min(now + timedelta(minutes=settings.approval_ttl_minutes), useful_until)
    return Approval(
        id=approval_id(decision.id),
        salon_id=decision.salon_id,
        created_at=now,
        updated_at=now,
        decision_id=decision.id,
        agent_name=decision.agent_name,
        action_type=decision.decision_type,
        action_summary=summary,
        action_details=action,
        action_hash=action_hash(action),
        priority=priority(starts_at, now=now),
        trigger_id=decision.context.trigger_id,
        expires_at=expires_at,
        useful_until=useful_until,
        due_at=now + (expires_at - now) / 2,
    )


def action_hash(action: dict[str, Any]) -> str:
    """The hash of an action, the same before and after storage, where a client may turn 50.0 into 50 and instants into another
    zone's."""
    return hashlib.sha256(json.dumps(_canonical(action), sort_keys=True).encode()).hexdigest()


def priority(starts_at: datetime, *, now: datetime) -> Priority:
    """How urgent a question is about time that starts then."""
    return next((priority for within, priority in STARTS_WITHIN if starts_at - now <= within), "low")


def _canonical(value: Any) -> Any:
    match value:
        case dict():
            return {str(name): _canonical(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_canonical(inner) for inner in value]
        case datetime():
            return value.astimezone(UTC).isoformat()
        case float() if value.is_integer():
            return int(value)
        case None | bool() | int() | float() | str():
            return value
    raise ValueError(f"expected an action of plain values and instants, found {type(value).__name__}")


def request(approval: Approval, *, now: datetime) -> Amended[Approval]:
    """Writes an approval for the first time, and has the owner asked."""
    return _record(
        approval,
        "pending",
        now=now,
        actor=approval.agent_name,
        event="approval_requested",
        announces="APPROVAL_REQUESTED",
        reason=approval.action_summary,
    )


def settle(
    approval: Approval,
    status: Answered,
    *,
    now: datetime,
    actor: str,
    reason: str,
    response: ApprovalResponse | None = None,
) -> Amended[Approval]:
    """Settles an approval by the answer that it got, or as one that got none in time."""
    event, announces = _ANSWERED[status]
    return _move(
        approval, status, now=now, actor=actor, event=event, announces=announces, reason=reason, response=response
    )


def cancel(
    approval: Approval, *, now: datetime, actor: str, reason: str, response: ApprovalResponse | None = None
) -> Amended[Approval]:
    """Cancels an approval, whether it waits for its answer or to be carried out."""
    return _move(
        approval,
        "cancelled",
        now=now,
        actor=actor,
        event="approval_cancelled",
        announces="APPROVAL_CANCELLED",
        reason=reason,
        response=response,
    )


def _move(
    approval: Approval,
    status: ApprovalStatus,
    *,
    now: datetime,
    actor: str,
    event: AuditWord,
    announces: EventType,
    reason: str,
    response: ApprovalResponse | None = None,
) -> Amended[Approval]:
    """Moves an approval to a status, from the one that we recorded last, whatever an app has written over it. The only place
    that assigns the status of an approval."""
    was = approval.recorded_status
    if status not in TRANSITIONS[was]:
        raise ForbiddenTransition(f"approval {approval.id}: {was} -> {status} is no step")
    return _record(
        approval,
        status,
        now=now,
        actor=actor,
        event=event,
        announces=announces,
        reason=reason,
        was=was,
        status=status,
        recorded_status=status,
        response=response or approval.response,
        due_at=now + CARRY_OUT_WITHIN if status == "approved" else None,
    )


def put_back(approval: Approval, *, now: datetime, actor: str) -> Amended[Approval]:
    """Restores the recorded status of an approval that an app has answered although it had its answer."""
    return amend(
        approval,
        now=now,
        actor=actor,
        event="data_set_aside",
        severity="warning",
        action=f"An answer after the answer: {approval.recorded_status} stays",
        details={"written": approval.status},
        status=approval.recorded_status,
    )


def carried_out(
    approval: Approval, *, now: datetime, actor: str, result: str, not_asked: Mapping[str, str] | None = None
) -> Amended[Approval]:
    """Records that the approved action has been carried out, and why not everybody in it was asked."""
    left_out = dict(not_asked or {})
    return amend(
        approval,
        now=now,
        actor=actor,
        event="approval_carried_out",
        action="Approved action carried out",
        details={"result": result, **({"not_asked": left_out} if left_out else {})},
        carried_out_at=now,
        not_asked=left_out,
        due_at=None,
    )


def _record(
    approval: Approval,
    recorded: ApprovalStatus,
    *,
    now: datetime,
    actor: str,
    event: AuditWord,
    announces: EventType,
    reason: str,
    was: ApprovalStatus | None = None,
    **changes: Any,
) -> Amended[Approval]:
    waited = (now - approval.created_at).total_seconds() if recorded in ("approved", "rejected") else None
    return amend(
        approval,
        now=now,
        actor=actor,
        event=event,
        action=f"Approval {recorded}",
        details={"reason": reason, "approval_seconds": waited},
        announces=announces,
        # Its reason may name people, and announcements do not.
        payload={"approval_id": approval.id, "was": was},
        **changes,
    )
