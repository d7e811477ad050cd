"""Firestore operations of one scan of all salons, of which 1 % of the staff-days changed and every event about it was lost.

Every salon has ten stylists and a fortnight. What a scan costs should follow what changed, not how much there is.

python -m bench.scan
"""

import random
from dataclasses import dataclass
from datetime import timedelta

from bench.counting import Bill, CountedDocuments
from bench.salon import DAYS, NOW, STAFF, StandingClock, copy_of, documents_of
from bench.table import show
from functions.dispatch_jobs.fan_out import dispatch_jobs
from functions.scan_gaps.scan_cursor import ScanCursor, due, turn_at
from functions.scan_gaps.scan_salon import scan_gaps
from local.memory.memory import MemoryBus, MemoryDatabase, MemoryStore
from shared.ports import Data, Documents, Put, Query, Update
from shared.salon.registry import SHARDS, Entry, Registry, registry_path, shard_of

SALONS = (100, 300, 1000)
BOOKINGS_A_DAY = 6
SHARES = (0.0, 0.01, 0.02)
QUIET = 6
"""Operations of a scan that finds nothing to do."""
LATER = NOW + timedelta(minutes=10)


@dataclass
class Total:
    changed: int = 0
    reads: int = 0
    writes: int = 0

    @property
    def operations(self) -> int:
        return self.reads + self.writes


def main() -> None:
    template = documents_of("template", BOOKINGS_A_DAY)
    # A salon's first scan reads everything once; that is not counted here.
    scan_gaps(documents=template, clock=StandingClock())
    rows, fixed, each = [], 0.0, []
    for share in SHARES:
        total = Total()
        for number in range(max(SALONS) if share == 0.01 else min(SALONS)):
            _scan_one(template, f"salon{number}", share, total)
            salons = number + 1
            if salons in SALONS:
                rows.append(_row(salons, share, total))
                if share:
                    each.append((total.operations - fixed * salons) / total.changed)
                else:
                    fixed = total.operations / salons
    show(
        f"One scan: salons x {STAFF} staff x {DAYS} days, {BOOKINGS_A_DAY} bookings a day",
        ["salons", "staff-days", "changed", "share", "reads", "writes", "in all", "if it read everything", "of that"],
        rows,
    )
    show(
        "What it follows",
        ["", "operations"],
        [
            ["each salon, where nothing changed", fixed],
            *([f"each changed staff-day ({row[0]} salons, {row[3]})", cost]
              for row, cost in zip([row for row in rows if row[2]], each, strict=True)),
            ["the daily look at all, each salon and day", float(_daily_look(template))],
            ["dispatching to 1,000 salons: documents read", _dispatched(1000)],
        ],
    )  # fmt: skip
    if max(each) > 1.2 * min(each):
        raise SystemExit("expected operations in proportion to what changed, found them growing with something else")


def _row(salons: int, share: float, total: Total) -> list[object]:
    days = salons * STAFF * DAYS
    everything = days * BOOKINGS_A_DAY
    return [
        f"{salons:,}", days, total.changed, f"{share:.0%}", total.reads, total.writes, total.operations, everything,
        f"{total.operations / everything:.1%}",
    ]  # fmt: skip


def _copy(template: Documents, salon_id: str, position: Data) -> Documents:
    """The same salon under another id, scanned at NOW."""
    documents = copy_of(template, salon_id)
    documents.commit(Update(ScanCursor.path, position))
    return documents


def _scan_one(template: Documents, salon_id: str, share: float, total: Total) -> None:
    # The daily look is counted by itself: here it is over.
    documents = _copy(template, salon_id, {"turn": turn_at(salon_id, LATER)[0], "checked": STAFF})
    chance = random.Random(f"{salon_id} {share}")
    bookings = documents.query(Query("bookings"))
    by_day: dict[tuple[str, str], list[str]] = {}
    for found in bookings:
        by_day.setdefault((found.data["staff_id"], f"{found.data['start_time']:%F}"), []).append(found.path)
    for paths in by_day.values():
        if chance.random() < share:
            documents.commit(
                Update(
                    chance.choice(paths),
                    {"status": "cancelled", "cancelled_by": "customer", "cancelled_at": LATER, "updated_at": LATER},
                )
            )
            total.changed += 1
    bill = Bill()
    scan_gaps(documents=CountedDocuments(documents, bill), clock=StandingClock(LATER))
    total.reads += bill.reads
    total.writes += bill.writes + bill.deletes


def _daily_look(template: Documents) -> int:
    """All scans of a quiet day, less what they would cost without it."""
    turn, over = turn_at("daily", NOW)
    staff_ids = [f"staff{number}" for number in range(STAFF)]
    documents = _copy(template, "daily", {"turn": turn, "checked": len(due(staff_ids, 0, over))})
    bill, scans = Bill(), 24 * 12
    for number in range(1, scans + 1):
        now = NOW + number * timedelta(minutes=5)
        scan_gaps(documents=CountedDocuments(documents, bill), clock=StandingClock(now))
    return bill.operations - scans * QUIET


def _dispatched(salons: int) -> int:
    store, bus, reads = MemoryStore(MemoryDatabase()), MemoryBus(), 0
    shards: dict[str, Registry] = {}
    for number in range(salons):
        shard = shard_of(f"salon{number}")
        entry = Entry(status="active")
        shards[shard] = shards.get(shard, Registry(salons={})).having(f"salon{number}", entry)
    store.platform().commit(*(Put(registry_path(shard), registry.stored()) for shard, registry in shards.items()))
    after: str | None = None
    while True:
        dispatch_jobs("gap_scan", at=NOW, after=after, store=store, bus=bus)
        reads += SHARDS
        if bus.published[-1].topic != "ticks":
            return reads
        after = bus.published[-1].body["after"]


if __name__ == "__main__":
    main()
