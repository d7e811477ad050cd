"""Cloud Scheduler -> ticks -> dispatch_jobs -> registry -> one message per salon on salon-jobs."""

import functions_framework

from shared.adapters import firestore, pubsub, triggers
from shared.use_cases import dispatch_jobs as use_case


@functions_framework.cloud_event
@triggers.on_tick
def dispatch_jobs(tick: triggers.Tick) -> triggers.Outcome:
    return use_case.dispatch_jobs(tick.name, at=tick.at, after=tick.after, store=firestore.store(), bus=pubsub.bus())
