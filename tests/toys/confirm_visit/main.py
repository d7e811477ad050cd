"""job confirm_visits -> confirm_visit -> whoever comes soon is asked; ASK_ANSWERED -> confirm_visit -> the owner hears what they
say."""

import functions_framework

from functions.confirm_visit import ask_to_confirm, tell_answer
from shared.adapters import clock, deliveries, firestore, settings, triggers
from shared.records.events import SalonEvent


@functions_framework.cloud_event
@triggers.on_any
def confirm_visit(event: deliveries.Event) -> triggers.Outcome:
    match event:
        case SalonEvent():
            documents = firestore.store().salon(event.salon_id)
            return tell_answer.tell_answer(event, documents=documents, clock=clock.clock())
        case deliveries.Job():
            return ask_to_confirm.ask_to_confirm(
                documents=firestore.store().salon(event.salon_id), clock=clock.clock(), deployment=settings.deployment()
            )
    raise triggers.unexpected(event)
