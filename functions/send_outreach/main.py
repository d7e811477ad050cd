"""salon-events OUTREACH_REQUESTED -> send_outreach -> Twilio, or what else reaches an owner."""

import functions_framework

from shared.adapters import clock, firestore, notifiers, settings, triggers, twilio
from shared.domain.events import SalonEvent
from shared.use_cases import send_outreach as use_case


@functions_framework.cloud_event
@triggers.on_event
def send_outreach(event: SalonEvent) -> triggers.Outcome:
    store = firestore.store()
    return use_case.send_outreach(
        str(event.payload.get("path")),
        documents=store.salon(event.salon_id),
        platform=store.platform(),
        messenger=twilio.messenger(),
        notifiers=notifiers.notifiers(),
        clock=clock.clock(),
        deployment=settings.deployment(),
    )
