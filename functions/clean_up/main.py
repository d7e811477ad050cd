"""Job clean_up, hourly and for each salon -> clean_up -> learned tallies, nothing older than its keeping time,
agent figures."""

import functions_framework

from functions.clean_up import clean_salon
from shared.adapters import clock, deliveries, firestore, triggers


@functions_framework.cloud_event
@triggers.on_job
def clean_up(job: deliveries.Job) -> triggers.Outcome:
    return clean_salon.clean_up(job.salon_id, store=firestore.store(), clock=clock.clock())
