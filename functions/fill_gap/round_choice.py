"""Whom a round of a gap asks of those who may be asked, and how its campaign goes on; and what of an approved round still
holds. Chosen under the lock of all asks, by what stands there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from functions.fill_gap.allowance import allowance_of, left_to
from functions.fill_gap.candidates import Candidate, most_given_away
from functions.fill_gap.discounts import discount_left
from functions.fill_gap.next_step import Ask
from functions.fill_gap.owner_question import asked_about_once
from functions.fill_gap.reply_model import Awaited
from functions.fill_gap.round_documents import (
    AGENT,
    RoundContext,
    bound_to,
    nobody_asked,
    question_about,
    round_decision,
)
from functions.fill_gap.round_plan import NoRound, RoundConditions, plan_round, without_round
from shared.approvals.approval import Approval, carried_out
from shared.asking.decision import Decision
from shared.asking.holdout import HELD_OUT
from shared.asking.limits import AskCounters
from shared.asking.proposal import Allowed, Choice, Group, NobodyAsked
from shared.calendar.gap import Gap, campaigned


@dataclass(frozen=True)
class RoundFacts:
    """The gap, the open gaps whose round is due, and the agent's approvals about this one, as they stand under the lock."""

    gap: Gap
    due: Sequence[Gap]
    questions: Sequence[Approval]


@dataclass(frozen=True)
class ApprovedFacts:
    """The open gap, the approval that is to be carried out, and its decision."""

    gap: Gap
    approval: Approval
    decision: Decision


def choose_round(
    candidates: Sequence[Candidate], step: Ask, context: RoundContext, facts: RoundFacts, allowed: Allowed
) -> Choice | NobodyAsked:
    """The round of these candidates, best first, or why it does not go out, with the campaign as it goes on."""
    settings, now, zone = context.settings, context.now, context.salon.zone
    before, arm = facts.gap.campaign, allowed.arms.get(facts.gap.id)
    gap = facts.gap.changed(campaign=before.drawn(arm)) if arm else facts.gap
    context = replace(context, gap=gap)
    candidates = asked_about_once(_with_exclusions(candidates, allowed), facts.questions, context)
    if arm == "held_out":
        return _held_out(candidates, context)
    conditions = RoundConditions(
        awaited=tuple(
            Awaited(offer.probability, now - offer.delivery.sent_at)
            if offer.delivery.sent_at
            else Awaited(offer.probability)
            for offer in context.offers
        ),
        allowance=allowance_of(
            gap, facts.due, agent=AGENT, counters=allowed.counters, settings=settings, now=now, zone=zone
        ),
        lead=gap.end_time - now,
    )
    step = replace(step, room=min(step.room, allowed.trial)) if allowed.trial is not None else step
    plan = plan_round(candidates, step, conditions, campaign=gap.campaign, settings=settings, now=now)
    if isinstance(plan, NoRound):
        campaign = without_round(gap.campaign, plan, step, open_offers=len(context.offers))
        moved = (campaigned(gap, campaign, now=now, actor=AGENT),) if campaign != before else ()
        return Choice(nobody=nobody_asked(plan, candidates, context), reason=plan.reason, moved=moved)
    if most_given_away(plan.chosen) > discount_left_to(context, allowed.counters):
        return NobodyAsked("another run gave the discount away")
    live = not context.dry_run
    campaign = gap.campaign.running(
        asked=len(plan.chosen) if live else 0, next_round_at=plan.next_at, now=now, wave=plan.wave if live else 0
    )
    alone = None
    if plan.chosen:
        asked = tuple(candidate.prospect.customer.id for candidate in plan.chosen)
        alone = Group(asked, round_decision(campaign.round, plan, plan.chosen, candidates, context), campaign.round)
    question = None
    if plan.supervised:
        question = question_about(plan.supervised, campaign.round, plan, candidates, context)
    after = campaign if live else campaign.ended("dry run: nobody is asked")
    return Choice(
        alone=alone,
        question=question,
        moved=(campaigned(gap, after, now=now, actor=AGENT, details={"predicted": round(plan.predicted, 4)}),),
        count=_counting(plan.chosen, context),
    )


def _held_out(candidates: Sequence[Candidate], context: RoundContext) -> Choice:
    """The campaign of a gap that is left alone: over before anybody is asked."""
    gap, now = context.gap, context.now
    ended = campaigned(gap, gap.campaign.ended(HELD_OUT), now=now, actor=AGENT, details={"reason": HELD_OUT})
    plan = NoRound(gap.expires_at, "held_out", HELD_OUT)
    return Choice(nobody=nobody_asked(plan, candidates, context), reason=HELD_OUT, moved=(ended,))


def still_approved(
    approval: Approval, candidates: Sequence[Candidate], context: RoundContext
) -> tuple[list[Candidate], dict[str, str]]:
    """Those of the people in the approved round whom the same would be offered now, in the order of the round; and by customer
    why the others are not asked."""
    found = {candidate.prospect.customer.id: candidate for candidate in candidates}
    standing: list[Candidate] = []
    not_asked: dict[str, str] = {}
    for wanted in approval.people:
        customer_id = wanted["customer_id"]
        candidate = found.get(customer_id)
        if customer_id in approval.response.struck:
            not_asked[customer_id] = "struck by the owner"
        elif candidate is None:
            not_asked[customer_id] = "the customer can no longer be asked"
        elif candidate.excluded is not None:
            not_asked[customer_id] = f"the customer can no longer be asked: {candidate.excluded}"
        elif bound_to(candidate, context) != wanted:
            not_asked[customer_id] = "what was approved is no longer what would be offered"
        else:
            standing.append(candidate)
    return standing, not_asked


def choose_approved(
    candidates: Sequence[Candidate],
    not_asked: Mapping[str, str],
    context: RoundContext,
    facts: ApprovedFacts,
    allowed: Allowed,
) -> Choice | NobodyAsked:
    """Whoever of the approved round may still be asked, or why nobody may. `not_asked` are those who fell out before."""
    gap, settings, now, zone = facts.gap, context.settings, context.now, context.salon.zone
    context = replace(context, gap=gap)
    left = left_to(gap, agent=AGENT, counters=allowed.counters, settings=settings, now=now, zone=zone)
    affordable = discount_left_to(context, allowed.counters)
    chosen: list[Candidate] = []
    why_not = dict(not_asked)
    for candidate in _with_exclusions(candidates, allowed):
        reason = candidate.excluded
        if reason is None and candidate.prospect.customer.address in {
            each.prospect.customer.address for each in chosen
        }:
            reason = "asked already under another name"
        elif reason is None and len(chosen) >= left:
            reason = "the salon's limit of asks is reached"
        elif reason is None and most_given_away([candidate]) > affordable:
            reason = "the day's discounts are given away already"
        elif reason is None and gap.campaign.asked + len(chosen) >= settings.offers.max_asks_per_gap:
            reason = "as many customers were asked as one gap may ask"
        if reason is None:
            chosen.append(candidate)
        else:
            why_not[candidate.prospect.customer.id] = reason
    if not chosen:
        return NobodyAsked(nobody_left(facts.approval, why_not))
    asked = tuple(candidate.prospect.customer.id for candidate in chosen)
    campaign = gap.campaign.having_asked(len(asked), now).changed(wave=gap.campaign.wave + len(asked))
    done = f"{len(asked)} of {len(facts.approval.people)} asked" if why_not else "done as it was asked"
    return Choice(
        alone=Group(asked, facts.decision, gap.campaign.round),
        moved=(
            carried_out(facts.approval, now=now, actor=AGENT, result=done, not_asked=why_not),
            campaigned(gap, campaign, now=now, actor=AGENT, details={"decision_id": facts.decision.id}),
        ),
        count=_counting(chosen, context),
    )


def nobody_left(approval: Approval, why_not: Mapping[str, str]) -> str:
    """Why nothing of an approved round is carried out: the reason of who would have gone first."""
    return next((why_not[each["customer_id"]] for each in approval.people), "nobody is in it")


def discount_left_to(context: RoundContext, counters: AskCounters) -> Decimal:
    """How much the discounts that a round offers may still cost today."""
    given_away = counters.given_away_on(context.now, context.salon.zone)
    return discount_left(context.settings.discounts, given_away=given_away)


def _with_exclusions(candidates: Sequence[Candidate], allowed: Allowed) -> list[Candidate]:
    """The candidates as they stand under the lock."""
    excluded = allowed.excluded
    return [
        each.excluded_by(excluded[each.prospect.customer.id]) if each.prospect.customer.id in excluded else each
        for each in candidates
    ]


def _counting(chosen: Sequence[Candidate], context: RoundContext) -> Callable[[AskCounters], AskCounters]:
    """What a round counts besides its asks: those for idle time, and what its discount can cost."""
    now, zone = context.now, context.salon.zone

    def count(counters: AskCounters) -> AskCounters:
        if context.gap.origin == "idle":
            counters = counters.counted_for_idle(AGENT, len(chosen), now=now, zone=zone)
        return counters.gave_away(most_given_away(chosen), now, zone)

    return count
