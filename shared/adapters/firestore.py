"""Store on Google's Firestore."""

import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, TypeVar

from google.api_core.datetime_helpers import DatetimeWithNanoseconds
from google.api_core.exceptions import Aborted, AlreadyExists, FailedPrecondition, GoogleAPICallError, NotFound
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.field_path import FieldPath

from shared.adapters import paths, storable
from shared.ports import (
    SALON,
    Contended,
    Create,
    Delete,
    Due,
    Found,
    Put,
    Query,
    ReadAfterWrite,
    Snapshot,
    Store,
    Transaction,
    Update,
    Write,
)

ATTEMPTS = 5

T = TypeVar("T")


@cache
def store() -> Store:
    """FIRESTORE_DATABASE names another database than the project's default one."""
    return FirestoreStore(
        firestore.Client(
            project=os.environ.get("GOOGLE_CLOUD_PROJECT"), database=os.environ.get("FIRESTORE_DATABASE") or None
        )
    )


class FirestoreStore:
    def __init__(self, client: Any) -> None:
        self._client = client

    def salon(self, salon_id: str) -> "FirestoreDocuments":
        return FirestoreDocuments(self._client, paths.salon(salon_id))

    def platform(self) -> "FirestoreDocuments":
        return FirestoreDocuments(self._client, paths.PLATFORM)

    def due(self, collection: str, now: datetime, limit: int, after: Due | None = None) -> list[Due]:
        waiting = self._client.collection_group(collection).where(filter=FieldFilter("due_at", "<=", now))
        # The documents are read again inside their own salon: only where they are, and since when, is used.
        waiting = waiting.order_by("due_at").order_by("__name__").select(["due_at"])
        if after is not None:
            last = self._client.document(paths.absolute(after))
            waiting = waiting.start_after({"due_at": after.due_at, "__name__": last})
        return [paths.due(hit.reference.path, _plain(hit.get("due_at"))) for hit in waiting.limit(limit).stream()]

    def outlived(self, salon_id: str, collection: str, now: datetime, limit: int) -> list[Found]:
        old = self._client.collection_group(collection).where(filter=FieldFilter("salon_id", "==", salon_id))
        old = old.where(filter=FieldFilter("forget_at", "<=", now)).order_by("forget_at")
        return [paths.found(hit.reference.path) for hit in old.select([]).limit(limit).stream()]

    def salons_written(self, since: datetime, limit: int) -> list[str]:
        written = self._client.collection(paths.SALONS).where(filter=FieldFilter("updated_at", ">", since))
        latest = written.order_by("updated_at", direction=firestore.Query.DESCENDING)
        return [hit.id for hit in latest.select([]).limit(limit).stream()]


class FirestoreDocuments:
    def __init__(self, client: Any, root: paths.Root) -> None:
        self.salon_id = root.salon_id
        self._client = client
        self._root = root

    def get(self, path: str) -> Snapshot | None:
        return next(iter(self.get_all([path])), None)

    def get_all(self, paths: Sequence[str]) -> list[Snapshot]:
        return _get_all(self._client, self._root, paths)

    def query(self, query: Query) -> list[Snapshot]:
        return _snapshots(self._root, _query(self._client, self._root, query).stream())

    def at_one_instant(self, collections: Sequence[str]) -> Iterator[Snapshot]:
        """Whole collections as they stood together when the reading began; `a/*/b` is the collection b below each a, also
        below one that is no document itself. Firestore remembers the last hour: it has to be read within that."""
        instant = self._client.document(self._root.document(SALON)).get().read_time
        for collection in collections:
            above, _, below = collection.partition("/*/")
            whole = self._client.collection(self._root.collection(above))
            parents = whole.list_documents(read_time=instant) if below else ()
            for each in [parent.collection(below) for parent in parents] if below else [whole]:
                for document in each.stream(read_time=instant):
                    yield from _snapshots(self._root, [document])

    def commit(self, *writes: Write) -> bool:
        batch = self._client.batch()
        for write in storable.one_commit([storable.write(self._root, write) for write in writes]):
            _add(self._client, batch, write)
        for attempt in range(ATTEMPTS):
            _pause(attempt)
            try:
                batch.commit()
            except Aborted as aborted:  # a transaction holds one of the documents
                contention = aborted
            except GoogleAPICallError as refused:
                if _precondition_failed(refused, writes):
                    return False
                raise
            else:
                return True
        raise _contended() from contention

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """The library runs the work again when the commit meets another one. It does not when a read does, or when a
        precondition fails because another was faster; that is the loop here."""
        last: Exception | None = None
        for attempt in range(ATTEMPTS):
            _pause(attempt)
            run = _Run(self._client, self._root, work)
            try:
                return run.committed()
            except Aborted as aborted:
                last = aborted
            except GoogleAPICallError as refused:
                if not run.committing or not _precondition_failed(refused, run.writes):
                    raise
                last = refused
            except ValueError as exhausted:
                # The library says so with a ValueError, as the work itself might.
                if isinstance(exhausted.__cause__, Aborted):
                    raise _contended() from exhausted
                raise
        raise _contended() from last


class _Run(Generic[T]):
    """One run of a transaction's work, and its commit."""

    def __init__(self, client: Any, root: paths.Root, work: Callable[[Transaction], T]) -> None:
        self.writes: list[Write] = []
        self.committing = False
        self._client = client
        self._root = root
        self._work = work

    def committed(self) -> T:
        committed: T = firestore.transactional(self._attempt)(self._client.transaction(max_attempts=ATTEMPTS))
        return committed

    def _attempt(self, transaction: Any) -> T:
        self.committing = False
        own = _Transaction(self._client, self._root, transaction)
        outcome = self._work(own)
        for write in storable.one_commit(own.writes):
            _add(self._client, transaction, write)
        self.writes = own.writes
        self.committing = True
        return outcome


class _Transaction:
    def __init__(self, client: Any, root: paths.Root, transaction: Any) -> None:
        self.writes: list[Write] = []
        self._client = client
        self._root = root
        self._transaction = transaction

    def get(self, path: str) -> Snapshot | None:
        return next(iter(self.get_all([path])), None)

    def get_all(self, paths: Sequence[str]) -> list[Snapshot]:
        self._refuse_read_after_write()
        return _get_all(self._client, self._root, paths, self._transaction)

    def query(self, query: Query) -> list[Snapshot]:
        self._refuse_read_after_write()
        return _snapshots(self._root, _query(self._client, self._root, query).stream(transaction=self._transaction))

    def write(self, *writes: Write) -> None:
        self.writes += [storable.write(self._root, write) for write in writes]

    def _refuse_read_after_write(self) -> None:
        if self.writes:
            raise ReadAfterWrite("a transaction is expected to read everything before its first write")


def _get_all(client: Any, root: paths.Root, asked: Sequence[str], transaction: Any = None) -> list[Snapshot]:
    absolute = [root.document(path) for path in asked]
    if not absolute:
        return []
    # Firestore answers in any order and each document once.
    found = client.get_all([client.document(path) for path in dict.fromkeys(absolute)], transaction=transaction)
    by_path = {document.reference.path: document for document in found if document.exists}
    return _snapshots(root, (by_path[path] for path in absolute if path in by_path))


def _query(client: Any, root: paths.Root, query: Query) -> Any:
    built = client.collection(whole := root.collection(query.collection))
    checked = storable.query(query)
    for field, op, value in checked.where:
        built = built.where(filter=FieldFilter(_field(field), op, value))
    for field in checked.order_by:
        direction = firestore.Query.DESCENDING if field.startswith("-") else firestore.Query.ASCENDING
        built = built.order_by(_field(field.removeprefix("-")), direction=direction)
    if checked.after is not None:
        built = built.order_by("__name__").start_after({"__name__": client.document(f"{whole}/{checked.after}")})
    return built if checked.limit is None else built.limit(checked.limit)


def _snapshots(root: paths.Root, documents: Iterable[Any]) -> list[Snapshot]:
    return [
        Snapshot(
            path=root.relative(document.reference.path),
            data=_plain(document.to_dict()),
            version=document.update_time.rfc3339(),
            update_time=_plain(document.update_time),
        )
        for document in documents
    ]


def _add(client: Any, batch: Any, write: Write) -> None:
    reference = client.document(write.path)
    match write:
        case Create():
            batch.create(reference, write.data)
        case Put():
            batch.set(reference, write.data)
        case Update():
            fields = {_field(field): value for field, value in write.fields.items()}
            batch.update(reference, fields, option=_option(client, write.unchanged_since))
        case Delete():
            batch.delete(reference)


def _option(client: Any, version: str | None) -> Any:
    if version is None:
        return None
    return client.write_option(last_update_time=DatetimeWithNanoseconds.from_rfc3339(version).timestamp_pb())


def _precondition_failed(error: Exception, writes: Iterable[Write]) -> bool:
    """Only where a write of this kind was asked for: a database that does not exist is NotFound as well."""
    match error:
        case AlreadyExists():
            return any(isinstance(write, Create) for write in writes)
        case NotFound():
            return any(isinstance(write, Update) for write in writes)
        case FailedPrecondition():
            return any(isinstance(write, Update) and write.unchanged_since is not None for write in writes)
    return False


def _field(name: str) -> str:
    return str(FieldPath(*storable.parts(name)).to_api_repr())


def _plain(value: Any) -> Any:
    """The library's instants carry nanoseconds; all else stays what it is: the booking app may keep references and
    places in its documents."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.time(), tzinfo=UTC)
    return value


def _pause(attempt: int) -> None:
    if attempt:
        time.sleep(random.uniform(0.5, 1) * 0.02 * 2**attempt)


def _contended() -> Contended:
    return Contended(f"expected a commit within {ATTEMPTS} attempts, found other writers each time")
