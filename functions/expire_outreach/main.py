"""Cloud Scheduler, every minute -> expire_outreach -> what is due moves on."""

import functions_framework

from shared.adapters import clock, firestore, pubsub, settings, triggers
from shared.use_cases import expire_outreach as use_case


@functions_framework.cloud_event
@triggers.on_tick
def expire_outreach(tick: triggers.Tick) -> triggers.Outcome:
    return use_case.expire_outreach(
        store=firestore.store(), bus=pubsub.bus(), clock=clock.clock(), deployment=settings.deployment()
    )
