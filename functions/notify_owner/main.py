"""salon-events APPROVAL_*, GAP_FILLED, ALERT_TRIGGERED, ... -> notify_owner -> a message to the owner, or a digest."""

import functions_framework

from shared.adapters import clock, firestore, settings, triggers
from shared.domain.events import SalonEvent
from shared.use_cases import notify_owner as use_case


@functions_framework.cloud_event
@triggers.on_event
def notify_owner(event: SalonEvent) -> triggers.Outcome:
    return use_case.notify_owner(
        event,
        documents=firestore.store().salon(event.salon_id),
        clock=clock.clock(),
        deployment=settings.deployment(),
    )
