"""salon-events OUTREACH_REQUESTED, or a message that is due -> send_outreach -> Twilio, or what else reaches an owner."""

from functools import partial

import functions_framework

from functions.send_outreach import messenger, move_on, notifiers, send_message
from shared.adapters import clock, deliveries, firestore, settings, triggers
from shared.records.events import SalonEvent


@functions_framework.cloud_event
@triggers.on_any
def send_outreach(event: deliveries.Event) -> triggers.Outcome:
    store = firestore.store()
    send = partial(
        send_message.send_outreach,
        platform=store.platform(),
        messenger=messenger.messenger(),
        notifiers=notifiers.notifiers(),
        clock=clock.clock(),
        deployment=settings.deployment(),
    )
    match event:
        case SalonEvent():
            return send(str(event.payload.get("path")), documents=store.salon(event.salon_id))
        case deliveries.Due():
            return move_on.move_on(event.path, documents=store.salon(event.salon_id), clock=clock.clock(), send=send)
    raise triggers.unexpected(event)
