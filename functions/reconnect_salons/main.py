"""Cloud Scheduler, hourly -> reconnect_salons -> salons whose own event was lost are known, and their replies arrive."""

import functions_framework

from shared.adapters import clock, firestore, triggers
from shared.use_cases import reconnect_salons as use_case


@functions_framework.cloud_event
@triggers.on_tick
def reconnect_salons(tick: triggers.Tick) -> triggers.Outcome:
    return use_case.reconnect_salons(store=firestore.store(), clock=clock.clock())
