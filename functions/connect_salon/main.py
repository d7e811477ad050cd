"""Firestore salons/{salon_id} written -> connect_salon -> channel_routes, registry, gaps + audit."""

import functions_framework

from shared.adapters import clock, firestore, triggers
from shared.salon import connect_salon as use_case


@functions_framework.cloud_event
@triggers.on_document_written
def connect_salon(change: triggers.DocumentChange) -> triggers.Outcome:
    return use_case.connect_salon(
        change.salon_id, before=change.before, after=change.after, store=firestore.store(), clock=clock.clock()
    )
