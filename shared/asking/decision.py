"""A decision: what an agent chose to do about something, and why.

Outcome: pending -> success | failed | expired | rejected
"""

from datetime import datetime
from typing import Any, ClassVar, Literal

from shared.messaging.outgoing import ForbiddenTransition
from shared.records.audit import Amended, amend
from shared.records.retention import YEAR, Kept
from shared.records.stored import Instant, Money, StateDocument, Stored
from shared.salon.settings import AutonomyLevel

Agent = Literal[
    "gap_fill_agent",
    "no_show_prevention_agent",
    "waitlist_agent",
    "retention_agent",
    "upsell_agent",
    "analytics_agent",
    "cleanup_agent",
]
GAP_FILL_AGENT: Agent = "gap_fill_agent"
DecisionType = Literal[
    "gap_fill",
    "no_show_prevention",
    "waitlist_promotion",
    "discount_offer",
    "dynamic_pricing",
    "retention",
    "upsell",
]
OutcomeStatus = Literal["pending", "success", "failed", "expired", "rejected"]

OUTCOMES: dict[OutcomeStatus, frozenset[OutcomeStatus]] = {
    "pending": frozenset({"success", "failed", "expired", "rejected"}),
    "success": frozenset(),
    "failed": frozenset(),
    "expired": frozenset(),
    "rejected": frozenset(),
}


class Context(Stored):
    trigger_id: str
    trigger_type: str
    customer_id: str | None = None
    staff_id: str | None = None
    service_id: str | None = None
    time_slot: Instant | None = None


class RevenueImpact(Stored):
    potential: Money
    actual: Money
    currency: str


class DecisionApproval(Stored):
    required: bool = False
    status: Literal["pending", "approved", "rejected", "expired", "cancelled", "not_required"] = "not_required"
    approval_id: str | None = None
    approved_by: str | None = None
    approved_at: Instant | None = None


class Outcome(Stored):
    status: OutcomeStatus = "pending"
    result: str | None = None
    completed_at: Instant | None = None
    booking_created_id: str | None = None


class Decision(StateDocument):
    """`considered` keeps every candidate, taken or not, with the reason. `settings_version` is the version of the
    settings it was decided by. `arms` says by unit which were held out, where a share of them is."""

    collection: ClassVar[str] = "autonomous_decisions"
    retained = Kept(2 * YEAR)
    resource_type: ClassVar[str] = "decision"

    agent_name: Agent
    decision_type: DecisionType
    autonomy_level: AutonomyLevel
    context: Context
    action_taken: str
    action_details: dict[str, Any]
    reasons: list[str]
    considered: list[dict[str, Any]]
    settings_version: int
    dry_run: bool
    revenue_impact: RevenueImpact
    approval: DecisionApproval = DecisionApproval()
    outcome: Outcome = Outcome()
    expires_at: Instant
    arms: dict[str, str] = {}

    @property
    def agent(self) -> str | None:
        return self.agent_name


def waiting_for(decision: Decision, approval_id: str, *, until: datetime) -> Decision:
    """The decision as it is first written when it waits for an approval before it is carried out."""
    approval = DecisionApproval(required=True, status="pending", approval_id=approval_id)
    return decision.changed(approval=approval, expires_at=until)


def without_outcome(decision: Decision, *, now: datetime) -> Decision:
    """The decision as it is first written when it does nothing, so that nothing more can come of it."""
    return decision.changed(outcome=Outcome(status="expired", result="nobody was asked", completed_at=now))


def decide(decision: Decision, *, now: datetime) -> Amended[Decision]:
    """Writes a decision for the first time."""
    return amend(
        decision,
        now=now,
        actor=decision.agent_name,
        event="decision_made",
        action=f"Decision: {decision.decision_type}",
        details={
            "decision_type": decision.decision_type,
            "autonomy_level": decision.autonomy_level,
            "action_taken": decision.action_taken,
            "reasons": decision.reasons,
            "dry_run": decision.dry_run,
        },
        announces="AUTONOMOUS_DECISION",
        payload={"decision_id": decision.id, "action_taken": decision.action_taken},
    )


def reconsidered(decision: Decision, again: Decision, *, now: datetime) -> Amended[Decision] | None:
    """Writes the same question as it was decided anew. None where every candidate stands as before, whatever their
    scores are now."""
    if decision.reasons == again.reasons and _standing(decision) == _standing(again):
        return None
    return amend(
        decision,
        now=now,
        actor=decision.agent_name,
        event="decision_made",
        action=f"Considered again: {decision.decision_type}",
        details={"action_taken": again.action_taken, "reasons": again.reasons, "dry_run": again.dry_run},
        **{name: getattr(again, name) for name in _RECONSIDERED},
    )


_RECONSIDERED = ("action_details", "reasons", "considered", "settings_version", "dry_run", "expires_at", "arms")


def _standing(decision: Decision) -> dict[Any, Any]:
    return {each["customer_id"]: each["excluded"] for each in decision.considered}


def approval_settled(
    decision: Decision,
    status: Literal["approved", "rejected", "expired", "cancelled"],
    *,
    by: str,
    reason: str,
    now: datetime,
) -> Amended[Decision]:
    """Records what became of the approval that the decision waits for. Anything but a yes is also its outcome, unless
    it has one already."""
    ended: dict[str, OutcomeStatus] = {"rejected": "rejected", "expired": "expired", "cancelled": "failed"}
    concluded = status in ended and decision.outcome.status == "pending"
    answered = status in ("approved", "rejected")
    return amend(
        decision,
        now=now,
        actor=by,
        event="decision_made",
        action=f"Approval: {status}",
        details={"reason": reason},
        approval=decision.approval.changed(
            status=status,
            approved_by=by if answered else decision.approval.approved_by,
            approved_at=now if answered else decision.approval.approved_at,
        ),
        outcome=Outcome(status=ended[status], result=reason, completed_at=now) if concluded else decision.outcome,
    )


def conclude(
    decision: Decision,
    *,
    status: OutcomeStatus,
    result: str,
    now: datetime,
    booking_id: str | None = None,
    revenue: Money | None = None,
) -> Amended[Decision] | None:
    """Writes the outcome of a decision, once: None when it has one."""
    if decision.outcome.status != "pending":
        return None
    if status not in OUTCOMES["pending"]:
        raise ForbiddenTransition(f"decision {decision.id}: pending -> {status} is no step")
    impact = decision.revenue_impact.changed(actual=revenue) if revenue is not None else decision.revenue_impact
    return amend(
        decision,
        now=now,
        actor=decision.agent_name,
        event="decision_made",
        action=f"Outcome: {status}",
        details={
            "decision_type": decision.decision_type,
            "decision_outcome": status,
            "result": result,
            "revenue": None if revenue is None else float(revenue),
            "currency": impact.currency,
        },
        outcome=Outcome(status=status, result=result, completed_at=now, booking_created_id=booking_id),
        revenue_impact=impact,
    )
