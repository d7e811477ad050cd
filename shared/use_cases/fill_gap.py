"""Runs a gap's campaign: the next round, or its end. Every event about the gap or its offers only says "look again".

A round is one transaction that requires the campaign to be where it was when the round was planned, so simultaneous events
cannot overshoot; the salon's limits are counted in it, under a lock.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pydantic import ValidationError

from shared.domain import money
from shared.domain.audit import Amended
from shared.domain.campaign import Ask, End, Leave, NoRound, Round, Wait, next_step, plan_round
from shared.domain.candidates import PURPOSE, Candidate, judged
from shared.domain.decision import Agent, Context, Decision, OutcomeStatus, RevenueImpact, conclude, decide
from shared.domain.events import SalonEvent
from shared.domain.gap import Campaign, Gap, campaigned
from shared.domain.identity import address_key
from shared.domain.limits import AskCounters
from shared.domain.messaging_hours import country_of
from shared.domain.outgoing import expired
from shared.domain.outreach import OPEN, OfferDetails, Outreach, request
from shared.domain.salon import Salon
from shared.domain.service import Service
from shared.domain.settings import SalonSettings
from shared.domain.staff import StaffMember
from shared.domain.stored import natural_id
from shared.domain.waitlist import WaitlistEntry
from shared.domain.wording import render, spoken_deadline, spoken_time
from shared.ports import Clock, Deployment, Documents, Put, Query, Reader, Snapshot, Transaction, Write
from shared.use_cases.find_prospects import find_prospects, keys_of, recent_asks
from shared.use_cases.load_calendar import load_staff
from shared.use_cases.load_settings import accepted_settings
from shared.use_cases.loading import salon_of
from shared.use_cases.locking import holding, release
from shared.use_cases.waitlist import entry_waits_again, understood, waitlist_moved
from shared.use_cases.writing import create, replace, until_committed

AGENT: Agent = "gap_fill_agent"
COUNTERS = "counters/asks"
ASKS_LOCK = "locks/asks"


@dataclass(frozen=True)
class Asked:
    customers: int


@dataclass(frozen=True)
class NobodyAsked:
    reason: str


@dataclass(frozen=True)
class Withdrawn:
    """The campaign is over; this many offers were still open."""

    offers: int


Outcome = Asked | NobodyAsked | Withdrawn


def fill_gap(gap_id: str, *, documents: Documents, clock: Clock, deployment: Deployment) -> Outcome:
    found = documents.get(f"gaps/{gap_id}")
    if found is None:
        return NobodyAsked("no such gap")
    gap = Gap.model_validate(found.data)
    offers = _open_offers(documents, gap.id)
    if not gap.is_open:
        withdrawn = [_withdraw(offer, f"the gap is {gap.status}", documents, clock) for offer in offers]
        _conclude(documents, gap, clock)
        return Withdrawn(sum(withdrawn))
    for offer in offers:
        if offer.slot is None or not gap.stretch.contains(offer.slot.stretch):
            _withdraw(offer, "the free time has moved", documents, clock)
    offers = [offer for offer in offers if offer.slot is not None and gap.stretch.contains(offer.slot.stretch)]

    salon = salon_of(documents, documents.salon_id)
    settings = accepted_settings(documents)
    now = clock.now()
    step = next_step(gap, salon=salon, settings=settings, open_offers=len(offers), now=now)
    match step:
        case Leave(reason):
            return NobodyAsked(reason)
        case Wait(until, reason):
            return _move_on(found, gap, gap.campaign.postponed(until, reason), reason, documents, now)
        case End(reason):
            return _move_on(found, gap, gap.campaign.ended(reason), reason, documents, now)
        case Ask(room):
            return _ask(
                gap, room, salon=salon, settings=settings, documents=documents, clock=clock, deployment=deployment
            )


def _ask(
    gap: Gap,
    room: int,
    *,
    salon: Salon,
    settings: SalonSettings,
    documents: Documents,
    clock: Clock,
    deployment: Deployment,
) -> Outcome:
    now = clock.now()
    pool = settings.offers.candidate_pool
    prospects = find_prospects(gap, pool=pool, documents=documents, signing_key=deployment.signing_key, now=now)
    candidates = judged(
        prospects,
        gap=gap,
        salon=salon,
        services=_services(gap, documents),
        settings=settings,
        cancelled_by=_gave_it_back(gap, documents),
        now=now,
    )
    scene = _Scene(gap, salon, settings, _staff_name(gap, documents), now, deployment.signing_key)

    def elsewhere() -> Outcome | None:
        latest = documents.get(f"gaps/{gap.id}")
        moved = latest is None or Gap.model_validate(latest.data).campaign != gap.campaign
        return NobodyAsked("another run was faster") if moved else None

    return holding(
        [ASKS_LOCK],
        lambda: documents.transact(lambda transaction: _round(transaction, scene, candidates, room)),
        documents=documents,
        clock=clock,
        pointless=elsewhere,
    )


@dataclass(frozen=True)
class _Scene:
    gap: Gap
    salon: Salon
    settings: SalonSettings
    staff_name: str
    now: datetime
    signing_key: bytes


def _round(transaction: Transaction, scene: _Scene, candidates: list[Candidate], room: int) -> Outcome:
    gap, settings, now = scene.gap, scene.settings, scene.now
    found = transaction.get(gap.path)
    counted = transaction.get(COUNTERS)
    counters = AskCounters.model_validate(counted.data) if counted else AskCounters()
    candidates = _checked_again(candidates, transaction, scene)
    if found is None or Gap.model_validate(found.data).campaign != gap.campaign:
        transaction.write(*release([ASKS_LOCK]))
        return NobodyAsked("another run was faster")
    gap = Gap.model_validate(found.data)
    limits = settings.limits
    plan = plan_round(
        candidates,
        room=room,
        allowance=counters.left(AGENT, limits=limits, now=now, zone=scene.salon.zone),
        allowance_again_at=counters.next_free_at(AGENT, limits=limits, now=now, zone=scene.salon.zone),
        settings=settings,
        now=now,
    )
    if isinstance(plan, NoRound):
        postponed = gap.campaign.postponed(plan.retry_at, plan.reason)
        transaction.write(*replace(campaigned(gap, postponed, now=now, actor=AGENT)), *release([ASKS_LOCK]))
        return NobodyAsked(plan.reason)

    live = settings.mode == "live"
    campaign = gap.campaign.running(asked=len(plan.chosen) if live else 0, next_round_at=plan.next_at)
    decision = _decision(gap, campaign.round, plan, candidates, scene)
    writes: list[Write] = [*create(decide(decision, now=now))]
    if live:
        for candidate in plan.chosen:
            writes += create(
                request(
                    _outreach(candidate, gap, campaign.round, decision.id, scene),
                    now=now,
                    reasons=list(candidate.reasons),
                )
            )
            writes += _entry_offered(candidate.prospect.entry, gap, campaign.round, scene)
        counters = counters.counted(AGENT, len(plan.chosen), now=now, zone=scene.salon.zone)
        writes.append(Put(COUNTERS, counters.stored()))
    else:
        campaign = campaign.ended("dry run: nobody is asked")
    writes += replace(campaigned(gap, campaign, now=now, actor=AGENT, details={"decision_id": decision.id}))
    transaction.write(*writes, *release([ASKS_LOCK]))
    return Asked(len(plan.chosen)) if live else NobodyAsked("dry run")


def _checked_again(candidates: list[Candidate], transaction: Transaction, scene: _Scene) -> list[Candidate]:
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


def _key(candidate: Candidate, scene: _Scene) -> str:
    return address_key(scene.signing_key, candidate.channel or "whatsapp", candidate.prospect.customer.phone or "")


def _decision(gap: Gap, number: int, plan: Round, candidates: list[Candidate], scene: _Scene) -> Decision:
    first = plan.chosen[0]
    slot = first.slot
    assert slot is not None, "a chosen candidate has a slot"
    deadlines = [c.deadline for c in plan.chosen if c.deadline is not None]
    return Decision(
        id=natural_id("dec", gap.id, number),
        salon_id=gap.salon_id,
        created_at=scene.now,
        updated_at=scene.now,
        agent_name=AGENT,
        decision_type="gap_fill",
        autonomy_level="full_auto",
        context=Context(
            trigger_id=gap.id,
            trigger_type="schedule_gap",
            customer_id=first.prospect.customer.id,
            staff_id=gap.staff_id,
            service_id=slot.service_id,
            time_slot=slot.start,
        ),
        action_taken="outreach_initiated",
        action_details={
            "gap_duration_minutes": gap.duration_minutes,
            "potential_revenue": float(gap.potential_revenue),
            "round": number,
            "asked": [c.prospect.customer.id for c in plan.chosen],
        },
        reasons=list(plan.reasons),
        considered=[c.considered() for c in candidates],
        settings_version=scene.settings.version,
        dry_run=scene.settings.mode == "dry_run",
        revenue_impact=RevenueImpact(potential=gap.potential_revenue, actual=Decimal(0), currency=scene.salon.currency),
        expires_at=max(deadlines),
    )


def _outreach(candidate: Candidate, gap: Gap, number: int, decision_id: str, scene: _Scene) -> Outreach:
    customer, slot, deadline = candidate.prospect.customer, candidate.slot, candidate.deadline
    assert slot is not None and deadline is not None and candidate.channel is not None and candidate.service is not None
    salon = scene.salon
    locale = customer.locale or salon.locale
    price = money.rounded(candidate.service.price, salon.currency)
    purpose = "slot_offer" if candidate.channel == "whatsapp" else _sms_offer(customer.phone or "")
    variables = {
        "name": customer.name,
        "salon": salon.name,
        "service": candidate.service.name,
        "staff": scene.staff_name,
        "when": spoken_time(slot.start, salon.zone, locale, now=scene.now),
        "price": money.display(price, salon.currency, locale),
        "until": spoken_deadline(deadline, salon.zone, locale, now=scene.now),
    }
    return Outreach(
        id=natural_id("out", gap.id, customer.id, number),
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
        message=render(purpose, locale, {**variables, "accept_token": "-", "decline_token": "-", "link": "-"}).text,
        trigger_id=gap.id,
        trigger_type="gap",
        decision_id=decision_id,
        round=number,
        slot=slot,
        source=candidate.prospect.source,
        waitlist_entry_id=candidate.prospect.entry.id if candidate.prospect.entry else None,
        offer_details=OfferDetails(valid_until=deadline, price=price),
        channel=candidate.channel,
        purpose=purpose,
        locale=locale,
        variables=variables,
        expires_at=deadline,
        due_at=None,
    )


def _sms_offer(phone: str) -> str:
    """Where the country lets nobody answer an SMS, the words only name the link."""
    return "slot_offer_link" if country_of(phone) == "IN" else "slot_offer_sms"


def _entry_offered(entry: WaitlistEntry | None, gap: Gap, number: int, scene: _Scene) -> tuple[Write, ...]:
    if entry is None:
        return ()
    return waitlist_moved(entry, "offered", salon_id=gap.salon_id, now=scene.now, about=f"{gap.id}:{number}")


def _open_offers(documents: Reader, gap_id: str) -> list[Outreach]:
    query = Query("outreach", where=(("trigger_id", "==", gap_id), ("status", "in", list(OPEN))))
    return [Outreach.model_validate(snapshot.data) for snapshot in documents.query(query)]


def _withdraw(offer: Outreach, reason: str, documents: Documents, clock: Clock) -> bool:
    """Silently: a person who has not answered need not hear that they may no longer. True when it was still open."""

    def attempt() -> bool | None:
        snapshot = documents.get(offer.path)
        if snapshot is None:
            return False
        latest = Outreach.model_validate(snapshot.data)
        if not latest.is_open:
            return False
        now = clock.now()
        closed = expired(latest, reason=reason, now=now, actor=AGENT)
        return documents.commit(*replace(closed, snapshot), *entry_waits_again(latest, documents, now)) or None

    return until_committed(attempt, clock=clock)


def _conclude(documents: Documents, gap: Gap, clock: Clock) -> None:
    """The decisions of a closed gap that sold nothing get their outcome."""
    query = Query(
        "autonomous_decisions", where=(("context.trigger_id", "==", gap.id), ("outcome.status", "==", "pending"))
    )
    status: OutcomeStatus = "failed" if gap.status == "filled" else "expired"
    for snapshot in documents.query(query):
        concluded = conclude(
            Decision.model_validate(snapshot.data), status=status, result=f"the gap is {gap.status}", now=clock.now()
        )
        if concluded is not None:
            documents.commit(*replace(concluded, snapshot))


def _move_on(
    found: Snapshot, gap: Gap, campaign: Campaign, reason: str, documents: Documents, now: datetime
) -> Outcome:
    if campaign != gap.campaign:
        moved: Amended[Gap] = campaigned(gap, campaign, now=now, actor=AGENT, details={"reason": reason})
        documents.commit(*replace(moved, found))
    return NobodyAsked(reason)


def _services(gap: Gap, documents: Reader) -> dict[str, Service]:
    services = {}
    for snapshot in documents.get_all([f"services/{service_id}" for service_id in gap.services_fittable]):
        try:
            services[snapshot.id] = Service.from_document(snapshot.id, snapshot.data)
        except ValidationError:
            continue
    return services


def _staff_name(gap: Gap, documents: Reader) -> str:
    staff = load_staff(documents, gap.staff_id)
    return staff.name if isinstance(staff, StaffMember) else gap.staff_name


def _gave_it_back(gap: Gap, documents: Reader) -> frozenset[str]:
    """Who cancelled or missed a booking in this time."""
    query = Query(
        "bookings",
        where=(
            ("staff_id", "==", gap.staff_id),
            ("start_time", ">=", gap.start_time),
            ("start_time", "<", gap.end_time),
        ),
    )
    return frozenset(
        str(found.data.get("customer_id"))
        for found in documents.query(query)
        if found.data.get("status") in ("cancelled", "no_show") and found.data.get("customer_id")
    )


def gap_of(event: SalonEvent, *, documents: Reader) -> str | None:
    """The gap that an event is about, directly or through one of its offers."""
    if event.resource_type == "gap":
        return event.resource_id
    if event.resource_type != "outreach":
        return None
    found = documents.get(f"outreach/{event.resource_id}")
    return Outreach.model_validate(found.data).trigger_id if found else None
