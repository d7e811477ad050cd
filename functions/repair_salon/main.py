"""Job repair, hourly and for each salon -> repair_salon -> what was stuck goes on, what only a person can mend is told."""

import functions_framework

from functions.repair_salon import mend
from shared.adapters import clock, deliveries, firestore, triggers


@functions_framework.cloud_event
@triggers.on_job
def repair_salon(job: deliveries.Job) -> triggers.Outcome:
    return mend.repair_salon(documents=firestore.store().salon(job.salon_id), clock=clock.clock())
