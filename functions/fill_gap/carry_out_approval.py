"""Carries out what this agent proposed and the owner approved: exactly as it was asked, or, where that is no longer possible,
the approval is cancelled with the reason.

A yes is announced until this has happened, so it is heard more than once. The commit that carries it out notes so in the
approval, and fails where the approval has changed: nothing is done that is not approved at that moment.
"""

from typing import Literal

from functions.fill_gap import ask_round
from functions.fill_gap.round_documents import AGENT
from shared.approvals.approval import Approval
from shared.approvals.settle_approval import called_off
from shared.asking.check_breaker import is_paused
from shared.asking.proposal import Asked
from shared.ports import Clock, Deployment, Documents
from shared.records.commit import until_committed
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_settings

Outcome = Literal["carried out", "cancelled", "nothing to do", "another agent's", "gone"]


def carry_out_approval(approval_id: str, *, documents: Documents, clock: Clock, deployment: Deployment) -> Outcome:
    found = documents.get(f"approvals/{approval_id}")
    if found is None:
        return "gone"
    approval = Approval.model_validate(found.data)
    if approval.agent_name != AGENT:
        return "another agent's"
    if not approval.to_be_carried_out:
        return "nothing to do"
    problem = _problem(approval, documents, clock)
    if problem is None:
        asked = ask_round.ask_approved(approval, documents=documents, clock=clock, deployment=deployment)
        if isinstance(asked, Asked):
            return "carried out"
        problem = asked.reason
    return _call_off(approval, problem, documents, clock)


def _problem(approval: Approval, documents: Documents, clock: Clock) -> str | None:
    """Why nothing may be carried out for this approval at present, or None."""
    if not approval.intact:
        return "the action is no longer the one that was asked about"
    if accepted_settings(documents).mode_of(AGENT) == "dry_run":
        return "only a dry run is made"
    if salon_of(documents, documents.salon_id).status == "paused":
        return "the salon is paused"
    if is_paused(AGENT, documents=documents, now=clock.now()):
        return "the agent is paused"
    return None


def _call_off(approval: Approval, reason: str, documents: Documents, clock: Clock) -> Outcome:
    """Cancels the approval, unless somebody has carried it out meanwhile, or cancelled it."""

    def attempt() -> Outcome | None:
        found = documents.get(approval.path)
        if found is None:
            return "gone"
        if not Approval.model_validate(found.data).to_be_carried_out:
            return "nothing to do"
        writes = called_off(found, documents=documents, now=clock.now(), by=AGENT, reason=reason)
        return "cancelled" if documents.commit(*writes) else None

    return until_committed(attempt, clock=clock)
