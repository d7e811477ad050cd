"""Whom a round of a gap asks of those who may be asked, and how its campaign goes on; and what of an approved round still
holds. Chosen under the lock of all asks, by what stands there."""

from collections.abc import Callable, Sequence
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
    nobody_asked,
    question_about,
    round_decision,
)
from functions.fill_gap.round_plan import NoRound, RoundConditions, plan_round, without_round
from shared.approvals.approval import Approval, carried_out
from shared.asking.decision import Decision
from shared.asking.limits import AskCounters
from shared.asking.proposal import Allowed, Choice, Group, NobodyAsked
from shared.calendar.gap import Gap, campaigned


@dataclass(frozen=True)
class RoundFacts:
    """The gap, the open gaps whose round is due, and the approvals about this one, as they stand under the lock."""

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
    gap, settings, now, zone = facts.gap, context.settings, context.now, context.salon.zone
    context = replace(context, gap=gap)
    candidates = asked_about_once(_with_exclusions(candidates, allowed), facts.questions, context)
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
        moved = (campaigned(gap, campaign, now=now, actor=AGENT),) if campaign != gap.campaign else ()
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
    question = [question_about(each, campaign.round, plan, candidates, context) for each in plan.supervised]
    after = campaign if live else campaign.ended("dry run: nobody is asked")
    return Choice(
        alone=alone,
        question=question[0] if question else None,
        moved=(campaigned(gap, after, now=now, actor=AGENT, details={"predicted": round(plan.predicted, 4)}),),
        count=_counting(plan.chosen, context),
    )


def choose_approved(
    candidates: Sequence[Candidate], context: RoundContext, facts: ApprovedFacts, allowed: Allowed
) -> Choice | NobodyAsked:
    """What the owner approved, as far as it still holds, or why nothing of it does."""
    [candidate] = _with_exclusions(candidates, allowed)
    gap, settings, now, zone = facts.gap, context.settings, context.now, context.salon.zone
    context = replace(context, gap=gap)
    left = left_to(gap, agent=AGENT, counters=allowed.counters, settings=settings, now=now, zone=zone)
    if candidate.excluded:
        return NobodyAsked(candidate.excluded)
    if left <= 0:
        return NobodyAsked("the salon's limit of asks is reached")
    if most_given_away([candidate]) > discount_left_to(context, allowed.counters):
        return NobodyAsked("the day's discounts are given away already")
    if gap.campaign.asked >= settings.offers.max_asks_per_gap:
        return NobodyAsked("as many customers were asked as one gap may ask")
    campaign = gap.campaign.having_asked(1, now).changed(wave=gap.campaign.wave + 1)
    return Choice(
        alone=Group((candidate.prospect.customer.id,), facts.decision, gap.campaign.round),
        moved=(
            carried_out(facts.approval, now=now, actor=AGENT, result="done as it was asked"),
            campaigned(gap, campaign, now=now, actor=AGENT, details={"decision_id": facts.decision.id}),
        ),
        count=_counting([candidate], context),
    )


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
