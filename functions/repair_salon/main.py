"""Job repair, hourly and for each salon -> repair_salon -> what was stuck goes on, what only a person can mend is told."""

import functions_framework

from shared.adapters import clock, firestore, triggers
from shared.use_cases import repair_salon as use_case


@functions_framework.cloud_event
@triggers.on_job
def repair_salon(job: triggers.Job) -> triggers.Outcome:
    return use_case.repair_salon(documents=firestore.store().salon(job.salon_id), clock=clock.clock())
