"""Asks customers about a gap: one round, or exactly what the owner approved.

A round is one transaction that requires the campaign to be where it was when the round was planned, so simultaneous events
cannot overshoot; the salon's limits and the customers' are counted in it, under a lock that all agents share.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from functions.fill_gap.allowance import TURN, WAITS, allowance_of, left_to
from functions.fill_gap.candidates import Candidate, judged, most_given_away
from functions.fill_gap.check_again import asked_about_once, checked_again
from functions.fill_gap.criteria import Criteria
from functions.fill_gap.discounts import discount_left, discount_of_round
from functions.fill_gap.find_prospects import find_prospects
from functions.fill_gap.load_staff_name import load_staff_name
from functions.fill_gap.next_step import Ask
from functions.fill_gap.reply_model import Awaited
from functions.fill_gap.round_plan import (
    NoRound,
    Round,
    RoundConditions,
    for_idle_time,
    one_each,
    plan_round,
    without_round,
)
from functions.fill_gap.settings import Settings
from functions.fill_gap.write_round import (
    AGENT,
    RoundContext,
    action_for,
    action_of,
    asking,
    key_of,
    nobody_asked,
    proposal,
    round_decision,
)
from shared.approvals.approval import Approval, carried_out
from shared.asking.acceptance_rates import AcceptanceRates
from shared.asking.count_asks import counted, counters_of, counters_to_change
from shared.asking.decision import Decision, decide
from shared.asking.limits import AskCounters
from shared.calendar.gap import Gap, campaigned
from shared.calendar.load_calendar import given_back
from shared.calendar.load_rooms import rooms_taken
from shared.calendar.service import Service
from shared.ports import Clock, Deployment, Documents, Query, Reader, Snapshot, Transaction, Write
from shared.records.commit import create, update
from shared.records.hold_locks import holding, release
from shared.records.read_documents import readable
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_as

ASKS_LOCK = "locks/asks"
DUE_AT_MOST = 50
"""How many gaps whose round is due, its own among them, a round reads to find those that go before it."""


@dataclass(frozen=True)
class Asked:
    customers: int


@dataclass(frozen=True)
class NobodyAsked:
    reason: str


def ask_round(context: RoundContext, step: Ask, *, documents: Documents, clock: Clock) -> Asked | NobodyAsked:
    counters = counters_of(documents)
    candidates = _candidates(context, counters, documents)

    def work(transaction: Transaction) -> Asked | NobodyAsked:
        due = _gaps_due(context, documents)
        return _round(transaction, context, candidates, due, step, load_staff_name(context.gap, documents))

    def elsewhere() -> NobodyAsked | None:
        latest = documents.get(context.gap.path)
        moved = latest is None or Gap.model_validate(latest.data).campaign != context.gap.campaign
        return NobodyAsked("another run was faster") if moved else None

    return _under_the_lock(work, elsewhere, documents=documents, clock=clock)


def ask_approved(
    approval: Approval, *, documents: Documents, clock: Clock, deployment: Deployment
) -> Asked | NobodyAsked:
    """Asks exactly what the owner approved: the same customer, slot and discount, or nobody where one of them no longer holds.
    The commit that asks notes in the approval that it is carried out."""
    found = documents.get(f"autonomous_decisions/{approval.decision_id}")
    decision = Decision.model_validate(found.data) if found else None
    if decision is None:
        return NobodyAsked("no such decision")
    snapshot = documents.get(f"gaps/{decision.context.trigger_id}")
    gap = Gap.model_validate(snapshot.data) if snapshot else None
    if gap is None or not gap.is_open:
        return NobodyAsked("the time is no longer free")
    salon, settings = salon_of(documents, documents.salon_id), accepted_as(Settings, documents)
    context = RoundContext(gap, salon, settings, (), clock.now(), deployment.signing_key)
    wanted = action_of(decision)
    judged_now = _candidates(context, counters_of(documents), documents, discount=wanted["discount_percent"])
    candidate = next((c for c in judged_now if c.prospect.customer.id == wanted["customer_id"]), None)
    if candidate is None:
        return NobodyAsked("the customer can no longer be asked")
    if candidate.excluded is not None:
        return NobodyAsked(f"the customer can no longer be asked: {candidate.excluded}")
    if action_for(candidate, gap) != wanted:
        return NobodyAsked("what was approved is no longer what would be offered")

    def work(transaction: Transaction) -> Asked | NobodyAsked:
        return _carry_out(transaction, context, candidate, approval, load_staff_name(gap, documents))

    # Other rounds may go out first: only the end of the gap is a reason to wait no longer.
    def closed() -> NobodyAsked | None:
        latest = documents.get(gap.path)
        over = latest is None or not Gap.model_validate(latest.data).is_open
        return NobodyAsked("the time is no longer free") if over else None

    return _under_the_lock(work, closed, documents=documents, clock=clock)


def _under_the_lock(
    work: Callable[[Transaction], Asked | NobodyAsked],
    pointless: Callable[[], NobodyAsked | None],
    *,
    documents: Documents,
    clock: Clock,
) -> Asked | NobodyAsked:
    return holding([ASKS_LOCK], lambda: documents.transact(work), documents=documents, clock=clock, pointless=pointless)


def _candidates(
    context: RoundContext, counters: AskCounters, documents: Documents, discount: float | None = None
) -> list[Candidate]:
    gap, settings, now = context.gap, context.settings, context.now
    pool = settings.offers.candidate_pool
    prospects = find_prospects(gap, pool=pool, documents=documents, signing_key=context.signing_key, now=now)
    learned = documents.get(AcceptanceRates.path)
    freed = given_back(gap, documents)
    services = _services(gap, documents)
    criteria = Criteria(
        salon=context.salon,
        services=services,
        settings=settings,
        learned=AcceptanceRates.model_validate(learned.data) if learned else AcceptanceRates(),
        now=now,
        cancelled_by=frozenset(booking.customer_id for booking in freed if booking.customer_id),
        discount=discount_of_round(gap.campaign, settings.discounts) if discount is None else discount,
        discount_left=_discount_left(context, counters) if discount is None else None,
        chain_depth=max((booking.chain_depth for booking in freed), default=0),
        rooms_taken=rooms_taken(services.values(), gap.stretch, documents),
    )
    found = judged(prospects, gap, criteria)
    return for_idle_time(found, settings) if gap.origin == "idle" else found


def _gaps_due(context: RoundContext, documents: Reader) -> list[Gap]:
    """The open gaps whose round is due about now. They are read under the lock of all rounds, so that a turn that was just taken
    is seen, and outside the transaction, so that none of them is held. One that cannot be read has no turn."""
    query = Query(
        "gaps",
        where=(
            ("status", "==", "open"),
            ("campaign.next_round_at", ">", context.now - TURN),
            ("campaign.next_round_at", "<=", context.now + WAITS),
        ),
        limit=DUE_AT_MOST,
    )
    return readable(Gap, documents.query(query))


def _discount_left(context: RoundContext, counters: AskCounters) -> Decimal:
    return discount_left(context.settings.discounts, given_away=counters.given_away_on(context.now, context.salon.zone))


def _round(
    transaction: Transaction,
    context: RoundContext,
    candidates: list[Candidate],
    due: Sequence[Gap],
    step: Ask,
    staff_name: str,
) -> Asked | NobodyAsked:
    settings, now, zone = context.settings, context.now, context.salon.zone
    found = transaction.get(context.gap.path)
    counters, counters_read = counters_to_change(transaction)
    candidates = checked_again(candidates, counters, transaction, context)
    candidates = asked_about_once(candidates, transaction, context)
    gap = Gap.model_validate(found.data) if found else None
    if gap is None or gap.campaign != context.gap.campaign:
        transaction.write(*release([ASKS_LOCK]))
        return NobodyAsked("another run was faster")
    context = replace(context, gap=gap)
    conditions = RoundConditions(
        awaited=tuple(
            Awaited(offer.probability, now - offer.delivery.sent_at)
            if offer.delivery.sent_at
            else Awaited(offer.probability)
            for offer in context.offers
        ),
        allowance=allowance_of(gap, due, agent=AGENT, counters=counters, settings=settings, now=now, zone=zone),
        lead=gap.end_time - now,
    )
    plan = plan_round(candidates, step, conditions, campaign=gap.campaign, settings=settings, now=now)
    if isinstance(plan, Round) and most_given_away(plan.chosen) > _discount_left(context, counters):
        transaction.write(*release([ASKS_LOCK]))
        return NobodyAsked("another run gave the discount away")
    if isinstance(plan, NoRound):
        considered = nobody_asked(plan, candidates, context, transaction)
        campaign = without_round(gap.campaign, plan, step, open_offers=len(context.offers))
        moved = update(campaigned(gap, campaign, now=now, actor=AGENT)) if campaign != gap.campaign else ()
        transaction.write(*moved, *considered, *release([ASKS_LOCK]))
        return NobodyAsked(plan.reason)

    live = not context.dry_run
    campaign = gap.campaign.running(
        asked=len(plan.chosen) if live else 0, next_round_at=plan.next_at, now=now, wave=plan.wave if live else 0
    )
    writes: list[Write] = []
    if plan.chosen:
        decision = round_decision(campaign.round, plan, plan.chosen, candidates, context)
        writes += create(decide(decision, now=now))
        if live:
            for candidate in plan.chosen:
                writes += asking(candidate, campaign.round, decision.id, context, staff_name)
            writes.append(_counted(counters, counters_read, plan.chosen, context))
    for candidate in plan.supervised:
        writes += proposal(candidate, campaign.round, plan, candidates, context, live=live)
    if not live:
        campaign = campaign.ended("dry run: nobody is asked")
    writes += update(campaigned(gap, campaign, now=now, actor=AGENT, details={"predicted": round(plan.predicted, 4)}))
    transaction.write(*writes, *release([ASKS_LOCK]))
    if not live:
        return NobodyAsked("dry run")
    return Asked(len(plan.chosen)) if plan.chosen else NobodyAsked("the owner is asked first")


def _carry_out(
    transaction: Transaction, context: RoundContext, candidate: Candidate, approval: Approval, staff_name: str
) -> Asked | NobodyAsked:
    now = context.now
    found, approved = transaction.get(context.gap.path), transaction.get(approval.path)
    counters, counters_read = counters_to_change(transaction)
    again = one_each(checked_again([candidate], counters, transaction, context))
    gap = Gap.model_validate(found.data) if found else None
    latest = Approval.model_validate(approved.data) if approved else None
    problem = None
    if latest is None or not latest.to_be_carried_out:
        problem = "it is not to be carried out any more"
    elif gap is None or not gap.is_open:
        problem = "the time is no longer free"
    elif again[0].excluded:
        problem = again[0].excluded
    elif left_to(gap, agent=AGENT, counters=counters, settings=context.settings, now=now, zone=context.salon.zone) <= 0:
        problem = "the salon's limit of asks is reached"
    elif most_given_away([candidate]) > _discount_left(context, counters):
        problem = "the day's discounts are given away already"
    elif gap.campaign.asked >= context.settings.offers.max_asks_per_gap:
        problem = "as many customers were asked as one gap may ask"
    if problem is not None or gap is None or latest is None:
        transaction.write(*release([ASKS_LOCK]))
        return NobodyAsked(problem or "the time is no longer free")
    context = replace(context, gap=gap)
    campaign = gap.campaign.having_asked(1, now).changed(wave=gap.campaign.wave + 1)
    transaction.write(
        *asking(candidate, gap.campaign.round, latest.decision_id, context, staff_name, approved=True),
        *update(carried_out(latest, now=now, actor=AGENT, result="done as it was asked")),
        *update(campaigned(gap, campaign, now=now, actor=AGENT, details={"decision_id": latest.decision_id})),
        _counted(counters, counters_read, [candidate], context),
        *release([ASKS_LOCK]),
    )
    return Asked(1)


def _counted(before: AskCounters, read: Snapshot | None, chosen: Sequence[Candidate], context: RoundContext) -> Write:
    """The write that counts these asks towards the salon's limits."""
    count = before.counted_for_idle if context.gap.origin == "idle" else before.counted
    counters = count(AGENT, len(chosen), now=context.now, zone=context.salon.zone)
    by_whatsapp = {key_of(c, context): c.deadline for c in chosen if c.channel == "whatsapp" and c.deadline is not None}
    counters = counters.gave_away(most_given_away(chosen), context.now, context.salon.zone)
    return counted(counters.reaching(by_whatsapp, context.now), read)


def _services(gap: Gap, documents: Reader) -> dict[str, Service]:
    services = readable(Service, documents.query(Query("services")))
    return {service.id: service for service in services if service.id in gap.services_fittable}
