"""Cloud Scheduler, every minute -> expire_outreach -> what is due moves on."""

import functions_framework

from functions.expire_outreach import move_on
from shared.adapters import clock, firestore, pubsub, settings, triggers


@functions_framework.cloud_event
@triggers.on_tick
def expire_outreach(tick: triggers.Tick) -> triggers.Outcome:
    return move_on.expire_outreach(
        store=firestore.store(), bus=pubsub.bus(), clock=clock.clock(), deployment=settings.deployment()
    )
