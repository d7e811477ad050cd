"""Firestore salons/{salon_id}/settings/current written -> apply_settings -> settings/v{n} + audit."""

import functions_framework

from shared.adapters import clock, firestore, triggers
from shared.use_cases import apply_settings as use_case


@functions_framework.cloud_event
@triggers.on_document_written
def apply_settings(change: triggers.DocumentChange) -> triggers.Outcome:
    return use_case.apply_settings(documents=firestore.store().salon(change.salon_id), clock=clock.clock())
