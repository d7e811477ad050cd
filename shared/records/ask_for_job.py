"""Asks for a job of one salon: the message that says it is that salon's turn, whoever asks for it."""

from datetime import datetime

from shared.ports import Bus, Published


def ask_for_job(job: str, salon_id: str, *, at: datetime, bus: Bus, after: str | None = None) -> None:
    """Publishes the job for the salon. A job is a look at what stands, so asking for it once too often is harmless. One that looks at
    pages goes on `after` the document of that id."""
    body = {"job": job, "salon_id": salon_id, "at": at} | ({"after": after} if after else {})
    bus.publish(Published("salon-jobs", body, {"job": job, "salon_id": salon_id}))
