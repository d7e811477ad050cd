"""Cloud Scheduler, hourly -> reconnect_salons -> salon-jobs: salons whose own event was lost are known, and hear replies."""

import functions_framework

from functions.reconnect_salons import reconnect
from shared.adapters import clock, deliveries, firestore, pubsub, triggers


@functions_framework.cloud_event
@triggers.on_tick
def reconnect_salons(tick: deliveries.Tick) -> triggers.Outcome:
    return reconnect.reconnect_salons(store=firestore.store(), bus=pubsub.bus(), clock=clock.clock())
