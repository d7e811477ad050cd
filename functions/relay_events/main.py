"""Firestore salons/{salon_id}/audit_logs/{log_id} created -> relay_events -> topic salon-events."""

import functions_framework

from shared.adapters import clock, firestore, pubsub, triggers
from shared.use_cases import relay_events as use_case


@functions_framework.cloud_event
@triggers.on_document_written
def relay_events(change: triggers.DocumentChange) -> triggers.Outcome:
    return use_case.relay_events(
        change.id, documents=firestore.store().salon(change.salon_id), bus=pubsub.bus(), clock=clock.clock()
    )
