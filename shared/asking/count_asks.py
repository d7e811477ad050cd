"""Counts the asks of a salon: one document for all agents."""

from shared.asking.limits import AskCounters
from shared.ports import Reader, Snapshot, Write
from shared.records.commit import save

COUNTERS = "counters/asks"


def counters_of(reader: Reader) -> AskCounters:
    """The counters as they stand."""
    return _counters(reader.get(COUNTERS))


def counters_to_change(reader: Reader) -> tuple[AskCounters, Snapshot | None]:
    """The counters with the snapshot they were read from, for a change."""
    found = reader.get(COUNTERS)
    return _counters(found), found


def counted(counters: AskCounters, found: Snapshot | None) -> Write:
    """Writes the counters. The commit fails when somebody counted meanwhile."""
    return save(COUNTERS, counters, found)


def _counters(found: Snapshot | None) -> AskCounters:
    return AskCounters.model_validate(found.data) if found else AskCounters()
