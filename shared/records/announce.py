"""Publishes what an audit record announces, and marks it announced. Publishing twice is harmless, forgetting is not: the
mark comes after the publication, and the sweep finds what has no mark."""

from typing import Literal

from shared.ports import Bus, Clock, Documents, Published, Update
from shared.records.audit import AuditRecord
from shared.records.events import SCHEMA_VERSION


def relay_events(
    log_id: str, *, documents: Documents, bus: Bus, clock: Clock
) -> Literal["announced", "nothing to announce", "announced before", "gone", "of another salon"]:
    snapshot = documents.get(f"audit_logs/{log_id}")
    if snapshot is None:
        return "gone"
    record = AuditRecord.model_validate(snapshot.data)
    event = record.event()
    if event is None:
        return "nothing to announce"
    if record.announced_at is not None:
        return "announced before"
    if event.salon_id != documents.salon_id:
        # Not ours, for ours name their own salon; whoever wrote it there speaks for nobody else's.
        documents.commit(Update(record.path, {"due_at": None}))
        return "of another salon"
    bus.publish(
        Published(
            topic="salon-events",
            body=event.model_dump(mode="json"),
            attributes={
                "event_type": event.event_type,
                "salon_id": event.salon_id,
                "event_id": event.event_id,
                "schema_version": SCHEMA_VERSION,
            },
        )
    )
    documents.commit(Update(record.path, {"announced_at": clock.now(), "due_at": None}))
    return "announced"
