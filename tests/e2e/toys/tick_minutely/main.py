"""Every minute -> a line in the book of the salon "ticking"."""

import functions_framework

from shared.adapters import clock, deliveries, firestore, triggers
from shared.ports import Put


@functions_framework.cloud_event
@triggers.on_tick
def tick_minutely(tick: deliveries.Tick) -> triggers.Outcome:
    documents = firestore.store().salon("ticking")
    documents.commit(Put(f"minutes/{tick.event_id}", {"at": tick.at, "now": clock.clock().now()}))
    return "ticked"
