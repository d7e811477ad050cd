"""event GAP_DETECTED -> ask_waitlist -> whoever waits is asked; ASK_ANSWERED -> ask_waitlist -> the owner hears what they say."""

import functions_framework

from functions.ask_waitlist import ask_about_gap, tell_answer
from shared.adapters import clock, firestore, settings, triggers
from shared.records.events import SalonEvent


@functions_framework.cloud_event
@triggers.on_event
def ask_waitlist(event: SalonEvent) -> triggers.Outcome:
    documents = firestore.store().salon(event.salon_id)
    if event.event_type == "ASK_ANSWERED":
        return tell_answer.tell_answer(event, documents=documents, clock=clock.clock())
    return ask_about_gap.ask_about_gap(
        event.resource_id, documents=documents, clock=clock.clock(), deployment=settings.deployment()
    )
