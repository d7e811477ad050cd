"""Firestore salons/{salon_id}/approvals/{approval_id} updated, or due -> resolve_approval -> its answer, or its end, + audit."""

import functions_framework

from functions.resolve_approval import hear_answer
from shared.adapters import clock, deliveries, firestore, triggers


@functions_framework.cloud_event
@triggers.on_any
def resolve_approval(event: deliveries.Event) -> triggers.Outcome:
    match event:
        case deliveries.DocumentChange():
            if event.before and event.after and event.before.get("status") == event.after.get("status"):
                return "nothing to do"
            documents = firestore.store().salon(event.salon_id)
            return hear_answer.resolve_approval(event.id, documents=documents, clock=clock.clock())
        case deliveries.Due():
            documents = firestore.store().salon(event.salon_id)
            return hear_answer.approval_due(event.path, documents=documents, clock=clock.clock())
    raise triggers.unexpected(event)
