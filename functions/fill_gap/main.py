"""salon-events GAP_*, OUTREACH_*, OFFER_LOST, APPROVAL_APPROVED, WAITLIST_CHANGED, or a due gap -> fill_gap -> decision + outreach, or an end."""

import functions_framework

from functions.fill_gap import answer_late_yes, carry_out_approval, meet_wish, run_campaign
from shared.adapters import clock, deliveries, firestore, settings, triggers
from shared.records.events import SalonEvent


@functions_framework.cloud_event
@triggers.on_any
def fill_gap(event: deliveries.Event) -> triggers.Outcome:
    match event:
        case SalonEvent():
            return _heard(event)
        case deliveries.Due():
            return run_campaign.campaign_due(
                event.path,
                documents=firestore.store().salon(event.salon_id),
                clock=clock.clock(),
                deployment=settings.deployment(),
            )
    raise triggers.unexpected(event)


def _heard(event: SalonEvent) -> triggers.Outcome:
    documents, deployment = firestore.store().salon(event.salon_id), settings.deployment()
    match event.event_type:
        case "APPROVAL_APPROVED":
            return carry_out_approval.carry_out_approval(
                event.resource_id, documents=documents, clock=clock.clock(), deployment=deployment
            )
        case "OFFER_LOST":
            return answer_late_yes.answer_late_yes(
                event.resource_id, documents=documents, clock=clock.clock(), deployment=deployment
            )
        case "WAITLIST_CHANGED":
            return meet_wish.meet_wish(
                event.resource_id, documents=documents, clock=clock.clock(), deployment=deployment
            )
    gap_id = run_campaign.gap_of(event, documents=documents)
    if gap_id is None:
        return "about no gap"
    return run_campaign.fill_gap(
        gap_id,
        documents=documents,
        clock=clock.clock(),
        deployment=deployment,
        after_reaction=event.event_type in run_campaign.REACTIONS,
    )
