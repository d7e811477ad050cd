"""Job gap_scan, every 5 minutes and for each salon -> scan_gaps -> gaps + audit."""

import functions_framework

from shared.adapters import clock, firestore, triggers
from shared.use_cases import scan_gaps as use_case


@functions_framework.cloud_event
@triggers.on_job
def scan_gaps(job: triggers.Job) -> triggers.Outcome:
    return use_case.scan_gaps(documents=firestore.store().salon(job.salon_id), clock=clock.clock())
