"""What a round is made of: the decision and its reasons, what each customer is asked, the question to the owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from functions.fill_gap.candidates import Candidate, owner_asked_until
from functions.fill_gap.discounts import discounted
from functions.fill_gap.offer_purpose import offer_purpose
from functions.fill_gap.prospect import PURPOSE, Prospect
from functions.fill_gap.round_plan import NoRound, Round
from functions.fill_gap.round_size import UNREACHABLE
from functions.fill_gap.settings import Settings
from functions.fill_gap.spoken_proposal import Offered, spoken_proposal
from shared.approvals import approval as approvals
from shared.asking.decision import (
    GAP_FILL_AGENT,
    Context,
    Decision,
    RevenueImpact,
    waiting_for,
    without_outcome,
)
from shared.asking.guard import Condition
from shared.asking.outreach import OfferDetails, Outreach
from shared.asking.proposal import Proposal, Question, Selected
from shared.calendar.gap import Gap
from shared.messaging.greeting import greeted_by
from shared.messaging.rendering import spelt_out
from shared.messaging.spoken import spoken_deadline, spoken_time
from shared.records.stored import natural_id
from shared.salon.salon import Salon
from shared.values import money

AGENT = GAP_FILL_AGENT


@dataclass(frozen=True)
class RoundContext:
    """What a round, or a single offer, is made and written by. `gap` is the gap as it was read last; `offers` are those of it that
    still stand."""

    gap: Gap
    salon: Salon
    settings: Settings
    offers: Sequence[Outreach]
    now: datetime
    signing_key: bytes

    @property
    def dry_run(self) -> bool:
        return self.settings.mode_of(AGENT) == "dry_run"


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
            "target_unreachable": UNREACHABLE in plan.reasons,
            **(action_for(about, context) if supervised else {}),
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


def nobody_asked(plan: NoRound, candidates: Sequence[Candidate], context: RoundContext) -> Decision | None:
    """The decision to ask nobody at present: who was considered, and why. None where there is nothing to explain: the offers
    that are out suffice, or idle time is kept for those who wait for exactly it."""
    if plan.kind == "enough_asked" or (context.gap.origin == "idle" and context.settings.gap.fill_idle != "all"):
        return None
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


def action_for(people: Sequence[Candidate], context: RoundContext) -> dict[str, Any]:
    """The action that the owner is asked to allow: all that will be carried out, and nothing else. Who goes first stands also by
    themselves, beside the gap."""
    bound = [bound_to(candidate, context) for candidate in people]
    return {"gap_id": context.gap.id, **bound[0], "people": bound}


def bound_to(candidate: Candidate, context: RoundContext) -> dict[str, Any]:
    """What the owner's word about this customer is bound to: the slot and the price."""
    slot, service = candidate.slot, candidate.service
    assert slot is not None and service is not None, "whoever is chosen has a slot"
    return {
        "customer_id": candidate.prospect.customer.id,
        "service_id": slot.service_id,
        "staff_id": slot.staff_id,
        "start": slot.start,
        "discount_percent": candidate.discount_percent,
        "price": float(discounted(service.price, candidate.discount_percent, context.salon.currency)),
    }


def question_about(
    people: Sequence[Candidate], number: int, plan: Round, candidates: Sequence[Candidate], context: RoundContext
) -> Question:
    """The decision that waits for the owner, and the question to them: one for the round."""
    decision = round_decision(number, plan, people, candidates, context, level="supervised")
    approval = approvals.approval_for(
        decision,
        action=action_for(people, context),
        summary=_summary(people, context),
        starts_at=min(candidate.slot.start for candidate in people if candidate.slot is not None),
        useful_until=max(owner_asked_until(candidate, context.settings) for candidate in people),
        settings=context.settings,
        now=context.now,
    )
    waiting = waiting_for(decision, approval.id, until=approval.expires_at)
    return Question(waiting, approvals.request(approval, now=context.now))


def _summary(people: Sequence[Candidate], context: RoundContext) -> str:
    """Says who would be asked about what, and why, those who would be asked about the same together."""
    salon, asked = context.salon, dict[Offered, list[Prospect]]()
    for candidate in people:
        assert candidate.slot is not None and candidate.service is not None, "whoever is chosen has a slot"
        price = discounted(candidate.service.price, candidate.discount_percent, salon.currency)
        called = {"service": candidate.service.name, "staff": context.gap.staff_name}
        said = spelt_out(called, salon.locale)
        offered = Offered(
            said["service"],
            said["staff"],
            spoken_time(candidate.slot.start, salon.zone, salon.locale, now=None),
            money.display(price, salon.currency, salon.locale),
            candidate.discount_percent,
        )
        asked.setdefault(offered, []).append(candidate.prospect)
    return "; ".join(
        spoken_proposal([_called(each, salon) for each in who], offered, [each.source for each in who], salon.locale)
        for offered, who in asked.items()
    )


def _called(prospect: Prospect, salon: Salon) -> str:
    """The customer's name as the owner reads it."""
    return spelt_out({"customer": prospect.customer.name}, salon.locale)["customer"]


def proposal_of(
    candidates: Sequence[Candidate], context: RoundContext, staff_name: str, *, approved: bool = False
) -> Proposal:
    """Those of the candidates who may be asked, with what each would be offered."""
    ready = [candidate for candidate in candidates if candidate.excluded is None]
    return Proposal(
        agent=AGENT,
        outreach_type="gap_fill",
        trigger_id=context.gap.id,
        trigger_type="gap",
        people=[offer_to(candidate, context, staff_name) for candidate in ready],
        salon=context.salon,
        settings=context.settings,
        now=context.now,
        signing_key=context.signing_key,
        approved=approved,
        units=(context.gap.id,) if context.gap.campaign.undrawn and not approved else (),
        holdout_percent=context.settings.measurement.holdout_percent.gap_fill,
    )


def offer_to(candidate: Candidate, context: RoundContext, staff_name: str) -> Selected:
    prospect, customer = candidate.prospect, candidate.prospect.customer
    slot, deadline = candidate.slot, candidate.deadline
    assert slot is not None and deadline is not None and candidate.channel is not None and candidate.service is not None
    salon, now = context.salon, context.now
    locale = salon.spoken_to(customer.locale)
    price = discounted(candidate.service.price, candidate.discount_percent, salon.currency)
    return Selected(
        person=prospect.person,
        consent=PURPOSE[prospect.source],
        channel=candidate.channel,
        source=prospect.source,
        purpose=offer_purpose(candidate.channel, customer.phone or ""),
        sms_purpose=offer_purpose("sms", customer.phone or ""),
        variables={
            "name": greeted_by(customer.name),
            "salon": salon.name,
            "service": candidate.service.name,
            "staff": staff_name,
            "when": spoken_time(slot.start, salon.zone, locale, now=now),
            "price": money.display(price, salon.currency, locale),
            "until": spoken_deadline(deadline, salon.zone, locale, now=now),
        },
        deadline=deadline,
        guard=(Condition(condition="slot_on_offer", about=context.gap.id, slot=slot),),
        slot=slot,
        offer=OfferDetails(discount_percent=candidate.discount_percent, valid_until=deadline, price=price),
        unit=context.gap.id,
        autonomy=candidate.autonomy.level if candidate.autonomy else "full_auto",
        segment=prospect.segment,
        probability=candidate.probability,
        reasons=candidate.reasons,
        entry=prospect.entry,
        moves_booking_id=prospect.moves.id if prospect.moves else None,
        chain_depth=candidate.chain_depth,
    )
