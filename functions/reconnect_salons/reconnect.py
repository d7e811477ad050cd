"""Hourly: salons that were written lately are to be connected once more. A salon whose own event was lost is in no registry,
so no job of its own would ever find it; one whose numbers changed unheard gets no replies.

Only the ids of what was written are read here; connect_salon looks at each salon inside its own boundary, and leaves one
that is connected as it should be as it is.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.ports import Bus, Clock, Store
from shared.records.ask_for_job import ask_for_job

AT_ONCE: Final = 200
LOOKED_BACK: Final = timedelta(hours=26)
"""The platform repeats a lost event for 24 hours."""


@dataclass(frozen=True)
class Asked:
    salons: int


def reconnect_salons(*, store: Store, bus: Bus, clock: Clock) -> Asked:
    """Asks for every salon that was written lately to be connected."""
    now = clock.now()
    written = store.salons_written(now - LOOKED_BACK, AT_ONCE)
    for salon_id in written:
        ask_for_job("connect_salon", salon_id, at=now, bus=bus)
    return Asked(len(written))
