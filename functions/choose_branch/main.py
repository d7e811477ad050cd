"""Firestore channel_routes/{route_id}/inbound/{message_id} created, or due -> choose_branch -> the message at its salon, or a question."""

import functions_framework

from functions.choose_branch import hand_on
from shared.adapters import clock, deliveries, firestore, settings, triggers


@functions_framework.cloud_event
@triggers.on_any
def choose_branch(event: deliveries.Event) -> triggers.Outcome:
    match event:
        case deliveries.DocumentChange() | deliveries.Due() if not event.salon_id:
            return hand_on.choose_branch(
                event.path, store=firestore.store(), clock=clock.clock(), deployment=settings.deployment()
            )
    raise triggers.unexpected(event)
