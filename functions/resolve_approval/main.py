"""Firestore salons/{salon_id}/approvals/{approval_id} updated, or due -> resolve_approval -> its answer, or its end, + audit."""

import functions_framework

from functions.resolve_approval import hear_answer
from shared.adapters import clock, firestore, settings, triggers


@functions_framework.cloud_event
@triggers.on_any
def resolve_approval(event: triggers.Event) -> triggers.Outcome:
    match event:
        case triggers.DocumentChange():
            if event.before and event.after and event.before.get("status") == event.after.get("status"):
                return "nothing to do"
            return hear_answer.resolve_approval(
                event.id,
                documents=firestore.store().salon(event.salon_id),
                clock=clock.clock(),
                deployment=settings.deployment(),
            )
        case triggers.Due():
            return hear_answer.approval_due(
                event.path,
                documents=firestore.store().salon(event.salon_id),
                clock=clock.clock(),
                deployment=settings.deployment(),
            )
    raise triggers.unexpected(event)
