"""Firestore salons/{salon_id}/approvals/{approval_id} updated -> resolve_approval -> the answer settled + audit."""

import functions_framework

from shared.adapters import clock, firestore, triggers
from shared.approvals import hear_answer


@functions_framework.cloud_event
@triggers.on_document_written
def resolve_approval(change: triggers.DocumentChange) -> triggers.Outcome:
    if (
        change.before is not None
        and change.after is not None
        and change.before.get("status") == change.after.get("status")
    ):
        return "nothing to do"
    return hear_answer.resolve_approval(
        change.id, documents=firestore.store().salon(change.salon_id), clock=clock.clock()
    )
