"""Firestore salons/{salon_id}/audit_logs/{log_id} created -> relay_events -> topic salon-events."""

import functions_framework

from shared.adapters import clock, firestore, pubsub, triggers
from shared.domain.figures import figures
from shared.use_cases import relay_events as use_case


@functions_framework.cloud_event
@triggers.on_document_written
def relay_events(change: triggers.DocumentChange) -> triggers.Outcome:
    outcome = use_case.relay_events(
        change.id, documents=firestore.store().salon(change.salon_id), bus=pubsub.bus(), clock=clock.clock()
    )
    return triggers.Counted(outcome, {} if outcome == "announced before" else figures(change.after or {}))
