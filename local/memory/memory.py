"""Store and Bus without a cloud: what simulation and tests run on, held to the same contract tests as Firestore."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from local.memory.memory_database import Change, MemoryDatabase, Reads, Result, versions
from shared.adapters import paths, storable, wire
from shared.ports import Contended, Due, Found, Published, Query, ReadAfterWrite, Schedule, Snapshot, Transaction, Write

__all__ = [
    "ATTEMPTS",
    "Change",
    "Database",
    "MemoryBus",
    "MemoryDatabase",
    "MemoryDocuments",
    "MemoryScheduler",
    "MemoryStore",
]

ATTEMPTS = 5

T = TypeVar("T")


class Database(Protocol):
    """MemoryDatabase itself, or a multiprocessing manager's proxy of one in another process."""

    def get(self, paths: Sequence[str]) -> list[Snapshot | None]: ...
    def query(self, collection: str, query: Query) -> list[Snapshot]: ...
    def due(
        self, group: str, now: datetime, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[tuple[datetime, str]]: ...
    def outlived(self, salon_id: str, group: str, now: datetime, limit: int) -> list[str]: ...
    def commit(self, writes: Sequence[Write], reads: Reads | None = None) -> bool: ...


class MemoryStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def salon(self, salon_id: str) -> "MemoryDocuments":
        return MemoryDocuments(self._database, paths.salon(salon_id))

    def platform(self) -> "MemoryDocuments":
        return MemoryDocuments(self._database, paths.PLATFORM)

    def due(self, collection: str, now: datetime, limit: int, after: Due | None = None) -> list[Due]:
        last = (after.due_at, paths.absolute(after)) if after else None
        return [paths.due(path, at) for at, path in self._database.due(collection, now, limit, last)]

    def outlived(self, salon_id: str, collection: str, now: datetime, limit: int) -> list[Found]:
        return [paths.found(path) for path in self._database.outlived(salon_id, collection, now, limit)]

    def salons_written(self, since: datetime, limit: int) -> list[str]:
        written = Query(paths.SALONS, (("updated_at", ">", since),), ("-updated_at",), limit)
        return [found.id for found in self._database.query(paths.SALONS, storable.query(written))]


class MemoryDocuments:
    def __init__(self, database: Database, root: paths.Root) -> None:
        self.salon_id = root.salon_id
        self._database = database
        self._root = root

    def get(self, path: str) -> Snapshot | None:
        return next(iter(self.get_all([path])), None)

    def get_all(self, paths: Sequence[str]) -> list[Snapshot]:
        absolute = [self._root.document(path) for path in paths]
        return [_own(self._root, found) for found in self._database.get(absolute) if found]

    def query(self, query: Query) -> list[Snapshot]:
        found = self._database.query(self._root.collection(query.collection), storable.query(query))
        return [_own(self._root, snapshot) for snapshot in found]

    def commit(self, *writes: Write) -> bool:
        return self._database.commit(storable.one_commit([storable.write(self._root, write) for write in writes]))

    def transact(self, work: Callable[[Transaction], T]) -> T:
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(random.uniform(0, 0.001) * 2**attempt)
            transaction = _Transaction(self._database, self._root)
            try:
                outcome = work(transaction)
            except Exception:
                # It may have failed because what it read does not belong together; then it deserves another try.
                if self._database.commit([], transaction.reads()):
                    raise
                continue
            if self._database.commit(storable.one_commit(transaction.writes), transaction.reads()):
                return outcome
        raise Contended(f"expected a transaction to commit within {ATTEMPTS} attempts, found other writers each time")


class _Transaction:
    def __init__(self, database: Database, root: paths.Root) -> None:
        self.writes: list[Write] = []
        self._database = database
        self._root = root
        self._documents: dict[str, str | None] = {}
        self._results: list[Result] = []

    def reads(self) -> Reads:
        return Reads(tuple(self._documents.items()), tuple(self._results))

    def get(self, path: str) -> Snapshot | None:
        return next(iter(self.get_all([path])), None)

    def get_all(self, paths: Sequence[str]) -> list[Snapshot]:
        self._refuse_read_after_write()
        absolute = [self._root.document(path) for path in paths]
        found = self._database.get(absolute)
        for path, snapshot in zip(absolute, found, strict=True):
            # The first version seen counts: a second read that differs must fail the commit.
            self._documents.setdefault(path, snapshot.version if snapshot else None)
        return [_own(self._root, snapshot) for snapshot in found if snapshot]

    def query(self, query: Query) -> list[Snapshot]:
        self._refuse_read_after_write()
        collection = self._root.collection(query.collection)
        asked = storable.query(query)
        found = self._database.query(collection, asked)
        self._results.append(Result(collection, asked, versions(found)))
        return [_own(self._root, snapshot) for snapshot in found]

    def write(self, *writes: Write) -> None:
        self.writes += [storable.write(self._root, write) for write in writes]

    def _refuse_read_after_write(self) -> None:
        if self.writes:
            raise ReadAfterWrite("a transaction is expected to read everything before its first write")


class MemoryBus:
    """Hands each message on, or keeps it in `published` where nobody takes it."""

    def __init__(self, deliver: Callable[[Published], None] | None = None) -> None:
        self.published: list[Published] = []
        self._deliver = deliver or self.published.append

    def publish(self, message: Published) -> None:
        wire.encode(message.body)  # refuses what Pub/Sub could not carry
        self._deliver(message)


class MemoryScheduler:
    """Knows what is paused; who keeps the time asks it before firing. `run` fires one schedule."""

    def __init__(self, crons: Mapping[str, str], run: Callable[[str], object]) -> None:
        self._crons = dict(sorted(crons.items()))
        self._paused: set[str] = set()
        self._run = run

    def is_paused(self, name: str) -> bool:
        return name in self._paused

    def schedules(self) -> list[Schedule]:
        return [
            Schedule(name, cron, "paused" if self.is_paused(name) else "enabled") for name, cron in self._crons.items()
        ]

    def pause(self, name: str) -> None:
        self._paused.add(name)

    def resume(self, name: str) -> None:
        self._paused.discard(name)

    def run(self, name: str) -> None:
        self._run(name)


def _own(root: paths.Root, snapshot: Snapshot) -> Snapshot:
    return Snapshot(root.relative(snapshot.path), _copy(snapshot.data), snapshot.version, snapshot.update_time)


def _copy(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        copied = value.copy()
        for key, item in value.items():
            if type(item) in _NESTED:
                copied[key] = _copy(item)
        return copied
    if kind is list:
        return [_copy(item) if type(item) in _NESTED else item for item in value]
    return value


_NESTED = frozenset({dict, list})
