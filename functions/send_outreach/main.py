"""salon-events OUTREACH_REQUESTED -> send_outreach -> Twilio, or what else reaches an owner."""

import functions_framework

from functions.send_outreach import messenger, notifiers, send_message
from shared.adapters import clock, firestore, settings, triggers
from shared.records.events import SalonEvent


@functions_framework.cloud_event
@triggers.on_event
def send_outreach(event: SalonEvent) -> triggers.Outcome:
    store = firestore.store()
    return send_message.send_outreach(
        str(event.payload.get("path")),
        documents=store.salon(event.salon_id),
        platform=store.platform(),
        messenger=messenger.messenger(),
        notifiers=notifiers.notifiers(),
        clock=clock.clock(),
        deployment=settings.deployment(),
    )
