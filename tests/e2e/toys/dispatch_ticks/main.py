"""A job is due -> a line in the book of the salon "ticking"."""

import functions_framework

from shared.adapters import deliveries, firestore, triggers
from shared.ports import Put


@functions_framework.cloud_event
@triggers.on_tick
def dispatch_ticks(tick: deliveries.Tick) -> triggers.Outcome:
    firestore.store().salon("ticking").commit(Put(f"jobs/{tick.event_id}", {"job": tick.name, "at": tick.at}))
    return "dispatched"
