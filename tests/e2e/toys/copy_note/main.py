"""A note written -> copied, each attempt counted first. A note can ask for failures, for an event, or for patience."""

import time

import functions_framework

from shared.adapters import clock, deliveries, firestore, pubsub, triggers
from shared.ports import Create, Published, Put, Query


@functions_framework.cloud_event
@triggers.on_document_written
def copy_note(change: deliveries.DocumentChange) -> triggers.Outcome:
    documents = firestore.store().salon(change.salon_id)
    tried = len(documents.query(_attempts_of(change))) + 1
    attempt = {"event_id": change.event_id, "note": change.id, "at": clock.clock().now()}
    documents.commit(Create(f"attempts/{change.event_id}-{tried}-{time.monotonic_ns()}", attempt))
    note = change.after or {}
    if tried <= note.get("failures", 0):
        raise RuntimeError("as the note asked")
    time.sleep(note.get("seconds", 0))
    documents.commit(Put(f"copies/{change.id}", {**note, "copied_at": clock.clock().now()}))
    for number in range(note.get("events", 0)):
        pubsub.bus().publish(_event(change, number))
    return "copied"


def _attempts_of(change: deliveries.DocumentChange) -> Query:
    return Query("attempts", (("event_id", "==", change.event_id),))


def _event(change: deliveries.DocumentChange, number: int) -> Published:
    body = {
        "event_id": f"{change.id}-{number}",
        "event_type": "GAP_DETECTED",
        "salon_id": change.salon_id,
        "occurred_at": clock.clock().now(),
        "resource_type": "note",
        "resource_id": change.id,
    }
    return Published("salon-events", body, {"event_type": "GAP_DETECTED", "salon_id": change.salon_id})
