"""salon-events GAP_DETECTED -> heard/{event_id}. Refuses for ever what is about a note called "unheard"."""

import functions_framework

from shared.adapters import firestore, triggers
from shared.ports import Put
from shared.records.events import SalonEvent


@functions_framework.cloud_event
@triggers.on_event
def hear_event(event: SalonEvent) -> triggers.Outcome:
    if event.resource_id == "unheard":
        raise RuntimeError("never")
    documents = firestore.store().salon(event.salon_id)
    documents.commit(Put(f"heard/{event.event_id}", {"note": event.resource_id}))
    return "heard"
