"""Cloud Scheduler, every minute -> wake_due -> one message on salon-due for each document whose time has come."""

import functions_framework

from functions.wake_due import publish_due
from shared.adapters import clock, deliveries, firestore, pubsub, triggers


@functions_framework.cloud_event
@triggers.on_tick
def wake_due(tick: deliveries.Tick) -> triggers.Outcome:
    return publish_due.wake_due(
        at=tick.at, after=tick.after, store=firestore.store(), bus=pubsub.bus(), clock=clock.clock()
    )
