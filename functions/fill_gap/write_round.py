"""What a round writes: the decision and its reasons, the outreach of each customer, the question to the owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from functions.fill_gap.candidates import Candidate, owner_asked_until
from functions.fill_gap.discounts import discounted
from functions.fill_gap.prospect import PURPOSE
from functions.fill_gap.round_plan import NoRound, Round
from shared.approvals import approval as approvals
from shared.asking.decision import (
    GAP_FILL_AGENT,
    Context,
    Decision,
    RevenueImpact,
    decide,
    reconsidered,
    waiting_for,
    without_outcome,
)
from shared.asking.fallback import offer_purpose
from shared.asking.guard import Condition
from shared.asking.outreach import OfferDetails, Outreach, request
from shared.calendar.gap import Gap
from shared.customers.move_waitlist import waitlist_moved
from shared.messaging.rendering import unsigned_text
from shared.messaging.spoken import spoken_deadline, spoken_proposal, spoken_time
from shared.ports import Reader, Write
from shared.records.audit import Amended
from shared.records.commit import create, update
from shared.records.stored import natural_id
from shared.salon.salon import Salon
from shared.salon.settings import SalonSettings
from shared.values import money
from shared.values.identity import address_key

AGENT = GAP_FILL_AGENT


@dataclass(frozen=True)
class RoundContext:
    """What a round, or a single offer, is made and written by. `gap` is the gap as it was read last; `offers` are those of it that
    still stand."""

    gap: Gap
    salon: Salon
    settings: SalonSettings
    offers: Sequence[Outreach]
    now: datetime
    signing_key: bytes

    @property
    def dry_run(self) -> bool:
        return self.settings.mode_of(AGENT) == "dry_run"


def key_of(candidate: Candidate, context: RoundContext) -> str:
    return address_key(context.signing_key, candidate.channel or "whatsapp", candidate.prospect.customer.phone or "")


def round_decision(
    number: int,
    plan: Round,
    about: Sequence[Candidate],
    candidates: Sequence[Candidate],
    context: RoundContext,
    *,
    level: str = "full_auto",
) -> Decision:
    gap, first = context.gap, about[0]
    slot = first.slot
    assert slot is not None, "whoever is chosen has a slot"
    deadlines = [c.deadline for c in about if c.deadline is not None]
    supervised = level == "supervised"
    return Decision(
        id=natural_id("dec", gap.id, number, level),
        salon_id=gap.salon_id,
        created_at=context.now,
        updated_at=context.now,
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
            **(action_for(first, gap) if supervised else {}),
        },
        reasons=list(plan.reasons) if not supervised or first.autonomy is None else list(first.autonomy.reasons),
        considered=[c.considered() for c in candidates],
        settings_version=context.settings.version,
        dry_run=context.dry_run,
        revenue_impact=RevenueImpact(
            potential=gap.potential_revenue, actual=Decimal(0), currency=context.salon.currency
        ),
        expires_at=max(deadlines),
    )


def nobody_asked(
    plan: NoRound, candidates: Sequence[Candidate], context: RoundContext, reader: Reader
) -> tuple[Write, ...]:
    """The writes of the decision to ask nobody at present: who was considered, and why. There is one for each round that does not
    go out, written again when the reasons are others. None is written where there is nothing to explain: the offers that
    are out suffice, or idle time is kept for those who wait for exactly it."""
    if plan.kind == "enough_asked" or (context.gap.origin == "idle" and context.settings.gap.fill_idle != "all"):
        return ()
    decision = _nobody(plan, candidates, context)
    found = reader.get(decision.path)
    if found is None:
        return create(decide(decision, now=context.now))
    again = reconsidered(Decision.model_validate(found.data), decision, now=context.now)
    return update(again) if again else ()


def _nobody(plan: NoRound, candidates: Sequence[Candidate], context: RoundContext) -> Decision:
    gap, number = context.gap, context.gap.campaign.round + 1
    decision = Decision(
        id=natural_id("dec", gap.id, number, "nobody"),
        salon_id=gap.salon_id,
        created_at=context.now,
        updated_at=context.now,
        agent_name=AGENT,
        decision_type="gap_fill",
        autonomy_level="full_auto",
        context=Context(
            trigger_id=gap.id, trigger_type="schedule_gap", staff_id=gap.staff_id, time_slot=gap.start_time
        ),
        action_taken="nobody_asked",
        action_details={
            "gap_duration_minutes": gap.duration_minutes,
            "potential_revenue": float(gap.potential_revenue),
            "round": number,
            "asked": [],
            "kind": plan.kind,
        },
        reasons=[plan.reason],
        considered=[candidate.considered() for candidate in candidates],
        settings_version=context.settings.version,
        dry_run=context.dry_run,
        revenue_impact=RevenueImpact(
            potential=gap.potential_revenue, actual=Decimal(0), currency=context.salon.currency
        ),
        expires_at=plan.retry_at,
    )
    return without_outcome(decision, now=context.now)


def action_for(candidate: Candidate, gap: Gap) -> dict[str, Any]:
    """The action that the owner is asked to allow: all that will be carried out, and nothing else."""
    assert candidate.slot is not None, "whoever is chosen has a slot"
    return {
        "gap_id": gap.id,
        "customer_id": candidate.prospect.customer.id,
        "service_id": candidate.slot.service_id,
        "staff_id": candidate.slot.staff_id,
        "start": candidate.slot.start,
        "discount_percent": candidate.discount_percent,
    }


def action_of(decision: Decision) -> dict[str, Any]:
    names = ("gap_id", "customer_id", "service_id", "staff_id", "start", "discount_percent")
    return {name: decision.action_details[name] for name in names}


def proposal(
    candidate: Candidate,
    number: int,
    plan: Round,
    candidates: Sequence[Candidate],
    context: RoundContext,
    *,
    live: bool,
) -> list[Write]:
    """The writes of a decision that waits for the owner, and of the question to the owner unless it is a dry run."""
    slot, service = candidate.slot, candidate.service
    assert slot is not None and service is not None, "whoever is chosen has a slot"
    decision = round_decision(number, plan, [candidate], candidates, context, level="supervised")
    customer, locale = candidate.prospect.customer, context.salon.locale
    when = spoken_time(slot.start, context.salon.zone, locale, now=None)
    question = approvals.approval_for(
        decision,
        action=action_for(candidate, context.gap),
        summary=spoken_proposal(service.name, when, customer.name, locale, discount_percent=candidate.discount_percent),
        starts_at=slot.start,
        useful_until=owner_asked_until(candidate, context.settings),
        settings=context.settings,
        now=context.now,
    )
    waiting = waiting_for(decision, question.id, until=question.expires_at)
    writes: list[Write] = [*create(decide(waiting, now=context.now))]
    if live:
        writes += create(approvals.request(question, now=context.now))
    return writes


def asking(
    candidate: Candidate,
    number: int,
    decision_id: str,
    context: RoundContext,
    staff_name: str,
    *,
    approved: bool = False,
) -> list[Write]:
    outreach = offer_to(candidate, number, decision_id, context, staff_name)
    reasons = [*candidate.reasons, *(["approved by the owner"] if approved else [])]
    asked: Amended[Outreach] = request(outreach, now=context.now, reasons=reasons)
    entry = candidate.prospect.entry
    moved = (
        waitlist_moved(entry, "offered", salon_id=outreach.salon_id, now=context.now, about=outreach.id)
        if entry
        else ()
    )
    return [*create(asked), *moved]


def offer_to(candidate: Candidate, number: int, decision_id: str, context: RoundContext, staff_name: str) -> Outreach:
    customer, slot, deadline = candidate.prospect.customer, candidate.slot, candidate.deadline
    assert slot is not None and deadline is not None and candidate.channel is not None and candidate.service is not None
    gap, salon = context.gap, context.salon
    locale = customer.locale or salon.locale
    price = discounted(candidate.service.price, candidate.discount_percent, salon.currency)
    purpose = offer_purpose(candidate.channel, customer.phone or "")
    variables = {
        "name": customer.name,
        "salon": salon.name,
        "service": candidate.service.name,
        "staff": staff_name,
        "when": spoken_time(slot.start, salon.zone, locale, now=context.now),
        "price": money.display(price, salon.currency, locale),
        "until": spoken_deadline(deadline, salon.zone, locale, now=context.now),
    }
    return Outreach(
        id=natural_id("out", gap.id, customer.id, decision_id),
        salon_id=gap.salon_id,
        created_at=context.now,
        updated_at=context.now,
        agent_name=AGENT,
        customer_id=customer.id,
        customer_name=customer.name,
        customer_phone=customer.phone or "",
        address_key=key_of(candidate, context),
        outreach_type="gap_fill",
        consent_purpose=PURPOSE[candidate.prospect.source],
        message=unsigned_text(purpose, locale, variables),
        trigger_id=gap.id,
        trigger_type="gap",
        decision_id=decision_id,
        round=number,
        slot=slot,
        guard=[Condition(condition="slot_on_offer", about=gap.id, slot=slot)],
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
