"""Firestore salons/{salon_id}/audit_logs/{log_id} created, or due -> relay_events -> topic salon-events."""

import functions_framework

from functions.relay_events import announce
from shared.adapters import clock, deliveries, firestore, pubsub, triggers


@functions_framework.cloud_event
@triggers.on_any
def relay_events(event: deliveries.Event) -> triggers.Outcome:
    match event:
        case deliveries.DocumentChange() | deliveries.Due():
            documents = firestore.store().salon(event.salon_id)
            relayed = announce.relay_events(event.path, documents=documents, bus=pubsub.bus(), clock=clock.clock())
            return triggers.Counted(relayed.outcome, relayed.figures)
    raise triggers.unexpected(event)
