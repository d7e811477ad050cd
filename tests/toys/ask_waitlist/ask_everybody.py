"""Asks everybody who waits and may be asked, as far as the limits reach, once for each gap."""

from decimal import Decimal
from functools import partial

from shared.asking.ask_people import ask_people
from shared.asking.decision import Context, Decision, RevenueImpact
from shared.asking.proposal import Allowed, Asked, Choice, Group, NobodyAsked, Proposal
from shared.ports import Clock, Documents, Reader
from shared.records.stored import natural_id


def ask_everybody(proposal: Proposal, *, documents: Documents, clock: Clock) -> Asked | NobodyAsked:
    """Asks the people of the proposal in their order. Nobody is asked later whom the limits left out."""
    id = natural_id("dec", proposal.agent, proposal.trigger_id)

    def load(reader: Reader) -> NobodyAsked | None:
        return NobodyAsked("asked about this before") if reader.get(f"autonomous_decisions/{id}") else None

    return ask_people(
        proposal,
        load=load,
        choose=partial(everybody, proposal, id),
        pointless=lambda: None,
        documents=documents,
        clock=clock,
    )


def everybody(proposal: Proposal, id: str, _: None, allowed: Allowed) -> Choice | NobodyAsked:
    chosen = tuple(each.id for each in proposal.ready(allowed)[: allowed.left])
    if not chosen:
        return NobodyAsked("nobody to ask")
    why_not = {id: excluded.reason for id, excluded in allowed.excluded.items()}
    decision = Decision(
        id=id,
        salon_id=proposal.salon.id,
        created_at=proposal.now,
        updated_at=proposal.now,
        agent_name=proposal.agent,
        decision_type="waitlist_promotion",
        autonomy_level="full_auto",
        context=Context(trigger_id=proposal.trigger_id, trigger_type=proposal.trigger_type),
        action_taken="outreach_initiated",
        action_details={"asked": list(chosen)},
        reasons=["they wait for it"],
        considered=[{"customer_id": each.id, "excluded": why_not.get(each.id)} for each in proposal.people],
        settings_version=proposal.settings.version,
        dry_run=not proposal.live,
        revenue_impact=RevenueImpact(potential=Decimal(0), actual=Decimal(0), currency=proposal.salon.currency),
        expires_at=max(each.deadline for each in proposal.people),
    )
    return Choice(alone=Group(chosen, decision))
