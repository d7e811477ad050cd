"""A state and its audit record, always in one commit; and the loop for commits that another writer may beat."""

import random
from collections.abc import Callable
from typing import TypeVar

from shared.ports import Clock, Contended, Create, Snapshot, Update, Write
from shared.records.audit import Amended, AuditRecord
from shared.records.stored import StateDocument, Stored

T = TypeVar("T")
D = TypeVar("D", bound=StateDocument)

ATTEMPTS = 8


def create(amended: Amended[D]) -> tuple[Write, Write]:
    """The writes of a new document and of its record."""
    return Create(amended.document.path, amended.document.stored()), fact(amended.record)


def update(amended: Amended[D], read: Snapshot | None = None) -> tuple[Write, Write]:
    """The writes of the changed fields and of their record; the fields that our model does not know stay. With the snapshot it
    was decided on, the commit fails when somebody wrote the document since; inside a transaction that is seen to."""
    document = amended.document
    changed = Update(document.path, document.changes(), unchanged_since=read.version if read else None)
    return changed, fact(amended.record)


def save(path: str, document: Stored, read: Snapshot | None) -> Write:
    """The write of a document that no audit follows: it creates the document or, where it has been read, updates the fields of
    its model. The commit fails when somebody wrote it since."""
    data = document.stored()
    return Update(path, data, unchanged_since=read.version) if read else Create(path, data)


def fact(record: AuditRecord) -> Write:
    """The write of a record by itself."""
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
