"""Fans a scheduled job out: each salon that it concerns gets a small message of its own, so that no function reads all
tenants' data and a salon that fails concerns no other. The registry's sixteen documents say which salons there are.

It goes page by page: the rest is another message on the topic that this one came by. A page that is delivered twice
makes its messages twice, and a job is a look at what stands, so that is harmless.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.ports import Bus, Published, Store
from shared.records.ask_for_job import ask_for_job
from shared.salon.registry import SHARDS, Registry, registry_path

AT_ONCE: Final = 500
KEPT_WHILE_PAUSED: Final = frozenset({"gap_scan"})
"""The jobs that paused salons have too: such a salon sends and decides nothing, but its gaps are kept."""


@dataclass(frozen=True)
class Dispatched:
    salons: int


def dispatch_jobs(job: str, *, at: datetime, after: str | None = None, store: Store, bus: Bus) -> Dispatched:
    """Publishes the messages of one page. `after` is the last salon of the page before."""
    shards = store.platform().get_all([registry_path(f"{number:02}") for number in range(SHARDS)])
    salons = {id: entry for shard in shards for id, entry in Registry.model_validate(shard.data).salons.items()}
    concerned = sorted(
        id
        for id, entry in salons.items()
        if (entry.status == "active" or job in KEPT_WHILE_PAUSED) and (after is None or id > after)
    )
    page = concerned[:AT_ONCE]
    for salon_id in page:
        ask_for_job(job, salon_id, at=at, bus=bus)
    if len(concerned) > len(page):
        bus.publish(Published("ticks", {"at": at, "after": page[-1]}, {"job": job}))
    return Dispatched(len(page))
