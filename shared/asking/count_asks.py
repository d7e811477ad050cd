"""Counts the asks of a salon: one document for all agents."""

from shared.asking.limits import AskCounters
from shared.ports import Create, Put, Reader, Snapshot, Write

COUNTERS = "counters/asks"


def counters_of(reader: Reader) -> AskCounters:
    """The counters as they stand."""
    return _counters(reader.get(COUNTERS))


def counters_to_change(reader: Reader) -> tuple[AskCounters, Snapshot | None]:
    """The counters with the snapshot they were read from, for a change outside a transaction."""
    found = reader.get(COUNTERS)
    return _counters(found), found


def counted(counters: AskCounters, found: Snapshot | None) -> Write:
    """Writes the counters. The commit fails when somebody counted meanwhile."""
    if found is None:
        return Create(COUNTERS, counters.stored())
    return Put(COUNTERS, counters.stored(), unchanged_since=found.version)


def _counters(found: Snapshot | None) -> AskCounters:
    return AskCounters.model_validate(found.data) if found else AskCounters()
