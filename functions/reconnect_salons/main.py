"""Cloud Scheduler, hourly -> reconnect_salons -> salons whose own event was lost are known, and their replies arrive."""

import functions_framework

from functions.reconnect_salons import reconnect
from shared.adapters import clock, firestore, triggers


@functions_framework.cloud_event
@triggers.on_tick
def reconnect_salons(tick: triggers.Tick) -> triggers.Outcome:
    return reconnect.reconnect_salons(store=firestore.store(), clock=clock.clock())
