"""Firestore salons/{salon_id}/bookings/{booking_id} written -> detect_gaps -> gaps + audit."""

import functions_framework

from functions.detect_gaps import follow_booking
from shared.adapters import clock, firestore, triggers


@functions_framework.cloud_event
@triggers.on_document_written
def detect_gaps(change: triggers.DocumentChange) -> triggers.Outcome:
    return follow_booking.detect_gaps(
        change.id,
        before=change.before,
        after=change.after,
        version=change.update_time or change.occurred_at,
        documents=firestore.store().salon(change.salon_id),
        clock=clock.clock(),
    )
