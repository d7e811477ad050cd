"""A state and its audit record, always in one commit; and the loop for commits that another writer may beat."""

import random
from collections.abc import Callable
from typing import TypeVar

from shared.ports import Clock, Contended, Create, Put, Snapshot, Write
from shared.records.audit import Amended, AuditRecord
from shared.records.stored import StateDocument

T = TypeVar("T")
D = TypeVar("D", bound=StateDocument)

ATTEMPTS = 8


def create(amended: Amended[D]) -> tuple[Write, Write]:
    return Create(amended.document.path, amended.document.stored()), fact(amended.record)


def replace(amended: Amended[D], read: Snapshot | None = None) -> tuple[Write, Write]:
    """With the snapshot it was decided on, the commit fails when somebody wrote the document since. Inside a transaction
    the transaction sees to that."""
    put = Put(amended.document.path, amended.document.stored(), unchanged_since=read.version if read else None)
    return put, fact(amended.record)


def fact(record: AuditRecord) -> Write:
    return Create(record.path, record.stored())


def until_committed(attempt: Callable[[], T | None], *, clock: Clock) -> T:
    """Runs `attempt` (read, decide, commit) until it does not return None, which says that another writer was faster.
    Raises Contended after several tries: the platform delivers again."""
    for tried in range(ATTEMPTS):
        outcome = attempt()
        if outcome is not None:
            return outcome
        clock.sleep(random.uniform(0.5, 1) * 0.02 * 2**tried)  # waiting only; no decision depends on it
    raise Contended(f"not committed after {ATTEMPTS} attempts")
