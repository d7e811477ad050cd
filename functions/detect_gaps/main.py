"""Firestore salons/{salon_id}/bookings/{booking_id} written, or a gap that is due -> detect_gaps -> gaps + audit."""

import functions_framework

from functions.detect_gaps import end_gap, follow_booking
from shared.adapters import clock, deliveries, firestore, triggers


@functions_framework.cloud_event
@triggers.on_any
def detect_gaps(event: deliveries.Event) -> triggers.Outcome:
    match event:
        case deliveries.DocumentChange():
            return follow_booking.detect_gaps(
                event.id,
                before=event.before,
                after=event.after,
                version=event.update_time or event.occurred_at,
                documents=firestore.store().salon(event.salon_id),
                clock=clock.clock(),
            )
        case deliveries.Due():
            documents = firestore.store().salon(event.salon_id)
            return end_gap.end_gap(event.path, documents=documents, clock=clock.clock())
    raise triggers.unexpected(event)
