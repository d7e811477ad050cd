"""Firestore salons/{salon_id}/waitlist/{entry_id} written, or job follow_waitlist -> follow_waitlist -> waitlist + audit."""

import functions_framework

from functions.follow_waitlist import follow_wish, look_through_waitlist
from shared.adapters import clock, deliveries, firestore, pubsub, triggers


@functions_framework.cloud_event
@triggers.on_any
def follow_waitlist(event: deliveries.Event) -> triggers.Outcome:
    match event:
        case deliveries.DocumentChange():
            documents = firestore.store().salon(event.salon_id)
            return follow_wish.follow_wish(event.id, before=event.before, documents=documents, clock=clock.clock())
        case deliveries.Job():
            documents = firestore.store().salon(event.salon_id)
            return look_through_waitlist.look_through_waitlist(
                documents=documents, bus=pubsub.bus(), clock=clock.clock()
            )
    raise triggers.unexpected(event)
