"""Firestore salons/{salon_id}/audit_logs/{log_id} created -> relay_events -> topic salon-events."""

import functions_framework

from functions.relay_events.figures import figures
from shared.adapters import clock, firestore, pubsub, triggers
from shared.records import announce


@functions_framework.cloud_event
@triggers.on_document_written
def relay_events(change: triggers.DocumentChange) -> triggers.Outcome:
    outcome = announce.relay_events(
        change.id, documents=firestore.store().salon(change.salon_id), bus=pubsub.bus(), clock=clock.clock()
    )
    return triggers.Counted(outcome, {} if outcome == "announced before" else figures(change.after or {}))
