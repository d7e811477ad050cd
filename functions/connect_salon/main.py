"""Firestore salons/{salon_id} written, or job connect_salon -> connect_salon -> channel_routes, registry + audit; jobs follow_customers, gap_scan."""

import functions_framework

from functions.connect_salon import claim_numbers
from shared.adapters import clock, deliveries, firestore, pubsub, triggers


@functions_framework.cloud_event
@triggers.on_any
def connect_salon(event: deliveries.Event) -> triggers.Outcome:
    store, bus = firestore.store(), pubsub.bus()
    match event:
        case deliveries.DocumentChange():
            return claim_numbers.connect_salon(
                event.salon_id, before=event.before, after=event.after, store=store, bus=bus, clock=clock.clock()
            )
        case deliveries.Job():
            return claim_numbers.connect_again(event.salon_id, store=store, bus=bus, clock=clock.clock())
    raise triggers.unexpected(event)
