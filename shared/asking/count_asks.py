"""The salon's count of its asks: one document for all agents."""

from shared.asking.limits import AskCounters
from shared.ports import Reader, Snapshot, Write
from shared.records.commit import save

COUNTERS = "counters/asks"


def counters_of(reader: Reader) -> AskCounters:
    return _understood(reader.get(COUNTERS))


def counters_to_change(reader: Reader) -> tuple[AskCounters, Snapshot | None]:
    """With what was read, for a change."""
    found = reader.get(COUNTERS)
    return _understood(found), found


def counted(counters: AskCounters, found: Snapshot | None) -> Write:
    """Fails the commit when somebody counted meanwhile."""
    return save(COUNTERS, counters, found)


def _understood(found: Snapshot | None) -> AskCounters:
    return AskCounters.model_validate(found.data) if found else AskCounters()
