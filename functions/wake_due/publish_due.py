"""Says of each waiting document whose time has come that it is due, to the function that looks after its collection.

It reads no document but where it is and since when it waits, and moves none on: that is for whoever hears of it, in one
delivery for each document, so one that fails keeps no other waiting.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.wake_due.groups import GROUPS
from shared.ports import Bus, Clock, Due, Published, Store
from shared.records.invalid import InvalidEvent

AT_ONCE: Final = 500
"""Messages in one run; the rest are the next one's, which is asked for at once."""


@dataclass(frozen=True)
class Woken:
    documents: int


def wake_due(*, at: datetime, after: str | None = None, store: Store, bus: Bus, clock: Clock) -> Woken:
    """Publishes what is due, longest overdue first in each collection. `after` is where the run before this one stopped."""
    group, last = _position(after)
    woken, now = 0, clock.now()
    for name in GROUPS[GROUPS.index(group) :]:
        page = store.due(name, now, AT_ONCE - woken, last if name == group else None)
        for due in page:
            body = {"salon_id": due.salon_id, "path": due.path, "due_at": due.due_at}
            bus.publish(Published("salon-due", body, {"collection": _collection(due.path)}))
        woken += len(page)
        if woken == AT_ONCE:
            rest = json.dumps([name, page[-1].due_at.isoformat(), page[-1].salon_id, page[-1].path])
            bus.publish(Published("ticks", {"at": at, "after": rest}, {"tick": "wake_due"}))
            break
    return Woken(woken)


def _position(after: str | None) -> tuple[str, Due | None]:
    if after is None:
        return GROUPS[0], None
    try:
        group, due_at, salon_id, path = json.loads(after)
        last = Due(salon_id, path, datetime.fromisoformat(due_at))
    except (ValueError, TypeError):
        raise InvalidEvent(f"expected `after` to say where a run stopped, found {after[:100]!r}") from None
    if group not in GROUPS:
        raise InvalidEvent(f"expected `after` to name one of {', '.join(GROUPS)}, found {group!r}")
    return group, last


def _collection(path: str) -> str:
    """`conversations/c1/inbound/SM1` is in `conversations/inbound`."""
    return "/".join(path.split("/")[::2])
