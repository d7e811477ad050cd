"""Publishes what an audit record announces, and marks it announced. Publishing twice is harmless, forgetting is not: the
mark comes after the publication, and what has no mark is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from functions.relay_events.figures import figures
from shared.ports import Bus, Clock, Documents, Published, Update
from shared.records.audit import AuditRecord
from shared.records.events import SCHEMA_VERSION


@dataclass(frozen=True)
class Relayed:
    """`figures` are what monitoring counts of the record, each record once."""

    outcome: Literal["announced", "nothing to announce", "announced before", "gone", "of another salon"]
    figures: Mapping[str, str | float] = field(default_factory=dict)


def relay_events(path: str, *, documents: Documents, bus: Bus, clock: Clock) -> Relayed:
    """Publishes what the audit record at this path announces, if it has not been."""
    snapshot = documents.get(path)
    if snapshot is None:
        return Relayed("gone")
    record = AuditRecord.model_validate(snapshot.data)
    event = record.event()
    if event is None:
        return Relayed("nothing to announce", figures(snapshot.data))
    if record.announced_at is not None:
        return Relayed("announced before")
    if event.salon_id != documents.salon_id:
        # Not ours, for ours name their own salon; whoever wrote it there speaks for nobody else's.
        documents.commit(Update(record.path, {"due_at": None}))
        return Relayed("of another salon")
    bus.publish(
        Published(
            topic="salon-events",
            body=event.model_dump(mode="json"),
            attributes={
                "event_type": event.event_type,
                "salon_id": event.salon_id,
                "event_id": event.event_id,
                "schema_version": SCHEMA_VERSION,
                **({"agent": event.agent} if event.agent else {}),
            },
        )
    )
    documents.commit(Update(record.path, {"announced_at": clock.now(), "due_at": None}))
    return Relayed("announced", figures(snapshot.data))
