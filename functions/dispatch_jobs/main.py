"""Cloud Scheduler -> ticks -> dispatch_jobs -> registry -> one message per salon on salon-jobs."""

import functions_framework

from functions.dispatch_jobs import fan_out
from shared.adapters import deliveries, firestore, pubsub, triggers


@functions_framework.cloud_event
@triggers.on_tick
def dispatch_jobs(tick: deliveries.Tick) -> triggers.Outcome:
    return fan_out.dispatch_jobs(tick.name, at=tick.at, after=tick.after, store=firestore.store(), bus=pubsub.bus())
