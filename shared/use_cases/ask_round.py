"""Asks customers about a gap: one round, or exactly what the owner approved.

A round is one transaction that requires the campaign to be where it was when the round was planned, so simultaneous events
cannot overshoot; the salon's limits and the customers' are counted in it, under a lock that all agents share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from shared.domain import approval as approvals
from shared.domain import money
from shared.domain.audit import Amended
from shared.domain.booking import Booking
from shared.domain.campaign import Ask, NoRound, Round, Situation, for_idle_time, one_each, plan_round
from shared.domain.candidates import PURPOSE, TIME_TO_ANSWER, Candidate, Terms, judged, notice_of
from shared.domain.decision import Agent, Context, Decision, RevenueImpact, decide, waiting_for
from shared.domain.fallback import offer_purpose, offer_text
from shared.domain.gap import Gap, campaigned
from shared.domain.identity import address_key
from shared.domain.learned import Learned
from shared.domain.limits import AskCounters
from shared.domain.outreach import OfferDetails, Outreach, request
from shared.domain.reply_model import Awaited
from shared.domain.salon import Salon
from shared.domain.service import Service
from shared.domain.settings import SalonSettings
from shared.domain.staff import StaffMember
from shared.domain.stored import natural_id
from shared.domain.wording import spoken_deadline, spoken_time
from shared.ports import Clock, Deployment, Documents, Put, Query, Reader, Transaction, Write
from shared.use_cases.find_prospects import find_prospects, keys_of, recent_asks
from shared.use_cases.load_calendar import load_staff, readable
from shared.use_cases.load_settings import accepted_settings
from shared.use_cases.loading import salon_of
from shared.use_cases.locking import holding, release
from shared.use_cases.rooms import rooms_taken
from shared.use_cases.waitlist import understood, waitlist_moved
from shared.use_cases.writing import create, replace

AGENT: Agent = "gap_fill_agent"
COUNTERS = "counters/asks"
LEARNED = "counters/learned"
ASKS_LOCK = "locks/asks"


@dataclass(frozen=True)
class Asked:
    customers: int


@dataclass(frozen=True)
class NobodyAsked:
    reason: str


@dataclass(frozen=True)
class Scene:
    """`offers` are those of this gap that still stand."""

    gap: Gap
    salon: Salon
    settings: SalonSettings
    offers: Sequence[Outreach]
    now: datetime
    signing_key: bytes


def ask_round(scene: Scene, step: Ask, *, documents: Documents, clock: Clock) -> Asked | NobodyAsked:
    counters = _counters(documents)
    candidates = _candidates(scene, counters, documents)

    def work(transaction: Transaction) -> Asked | NobodyAsked:
        return _round(transaction, scene, candidates, step, _staff_name(scene.gap, documents))

    return _under_the_lock(scene.gap, work, documents=documents, clock=clock)


def ask_approved(
    decision_id: str, *, documents: Documents, clock: Clock, deployment: Deployment
) -> Asked | NobodyAsked:
    """Carries out what the owner approved, and nothing else: the same customer, slot and discount, if all still hold."""
    found = documents.get(f"autonomous_decisions/{decision_id}")
    decision = Decision.model_validate(found.data) if found else None
    if decision is None:
        return NobodyAsked("no such decision")
    snapshot = documents.get(f"gaps/{decision.context.trigger_id}")
    gap = Gap.model_validate(snapshot.data) if snapshot else None
    if gap is None or not gap.is_open:
        return NobodyAsked("the time is no longer free")
    salon, settings = salon_of(documents, documents.salon_id), accepted_settings(documents)
    scene = Scene(gap, salon, settings, (), clock.now(), deployment.signing_key)
    wanted = _action_of(decision)
    judged_now = _candidates(scene, _counters(documents), documents, discount=wanted["discount_percent"])
    candidate = next((c for c in judged_now if c.prospect.customer.id == wanted["customer_id"]), None)
    if candidate is None:
        return NobodyAsked("the customer can no longer be asked")
    if candidate.excluded is not None:
        return NobodyAsked(f"the customer can no longer be asked: {candidate.excluded}")
    if _action(candidate, gap) != wanted:
        return NobodyAsked("what was approved is no longer what would be offered")

    def work(transaction: Transaction) -> Asked | NobodyAsked:
        return _carry_out(transaction, scene, candidate, decision, _staff_name(gap, documents))

    return _under_the_lock(gap, work, documents=documents, clock=clock)


def _under_the_lock(gap: Gap, work: Any, *, documents: Documents, clock: Clock) -> Asked | NobodyAsked:
    def elsewhere() -> Asked | NobodyAsked | None:
        latest = documents.get(gap.path)
        moved = latest is None or Gap.model_validate(latest.data).campaign != gap.campaign
        return NobodyAsked("another run was faster") if moved else None

    outcome: Asked | NobodyAsked = holding(
        [ASKS_LOCK], lambda: documents.transact(work), documents=documents, clock=clock, pointless=elsewhere
    )
    return outcome


def _candidates(
    scene: Scene, counters: AskCounters, documents: Documents, discount: float | None = None
) -> list[Candidate]:
    gap, settings, now = scene.gap, scene.settings, scene.now
    pool = settings.offers.candidate_pool
    prospects = find_prospects(gap, pool=pool, documents=documents, signing_key=scene.signing_key, now=now)
    learned = documents.get(LEARNED)
    given_back = _given_back(gap, documents)
    services = _services(gap, documents)
    terms = Terms(
        salon=scene.salon,
        services=services,
        settings=settings,
        learned=Learned.model_validate(learned.data) if learned else Learned(),
        now=now,
        cancelled_by=frozenset(booking.customer_id for booking in given_back if booking.customer_id),
        discount=_discount(scene, counters) if discount is None else discount,
        chain_depth=max((booking.chain_depth for booking in given_back), default=0),
        rooms_taken=rooms_taken(services.values(), gap.stretch, documents),
    )
    found = judged(prospects, gap, terms)
    return for_idle_time(found, settings) if gap.origin == "idle" else found


def _discount(scene: Scene, counters: AskCounters) -> float:
    """Full price first: a discount belongs to a later round, and to what is left of the day's budget."""
    discounts = scene.settings.discounts
    if scene.gap.campaign.round == 0 or not discounts.later_round_percent:
        return 0.0
    left = discounts.daily_budget - counters.given_away_on(scene.now, scene.salon.zone)
    return discounts.later_round_percent if left > 0 else 0.0


def _counters(reader: Reader) -> AskCounters:
    found = reader.get(COUNTERS)
    return AskCounters.model_validate(found.data) if found else AskCounters()


def _round(
    transaction: Transaction, scene: Scene, candidates: list[Candidate], step: Ask, staff_name: str
) -> Asked | NobodyAsked:
    settings, now, zone = scene.settings, scene.now, scene.salon.zone
    found = transaction.get(scene.gap.path)
    counters = _counters(transaction)
    candidates = _asked_about_once(_checked_again(candidates, transaction, scene), scene.gap, transaction)
    gap = Gap.model_validate(found.data) if found else None
    if gap is None or gap.campaign != scene.gap.campaign:
        transaction.write(*release([ASKS_LOCK]))
        return NobodyAsked("another run was faster")
    idle = gap.origin == "idle"
    situation = Situation(
        awaited=tuple(
            Awaited(offer.probability, now - offer.delivery.sent_at)
            if offer.delivery.sent_at
            else Awaited(offer.probability)
            for offer in scene.offers
        ),
        first_sent=min((offer.created_at for offer in scene.offers), default=None),
        allowance=(counters.left_for_idle if idle else counters.left)(
            AGENT, limits=settings.limits, now=now, zone=zone
        ),
        allowance_again_at=counters.next_free_at(AGENT, limits=settings.limits, now=now, zone=zone),
        lead=gap.end_time - now,
    )
    plan = plan_round(candidates, step, situation, campaign=gap.campaign, settings=settings, now=now)
    if isinstance(plan, NoRound):
        if idle:
            # Looked at again when it changes, not every half hour: most idle time finds nobody.
            transaction.write(*release([ASKS_LOCK]))
            return NobodyAsked(plan.reason)
        if step.top_up:
            # The offer that fell away cannot be replaced: the wave is smaller from now on.
            campaign = gap.campaign.changed(wave=len(scene.offers))
        else:
            campaign = gap.campaign.postponed(plan.retry_at, plan.reason)
        transaction.write(*replace(campaigned(gap, campaign, now=now, actor=AGENT)), *release([ASKS_LOCK]))
        return NobodyAsked(plan.reason)

    live = settings.mode == "live"
    campaign = gap.campaign.running(
        asked=len(plan.chosen) if live else 0, next_round_at=plan.next_at, wave=plan.wave if live else 0
    )
    writes: list[Write] = []
    if plan.chosen:
        decision = _decision(gap, campaign.round, plan, plan.chosen, candidates, scene)
        writes += create(decide(decision, now=now))
        if live:
            for candidate in plan.chosen:
                writes += _asking(candidate, gap, campaign.round, decision.id, scene, staff_name)
            count = counters.counted_for_idle if idle else counters.counted
            counted = count(AGENT, len(plan.chosen), now=now, zone=zone)
            writes.append(Put(COUNTERS, counted.gave_away(_given_away(plan.chosen), now, zone).stored()))
    for candidate in plan.supervised:
        writes += _proposal(candidate, gap, campaign.round, plan, candidates, scene, live=live)
    if not live:
        campaign = campaign.ended("dry run: nobody is asked")
    writes += replace(campaigned(gap, campaign, now=now, actor=AGENT, details={"predicted": round(plan.predicted, 4)}))
    transaction.write(*writes, *release([ASKS_LOCK]))
    if not live:
        return NobodyAsked("dry run")
    return Asked(len(plan.chosen)) if plan.chosen else NobodyAsked("the owner is asked first")


def _carry_out(
    transaction: Transaction, scene: Scene, candidate: Candidate, decision: Decision, staff_name: str
) -> Asked | NobodyAsked:
    now, zone = scene.now, scene.salon.zone
    found = transaction.get(scene.gap.path)
    counters = _counters(transaction)
    again = one_each(_checked_again([candidate], transaction, scene))
    asked_already = transaction.get(f"outreach/{_outreach_id(candidate, scene.gap, decision.id)}")
    gap = Gap.model_validate(found.data) if found else None
    problem = None
    if asked_already is not None:
        transaction.write(*release([ASKS_LOCK]))
        return Asked(1)
    if gap is None or not gap.is_open:
        problem = "the time is no longer free"
    elif again[0].excluded:
        problem = again[0].excluded
    elif counters.left(AGENT, limits=scene.settings.limits, now=now, zone=zone) <= 0:
        problem = "the salon's limit of asks is reached"
    if problem is not None or gap is None:
        transaction.write(*release([ASKS_LOCK]))
        return NobodyAsked(problem or "the time is no longer free")
    counted = counters.counted(AGENT, 1, now=now, zone=zone).gave_away(_given_away([candidate]), now, zone)
    campaign = gap.campaign.changed(asked=gap.campaign.asked + 1, wave=gap.campaign.wave + 1)
    transaction.write(
        *_asking(candidate, gap, gap.campaign.round, decision.id, scene, staff_name, approved=True),
        *replace(campaigned(gap, campaign, now=now, actor=AGENT, details={"decision_id": decision.id})),
        Put(COUNTERS, counted.stored()),
        *release([ASKS_LOCK]),
    )
    return Asked(1)


def _checked_again(candidates: Sequence[Candidate], transaction: Transaction, scene: Scene) -> list[Candidate]:
    """The contact limits and the waitlist as they are now: under the lock, nobody else is asked meanwhile."""
    ready = [c for c in candidates if c.excluded is None]
    keys = {c.prospect.customer.id: keys_of(c.prospect.customer, scene.signing_key) for c in ready}
    asks = recent_asks(transaction, "customer_id", list(keys), scene.now)
    asks += recent_asks(transaction, "address_key", [key for theirs in keys.values() for key in theirs], scene.now)
    known = {ask.id for c in ready for ask in c.prospect.asks}
    busy = {name for ask in asks if ask.id not in known for name in (ask.customer_id, ask.address_key)}
    wishes = [f"waitlist/{c.prospect.entry.id}" for c in ready if c.prospect.entry]
    entries = [understood(snapshot) for snapshot in transaction.get_all(wishes)]
    waiting = {entry.id for entry in entries if entry and entry.status == "waiting"}

    def again(candidate: Candidate) -> Candidate:
        if candidate.excluded is not None:
            return candidate
        customer_id = candidate.prospect.customer.id
        if busy & {customer_id, *keys[customer_id]}:
            return candidate.out("asked by another run just now")
        entry = candidate.prospect.entry
        return candidate.out("waits no longer") if entry and entry.id not in waiting else candidate

    return [again(candidate) for candidate in candidates]


def _asked_about_once(candidates: list[Candidate], gap: Gap, transaction: Transaction) -> list[Candidate]:
    """The owner hears the same question about a gap once, however many rounds follow, and one question at a time."""
    query = Query("approvals", where=(("trigger_id", "==", gap.id),))
    asked = [approvals.Approval.model_validate(snapshot.data) for snapshot in transaction.query(query)]
    named = {approval.action_details.get("customer_id") for approval in asked}

    def again(candidate: Candidate) -> Candidate:
        if candidate.autonomy is None or candidate.autonomy.level != "supervised" or candidate.excluded is not None:
            return candidate
        if candidate.prospect.customer.id in named:
            return candidate.out("the owner was asked about this before")
        return candidate.out("the owner is asked about another") if any(each.waits for each in asked) else candidate

    return [again(candidate) for candidate in candidates]


def _key(candidate: Candidate, scene: Scene) -> str:
    return address_key(scene.signing_key, candidate.channel or "whatsapp", candidate.prospect.customer.phone or "")


def _given_away(chosen: Sequence[Candidate]) -> Decimal:
    """The most that these discounts can cost: only one of them will be sold."""
    amounts = [
        candidate.service.price * Decimal(str(candidate.discount_percent)) / 100
        for candidate in chosen
        if candidate.service is not None
    ]
    return max(amounts, default=Decimal(0))


def _decision(
    gap: Gap,
    number: int,
    plan: Round,
    about: Sequence[Candidate],
    candidates: Sequence[Candidate],
    scene: Scene,
    *,
    level: str = "full_auto",
) -> Decision:
    first = about[0]
    slot = first.slot
    assert slot is not None, "whoever is chosen has a slot"
    deadlines = [c.deadline for c in about if c.deadline is not None]
    supervised = level == "supervised"
    return Decision(
        id=natural_id("dec", gap.id, number, level),
        salon_id=gap.salon_id,
        created_at=scene.now,
        updated_at=scene.now,
        agent_name=AGENT,
        decision_type="gap_fill",
        autonomy_level="supervised" if supervised else "full_auto",
        context=Context(
            trigger_id=gap.id,
            trigger_type="schedule_gap",
            customer_id=first.prospect.customer.id,
            staff_id=gap.staff_id,
            service_id=slot.service_id,
            time_slot=slot.start,
        ),
        action_taken="approval_requested" if supervised else "outreach_initiated",
        action_details={
            "gap_duration_minutes": gap.duration_minutes,
            "potential_revenue": float(gap.potential_revenue),
            "customer_segment": first.prospect.segment,
            "round": number,
            "asked": [c.prospect.customer.id for c in about],
            "predicted": round(plan.predicted, 4),
            "target_unreachable": "target_unreachable" in plan.reasons,
            **(_action(first, gap) if supervised else {}),
        },
        reasons=list(plan.reasons) if not supervised or first.autonomy is None else list(first.autonomy.reasons),
        considered=[c.considered() for c in candidates],
        settings_version=scene.settings.version,
        dry_run=scene.settings.mode == "dry_run",
        revenue_impact=RevenueImpact(potential=gap.potential_revenue, actual=Decimal(0), currency=scene.salon.currency),
        expires_at=max(deadlines),
    )


def _action(candidate: Candidate, gap: Gap) -> dict[str, Any]:
    """Exactly what the owner is asked to allow."""
    assert candidate.slot is not None, "whoever is chosen has a slot"
    return {
        "gap_id": gap.id,
        "customer_id": candidate.prospect.customer.id,
        "service_id": candidate.slot.service_id,
        "staff_id": candidate.slot.staff_id,
        "start": candidate.slot.start,
        "discount_percent": candidate.discount_percent,
    }


def _action_of(decision: Decision) -> dict[str, Any]:
    names = ("gap_id", "customer_id", "service_id", "staff_id", "start", "discount_percent")
    return {name: decision.action_details[name] for name in names}


def _proposal(
    candidate: Candidate,
    gap: Gap,
    number: int,
    plan: Round,
    candidates: Sequence[Candidate],
    scene: Scene,
    *,
    live: bool,
) -> list[Write]:
    """The decision that waits for the owner's word, and the question to the owner."""
    slot, service = candidate.slot, candidate.service
    assert slot is not None and service is not None, "whoever is chosen has a slot"
    decision = _decision(gap, number, plan, [candidate], candidates, scene, level="supervised")
    when = spoken_time(slot.start, scene.salon.zone, scene.salon.locale, now=scene.now)
    discount = f", {candidate.discount_percent:g} % off" if candidate.discount_percent else ""
    question = approvals.approval_for(
        decision,
        action=_action(candidate, gap),
        summary=f"{service.name} {when} for {candidate.prospect.customer.name}{discount}",
        starts_at=slot.start,
        useful_until=slot.start - notice_of(candidate.prospect, scene.settings) - TIME_TO_ANSWER,
        settings=scene.settings,
        now=scene.now,
    )
    waiting = waiting_for(decision, question.id, until=question.expires_at)
    writes: list[Write] = [*create(decide(waiting, now=scene.now))]
    if live:
        writes += create(approvals.request(question, now=scene.now))
    return writes


def _asking(
    candidate: Candidate,
    gap: Gap,
    number: int,
    decision_id: str,
    scene: Scene,
    staff_name: str,
    *,
    approved: bool = False,
) -> list[Write]:
    outreach = _outreach(candidate, gap, number, decision_id, scene, staff_name)
    reasons = [*candidate.reasons, *(["approved by the owner"] if approved else [])]
    asked: Amended[Outreach] = request(outreach, now=scene.now, reasons=reasons)
    entry = candidate.prospect.entry
    moved = waitlist_moved(entry, "offered", salon_id=gap.salon_id, now=scene.now, about=outreach.id) if entry else ()
    return [*create(asked), *moved]


def _outreach_id(candidate: Candidate, gap: Gap, decision_id: str) -> str:
    return natural_id("out", gap.id, candidate.prospect.customer.id, decision_id)


def _outreach(candidate: Candidate, gap: Gap, number: int, decision_id: str, scene: Scene, staff_name: str) -> Outreach:
    customer, slot, deadline = candidate.prospect.customer, candidate.slot, candidate.deadline
    assert slot is not None and deadline is not None and candidate.channel is not None and candidate.service is not None
    salon = scene.salon
    locale = customer.locale or salon.locale
    off = Decimal(str(candidate.discount_percent)) / 100
    price = money.rounded(candidate.service.price * (1 - off), salon.currency)
    purpose = offer_purpose(candidate.channel, customer.phone or "")
    variables = {
        "name": customer.name,
        "salon": salon.name,
        "service": candidate.service.name,
        "staff": staff_name,
        "when": spoken_time(slot.start, salon.zone, locale, now=scene.now),
        "price": money.display(price, salon.currency, locale),
        "until": spoken_deadline(deadline, salon.zone, locale, now=scene.now),
    }
    return Outreach(
        id=_outreach_id(candidate, gap, decision_id),
        salon_id=gap.salon_id,
        created_at=scene.now,
        updated_at=scene.now,
        agent_name=AGENT,
        customer_id=customer.id,
        customer_name=customer.name,
        customer_phone=customer.phone or "",
        address_key=_key(candidate, scene),
        outreach_type="gap_fill",
        consent_purpose=PURPOSE[candidate.prospect.source],
        message=offer_text(purpose, locale, variables),
        trigger_id=gap.id,
        trigger_type="gap",
        decision_id=decision_id,
        round=number,
        slot=slot,
        source=candidate.prospect.source,
        segment=candidate.prospect.segment,
        probability=candidate.probability,
        waitlist_entry_id=candidate.prospect.entry.id if candidate.prospect.entry else None,
        moves_booking_id=candidate.prospect.moves.id if candidate.prospect.moves else None,
        chain_depth=candidate.chain_depth,
        offer_details=OfferDetails(discount_percent=candidate.discount_percent, valid_until=deadline, price=price),
        channel=candidate.channel,
        purpose=purpose,
        locale=locale,
        variables=variables,
        expires_at=deadline,
        due_at=None,
    )


def _services(gap: Gap, documents: Reader) -> dict[str, Service]:
    services = readable(Service, documents, Query("services"))
    return {service.id: service for service in services if service.id in gap.services_fittable}


def _staff_name(gap: Gap, documents: Reader) -> str:
    staff = load_staff(documents, gap.staff_id)
    return staff.name if isinstance(staff, StaffMember) else gap.staff_name


def _given_back(gap: Gap, documents: Reader) -> list[Booking]:
    """The bookings of this time that were cancelled or missed."""
    query = Query(
        "bookings",
        where=(
            ("staff_id", "==", gap.staff_id),
            ("start_time", ">=", gap.start_time),
            ("start_time", "<", gap.end_time),
        ),
    )
    return [booking for booking in readable(Booking, documents, query) if booking.status in ("cancelled", "no_show")]
