"""Job gap_scan, every 5 minutes and for each salon -> scan_gaps -> gaps + audit."""

import functions_framework

from functions.scan_gaps import scan_salon
from shared.adapters import clock, deliveries, firestore, triggers


@functions_framework.cloud_event
@triggers.on_job
def scan_gaps(job: deliveries.Job) -> triggers.Outcome:
    return scan_salon.scan_gaps(documents=firestore.store().salon(job.salon_id), clock=clock.clock())
