"""Firestore salons/{salon_id}/settings/current written, or job apply_settings -> apply_settings -> settings/v{n} + audit."""

import functions_framework

from functions.apply_settings import accept_settings
from shared.adapters import clock, firestore, triggers


@functions_framework.cloud_event
@triggers.on_any
def apply_settings(event: triggers.Event) -> triggers.Outcome:
    match event:
        case triggers.DocumentChange() | triggers.Job():
            documents = firestore.store().salon(event.salon_id)
            return accept_settings.apply_settings(documents=documents, clock=clock.clock())
    raise triggers.unexpected(event)
