"""Another open slot for somebody whose yes came too late: for the same service, at a time and with a staff member that
suit them too."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from functions.fill_gap.candidates import Candidate, about_same_time, valued
from functions.fill_gap.criteria import Criteria
from functions.fill_gap.offered_slot import own_time, slot_for
from functions.fill_gap.prospect import PURPOSE, Prospect, why
from functions.fill_gap.settings import Settings
from shared.asking import limits
from shared.asking.decision import GAP_FILL_AGENT
from shared.asking.holdout import arm_of
from shared.asking.outreach import Outreach
from shared.asking.person import unwanted
from shared.asking.slot import Slot
from shared.calendar.gap import Gap
from shared.calendar.service import Service
from shared.customers.waitlist import WaitlistEntry
from shared.values.identity import canonical
from shared.values.stretches import Stretch

NEAR = timedelta(days=3)
"""How far from the time they wanted another may be for somebody who named no time of their own."""


def could_suit(gap: Gap, wanted: Slot, entry: WaitlistEntry | None, settings: Settings) -> bool:
    """Whether anything of this gap could be offered to them, at a time that they may want. It is asked before more is
    read about the customer."""
    campaign = gap.campaign
    if not gap.is_open or gap.awaits_owner or campaign.status in ("settling", "waiting_owner"):
        return False
    if gap.origin == "idle" and settings.gap.fill_idle == "none":
        return False
    if campaign.asked >= settings.offers.max_asks_per_gap or _is_held_out(gap, settings):
        return False
    if entry is not None and entry.windows:
        return any(window.stretch.overlaps(gap.stretch) for window in entry.windows)
    return gap.stretch.overlaps(Stretch(wanted.start - NEAR, wanted.start + NEAR))


def _is_held_out(gap: Gap, settings: Settings) -> bool:
    """Whether the gap is left alone, also where its campaign has not begun yet."""
    percent, arm = settings.measurement.holdout_percent.gap_fill, gap.campaign.arm
    drawn = arm_of(gap.salon_id, GAP_FILL_AGENT, gap.id, percent) if gap.campaign.undrawn else arm
    return drawn == "held_out"


def not_to_be_offered(
    prospect: Prospect, lost: Outreach, channel: Literal["whatsapp", "sms"], *, allowance: int, criteria: Criteria
) -> str | None:
    """Why this person is offered nothing else and only hears that they came too late, or None."""
    customer, settings = prospect.customer, criteria.settings
    if settings.mode_of(lost.agent_name) != "live" or criteria.salon.status != "active":
        return "nothing is offered at present"
    elsewhere = customer.address != canonical(lost.customer_phone)
    if unwanted(customer, unanswered=prospect.unanswered) is not None or elsewhere:
        return "may not be asked there"
    purpose = PURPOSE[prospect.source]
    if not customer.consents.allows(channel, purpose) or (channel, purpose) in prospect.opted_out:
        return f"no consent for {purpose}"
    number = criteria.salon.messaging.whatsapp_from if channel == "whatsapp" else criteria.salon.messaging.sms_from
    if number is None:
        return f"the salon has no {channel} number"
    if prospect.entry is not None and not prospect.entry.standing:
        return "waits no longer"
    if any(ask.is_open and ask.slot for ask in prospect.asks if ask.id != lost.id):
        return "has another offer open"
    if allowance <= 0:
        return "the salon's limit of asks is reached"
    return limits.contact_limit(
        limits.past_asks(prospect.asks),
        marketing=False,
        limits=settings.limits,
        now=criteria.now,
        zone=criteria.salon.zone,
        answering=True,
    )


def suiting(
    prospect: Prospect,
    lost: Outreach,
    gaps: Sequence[Gap],
    criteria: Criteria,
    channel: Literal["whatsapp", "sms"],
) -> list[tuple[Gap, Candidate]]:
    """The slots that this person may be offered instead, the nearest to the time they wanted first."""
    wanted, service = lost.slot, criteria.services.get(prospect.service_id)
    if wanted is None or service is None:
        return []
    found = []
    for gap in gaps:
        slot = _slot(prospect, lost, wanted, gap, service, criteria)
        if slot is None:
            continue
        candidate = Candidate(prospect, slot, service, channel, reasons=(why(prospect),))
        candidate = valued(candidate, slot, service, criteria)
        if candidate.autonomy is not None and candidate.autonomy.level == "full_auto":
            found.append((gap, candidate))
    return sorted(found, key=lambda each: _order(each[1], wanted))


def _slot(
    prospect: Prospect, lost: Outreach, wanted: Slot, gap: Gap, service: Service, criteria: Criteria
) -> Slot | None:
    """The slot of this gap that suits them, or None."""
    if not could_suit(gap, wanted, prospect.entry, criteria.settings) or service.id not in gap.services_fittable:
        return None
    with_whom = _with_whom(prospect, lost, wanted)
    if with_whom and gap.staff_id not in with_whom:
        return None
    lost_time = [wanted.stretch] if gap.staff_id == wanted.staff_id else []
    here = replace(
        criteria, services={id: each for id, each in criteria.services.items() if id in gap.services_fittable}
    )
    slot = slot_for(prospect, gap, service, here, clear_of=[*own_time(prospect), *lost_time])
    if slot is None or any(about_same_time(ask, slot, criteria.now) for ask in prospect.asks if ask.id != lost.id):
        return None
    named = prospect.entry is not None and prospect.entry.windows
    return slot if named or abs(slot.start - wanted.start) <= NEAR else None


def _with_whom(prospect: Prospect, lost: Outreach, wanted: Slot) -> set[str]:
    """The staff members they would come to, among them the one whose offer they took; empty where any of them is
    fine."""
    named = prospect.entry.staff_ids if prospect.entry else prospect.customer.preferred_staff_ids
    if named:
        return {*named, wanted.staff_id}
    return {wanted.staff_id} if lost.source == "regular" else set()


def _order(candidate: Candidate, wanted: Slot) -> tuple[timedelta, bool, datetime, str]:
    """Orders by how near the time is to the one they wanted; of equally near ones the same staff member comes first."""
    slot = candidate.slot
    assert slot is not None, "whoever may be offered something has a slot"
    return abs(slot.start - wanted.start), slot.staff_id != wanted.staff_id, slot.start, slot.staff_id
