"""Firestore salons/{salon_id}/settings/current written, or job apply_settings -> apply_settings -> settings/v{n} + audit."""

import functions_framework

from functions.apply_settings import accept_settings
from shared.adapters import clock, deliveries, firestore, triggers


@functions_framework.cloud_event
@triggers.on_any
def apply_settings(event: deliveries.Event) -> triggers.Outcome:
    match event:
        case deliveries.DocumentChange() | deliveries.Job():
            documents = firestore.store().salon(event.salon_id)
            return accept_settings.apply_settings(documents=documents, clock=clock.clock())
    raise triggers.unexpected(event)
