"""Job clean_up, hourly and for each salon -> clean_up -> learned tallies, nothing older than its keeping time,
agent figures."""

import functions_framework

from shared.adapters import clock, firestore, triggers
from shared.use_cases import clean_up as use_case


@functions_framework.cloud_event
@triggers.on_job
def clean_up(job: triggers.Job) -> triggers.Outcome:
    return use_case.clean_up(job.salon_id, store=firestore.store(), clock=clock.clock())
