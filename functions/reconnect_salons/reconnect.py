"""Hourly: salons that were written lately are connected once more. A salon whose own event was lost is in no registry, so no
job of its own would ever find it; one whose numbers changed unheard gets no replies.

Only the ids of what was written are read here; each salon is then looked at inside its own boundary. One that is connected
as it should be is left as it is, and its calendar is not read.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.ports import Clock, Store
from shared.records.audit import record_fact
from shared.records.commit import fact
from shared.records.invalid import InvalidEvent
from shared.salon.connect_salon import connect_salon
from shared.salon.registry import Registry, registry_path, shard_of

ACTOR = "reconnect_salons"
AT_ONCE: Final = 200
LOOKED_BACK: Final = timedelta(hours=26)
"""The platform repeats a lost event for 24 hours."""


@dataclass(frozen=True)
class Reconnected:
    """`unlisted` were in no registry."""

    salons: int
    unlisted: int


def reconnect_salons(*, store: Store, clock: Clock) -> Reconnected:
    """Raises the failures of single salons together, after all others."""
    connected, unlisted = 0, 0
    failures: list[Exception] = []
    for salon_id in store.salons_written(clock.now() - LOOKED_BACK, AT_ONCE):
        try:
            known = _listed(salon_id, store)
            # Nothing before: its calendar is read too.
            outcome = connect_salon(salon_id, before={} if known else None, after={}, store=store, clock=clock)
        except InvalidEvent:
            # It cannot be understood, which its own event has written down.
            continue
        except Exception as failure:
            failures.append(failure)
            continue
        connected += 1
        if not known and outcome != "disconnected":
            unlisted += 1
            _note(salon_id, store, clock)
    if failures:
        raise ExceptionGroup("salons that could not be connected", failures)
    return Reconnected(connected, unlisted)


def _listed(salon_id: str, store: Store) -> bool:
    found = store.platform().get(registry_path(shard_of(salon_id)))
    return found is not None and salon_id in Registry.model_validate(found.data).salons


def _note(salon_id: str, store: Store, clock: Clock) -> None:
    now = clock.now()
    record = record_fact(
        salon_id=salon_id,
        resource_type="salon",
        resource_id=salon_id,
        version=now,
        now=now,
        actor=ACTOR,
        event="repaired",
        action="Repaired: the salon was in no registry, so nothing was done for it by the clock",
        severity="warning",
    )
    store.salon(salon_id).commit(fact(record))
