"""Asks whoever has the booking, once."""

from decimal import Decimal
from functools import partial

from shared.asking.ask_people import ask_people
from shared.asking.decision import Context, Decision, RevenueImpact
from shared.asking.proposal import Allowed, Asked, Choice, Group, NobodyAsked, Proposal
from shared.ports import Clock, Documents, Reader
from shared.records.stored import natural_id


def ask_once(proposal: Proposal, *, documents: Documents, clock: Clock) -> Asked | NobodyAsked:
    id = natural_id("dec", proposal.agent, proposal.trigger_id)

    def load(reader: Reader) -> NobodyAsked | None:
        return NobodyAsked("asked about this before") if reader.get(f"autonomous_decisions/{id}") else None

    return ask_people(
        proposal,
        load=load,
        choose=partial(if_allowed, proposal, id),
        pointless=lambda: None,
        documents=documents,
        clock=clock,
    )


def if_allowed(proposal: Proposal, id: str, _: None, allowed: Allowed) -> Choice | NobodyAsked:
    [asked] = proposal.people
    if asked.id in allowed.excluded or allowed.left == 0:
        return NobodyAsked("they may not be asked")
    decision = Decision(
        id=id,
        salon_id=proposal.salon.id,
        created_at=proposal.now,
        updated_at=proposal.now,
        agent_name=proposal.agent,
        decision_type="no_show_prevention",
        autonomy_level="full_auto",
        context=Context(trigger_id=proposal.trigger_id, trigger_type=proposal.trigger_type),
        action_taken="outreach_initiated",
        action_details={"asked": [asked.id]},
        reasons=["they come within a day"],
        considered=[{"customer_id": asked.id, "excluded": None}],
        settings_version=proposal.settings.version,
        dry_run=not proposal.live,
        revenue_impact=RevenueImpact(potential=Decimal(0), actual=Decimal(0), currency=proposal.salon.currency),
        expires_at=asked.deadline,
    )
    return Choice(alone=Group((asked.id,), decision))
