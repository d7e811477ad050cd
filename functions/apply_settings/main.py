"""Firestore salons/{salon_id}/settings/current written -> apply_settings -> settings/v{n} + audit."""

import functions_framework

from shared.adapters import clock, firestore, triggers
from shared.salon import accept_settings


@functions_framework.cloud_event
@triggers.on_document_written
def apply_settings(change: triggers.DocumentChange) -> triggers.Outcome:
    return accept_settings.apply_settings(documents=firestore.store().salon(change.salon_id), clock=clock.clock())
