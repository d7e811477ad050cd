"""Firestore salons/{s}/customers/{c} written, or job follow_customers -> follow_customer -> identities, consents + audit."""

import functions_framework

from functions.follow_customer import follow_everybody, keep_identities
from shared.adapters import clock, deliveries, firestore, pubsub, settings, triggers


@functions_framework.cloud_event
@triggers.on_any
def follow_customer(event: deliveries.Event) -> triggers.Outcome:
    deployment = settings.deployment()
    match event:
        case deliveries.DocumentChange():
            return keep_identities.follow_customer(
                event.id,
                before=event.before,
                after=event.after,
                documents=firestore.store().salon(event.salon_id),
                clock=clock.clock(),
                deployment=deployment,
            )
        case deliveries.Job():
            return follow_everybody.follow_everybody(
                documents=firestore.store().salon(event.salon_id),
                after=event.after,
                bus=pubsub.bus(),
                clock=clock.clock(),
                deployment=deployment,
            )
    raise triggers.unexpected(event)
