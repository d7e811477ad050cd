"""salon-events APPROVAL_*, GAP_FILLED, ALERT_TRIGGERED, ... -> notify_owner -> a message to the owner, or a digest."""

import functions_framework

from functions.notify_owner import tell_owner
from shared.adapters import clock, firestore, settings, triggers
from shared.records.events import SalonEvent


@functions_framework.cloud_event
@triggers.on_event
def notify_owner(event: SalonEvent) -> triggers.Outcome:
    return tell_owner.notify_owner(
        event,
        documents=firestore.store().salon(event.salon_id),
        clock=clock.clock(),
        deployment=settings.deployment(),
    )
