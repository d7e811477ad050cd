"""Locks that are taken by create(): contended read-then-write transactions stall and fail, losing a create() is instant.

Finding a lock taken means *busy*, never *sold*: the caller looks again at what the lock protects. Whoever holds one
deletes it in the commit of its work, or after its failure; a holder that died is succeeded after `LEASE`, in real time.
"""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from shared.ports import Clock, Contended, Create, Delete, Documents, Transaction, Update, Write
from shared.records.stored import natural_id

T = TypeVar("T")

LEASE = timedelta(seconds=30)
"""How long, in real time, a lock is its holder's alone."""
PATIENCE = timedelta(seconds=8)
"""How long, in real time, somebody waits for a lock."""


def person_day(kind: str, person_id: str, start: datetime, end: datetime, zone: ZoneInfo) -> list[str]:
    """The locks of a staff member's or a customer's time: one for each date it touches."""
    first, last = start.astimezone(zone).date(), (end - timedelta(microseconds=1)).astimezone(zone).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [lock_path(kind, person_id, day.isoformat()) for day in days]


def lock_path(kind: str, *of: str) -> str:
    return f"locks/{natural_id(kind, *of)}"


def release(locks: Sequence[str]) -> list[Write]:
    """The writes that give these locks back, for the commit of the work they protected."""
    return [Delete(path) for path in locks]


def holding(
    locks: Sequence[str],
    work: Callable[[], T],
    *,
    documents: Documents,
    clock: Clock,
    pointless: Callable[[], T | None],
) -> T:
    """Runs `work`, which must write `release(locks)` in its own commit; where it fails they are released for it. While
    others hold a lock, `pointless` is asked whether waiting still makes sense; a value ends it. Raises Contended when
    patience runs out."""
    give_up = clock.real() + PATIENCE
    tried = 0
    while (until := _acquired(locks, documents=documents, clock=clock)) is None:
        if (ended := pointless()) is not None:
            return ended
        if clock.real() >= give_up:
            raise Contended(f"{len(locks)} lock(s) still held after {PATIENCE.seconds} s")
        clock.sleep(random.uniform(0.5, 1) * min(0.8, 0.05 * 2**tried))  # waiting only; no decision depends on it
        tried += 1
    try:
        return work()
    except Exception:
        _give_up(locks, until, documents)
        raise


def held(
    locks: Sequence[str],
    work: Callable[[], T],
    *,
    documents: Documents,
    clock: Clock,
    pointless: Callable[[], T | None],
) -> T:
    """Runs `work`, which makes several commits, and releases the locks after it. They only keep others from doing the same at
    the same time: each commit must be right without them, for a lease may end before the work."""

    def released() -> T:
        outcome = work()
        documents.commit(*release(locks))
        return outcome

    return holding(locks, released, documents=documents, clock=clock, pointless=pointless)


def _acquired(locks: Sequence[str], *, documents: Documents, clock: Clock) -> datetime | None:
    """Takes all of the locks or none, and returns until when they are ours, or None while others hold one."""
    until = clock.real() + LEASE
    lease = {"until": until}
    if documents.commit(*(Create(path, lease) for path in locks)):
        return until
    held = {snapshot.path: snapshot for snapshot in documents.get_all(locks)}
    if not held or any(snapshot.data["until"] > clock.real() for snapshot in held.values()):
        return None
    taken_over = documents.commit(
        *(
            Update(path, lease, unchanged_since=held[path].version) if path in held else Create(path, lease)
            for path in locks
        )
    )
    return until if taken_over else None


def _give_up(locks: Sequence[str], until: datetime, documents: Documents) -> None:
    """Releases those of the locks that are still held until then: another has taken over what was held for longer."""

    def work(transaction: Transaction) -> None:
        ours = [found.path for found in transaction.get_all(locks) if found.data["until"] == until]
        transaction.write(*release(ours))

    documents.transact(work)
