"""salon-events GAP_* and OUTREACH_* endings, or a gap that is due -> fill_gap -> decision + outreach, or the campaign's end."""

import functions_framework

from shared.adapters import clock, firestore, settings, triggers
from shared.asking import run_campaign
from shared.records.events import SalonEvent


@functions_framework.cloud_event
@triggers.on_any
def fill_gap(event: triggers.Event) -> triggers.Outcome:
    match event:
        case SalonEvent():
            documents = firestore.store().salon(event.salon_id)
            gap_id = run_campaign.gap_of(event, documents=documents)
            if gap_id is None:
                return "about no gap"
            return run_campaign.fill_gap(
                gap_id,
                documents=documents,
                clock=clock.clock(),
                deployment=settings.deployment(),
                after_reaction=event.event_type in run_campaign.REACTIONS,
            )
        case triggers.Due():
            return run_campaign.campaign_due(
                event.path,
                documents=firestore.store().salon(event.salon_id),
                clock=clock.clock(),
                deployment=settings.deployment(),
            )
    raise triggers.unexpected(event)
