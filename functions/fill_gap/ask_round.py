"""Asks customers about a gap: one round, or exactly what the owner approved.

Who is asked is chosen under the lock of all asks (`shared/asking/ask_people.py`), in a transaction that requires the campaign
to be where it was when the round was planned, so simultaneous events cannot overshoot.
"""

from functools import partial

from functions.fill_gap.allowance import TURN, WAITS
from functions.fill_gap.candidates import Candidate, judged
from functions.fill_gap.criteria import Criteria
from functions.fill_gap.discounts import discount_of_round
from functions.fill_gap.find_prospects import find_prospects
from functions.fill_gap.load_staff_name import load_staff_name
from functions.fill_gap.next_step import Ask
from functions.fill_gap.round_choice import (
    ApprovedFacts,
    RoundFacts,
    choose_approved,
    choose_round,
    discount_left_to,
    nobody_left,
    still_approved,
)
from functions.fill_gap.round_documents import AGENT, RoundContext, proposal_of
from functions.fill_gap.round_plan import for_idle_time
from functions.fill_gap.settings import Settings
from shared.approvals.approval import Approval
from shared.asking.acceptance_rates import AcceptanceRates
from shared.asking.ask_people import ask_people
from shared.asking.count_asks import counters_of
from shared.asking.decision import Decision
from shared.asking.limits import AskCounters
from shared.asking.proposal import Asked, NobodyAsked
from shared.calendar.gap import Gap
from shared.calendar.load_calendar import given_back
from shared.calendar.load_rooms import rooms_taken
from shared.calendar.service import Service
from shared.ports import Clock, Deployment, Documents, Query, Reader
from shared.records.read_documents import readable
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_as

DUE_AT_MOST = 50
"""How many gaps whose round is due, its own among them, a round reads to find those that go before it."""


def ask_round(context: RoundContext, step: Ask, *, documents: Documents, clock: Clock) -> Asked | NobodyAsked:
    candidates = _candidates(context, counters_of(documents), documents)

    def load(transaction: Reader) -> RoundFacts | NobodyAsked:
        due = _gaps_due(context, documents)
        found = transaction.get(context.gap.path)
        gap = Gap.model_validate(found.data) if found else None
        if gap is None or gap.campaign != context.gap.campaign:
            return NobodyAsked("another run was faster")
        own = Query("approvals", where=(("trigger_id", "==", gap.id), ("agent_name", "==", AGENT)))
        questions = transaction.query(own)
        return RoundFacts(gap, due, [Approval.model_validate(snapshot.data) for snapshot in questions])

    def elsewhere() -> NobodyAsked | None:
        latest = documents.get(context.gap.path)
        moved = latest is None or Gap.model_validate(latest.data).campaign != context.gap.campaign
        return NobodyAsked("another run was faster") if moved else None

    return ask_people(
        proposal_of(candidates, context, load_staff_name(context.gap, documents)),
        load=load,
        choose=partial(choose_round, candidates, step, context),
        pointless=elsewhere,
        documents=documents,
        clock=clock,
    )


def ask_approved(
    approval: Approval, *, documents: Documents, clock: Clock, deployment: Deployment
) -> Asked | NobodyAsked:
    """Asks exactly what the owner approved: the people of the round in their order, each about the same slot at the same price,
    without those whom the owner struck or for whom it no longer holds. The commit that asks notes in the approval that it is
    carried out, and why not everybody was asked."""
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
    discount = max((each["discount_percent"] for each in approval.people), default=0.0)
    judged_now = _candidates(context, counters_of(documents), documents, discount=discount)
    standing, not_asked = still_approved(approval, judged_now, context)
    if not standing:
        return NobodyAsked(nobody_left(approval, not_asked))

    def load(transaction: Reader) -> ApprovedFacts | NobodyAsked:
        found, approved = transaction.get(gap.path), transaction.get(approval.path)
        latest = Approval.model_validate(approved.data) if approved else None
        if latest is None or not latest.to_be_carried_out:
            return NobodyAsked("it is not to be carried out any more")
        open_gap = Gap.model_validate(found.data) if found else None
        if open_gap is None or not open_gap.is_open:
            return NobodyAsked("the time is no longer free")
        return ApprovedFacts(open_gap, latest, decision)

    # Other rounds may go out first: only the end of the gap is a reason to wait no longer.
    def closed() -> NobodyAsked | None:
        latest = documents.get(gap.path)
        over = latest is None or not Gap.model_validate(latest.data).is_open
        return NobodyAsked("the time is no longer free") if over else None

    return ask_people(
        proposal_of(standing, context, load_staff_name(gap, documents), approved=True),
        load=load,
        choose=partial(choose_approved, standing, not_asked, context),
        pointless=closed,
        documents=documents,
        clock=clock,
    )


def _candidates(
    context: RoundContext, counters: AskCounters, documents: Documents, discount: float | None = None
) -> list[Candidate]:
    gap, settings, now = context.gap, context.settings, context.now
    pool = settings.offers.candidate_pool
    prospects = find_prospects(
        gap,
        pool=pool,
        documents=documents,
        country=context.salon.country,
        signing_key=context.signing_key,
        now=now,
    )
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
        discount_left=discount_left_to(context, counters) if discount is None else None,
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


def _services(gap: Gap, documents: Reader) -> dict[str, Service]:
    services = readable(Service, documents.query(Query("services")))
    return {service.id: service for service in services if service.id in gap.services_fittable}
