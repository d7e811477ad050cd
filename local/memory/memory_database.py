"""A database in memory that behaves as Firestore does, as few picklable primitives: it works the same inside one
process and behind a multiprocessing manager, with `memory.MemoryStore` in front of it.

Paths are absolute. What goes in must be storable and not be changed afterwards; what comes out is the database's own
and must not be changed either. MemoryStore sees to both.
"""

import pickle
import threading
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from shared.adapters import storable
from shared.ports import Create, Data, Delete, Put, Query, Snapshot, Update, Write

Key = tuple[Any, ...]
"""A value's place in Firestore's order: values of one type are neighbours; 1 and 1.0 are the same, 1 and True not."""

MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One document before and after a commit. None: it did not exist."""

    path: str
    before: Data | None
    after: Data | None
    update_time: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What a query found, as (path, version)."""

    collection: str
    query: Query
    found: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reads:
    """What a transaction saw: paths with their versions (None: absent) and the results of its queries."""

    documents: tuple[tuple[str, str | None], ...]
    results: tuple[Result, ...]


class MemoryDatabase:
    """`on_change` is called for every changed document, in the order of the commits and before the next one can start:
    it should only put the change aside. `now` gives update times, which never repeat, even where it stands still."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_change: Callable[[Change], None] | None = None,
    ) -> None:
        self.now = now
        self.on_change = on_change
        self._collections: dict[str, _Collection] = {}
        self._waiting: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        self._kept: defaultdict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
        self._last_commit = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.RLock()

    def get(self, paths: Sequence[str]) -> list[Snapshot | None]:
        with self._lock:
            return [self._document(path) for path in paths]

    def query(self, collection: str, query: Query) -> list[Snapshot]:
        """`query.collection` is not looked at."""
        with self._lock:
            found = self._collections.get(collection)
            return found.select(query) if found else []

    def list_collection(self, collection: str) -> list[Snapshot]:
        return self.query(collection, Query(collection))

    def below(self, path: str) -> list[Snapshot]:
        """The document at `path` and all below it, as they stand at one instant."""
        with self._lock:
            found = [self._document(path)]
            for collection, held in self._collections.items():
                if collection.startswith(f"{path}/"):
                    found += held.documents.values()
        return [each for each in found if each is not None]

    def due(
        self, group: str, now: datetime, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[tuple[datetime, str]]:
        """Documents in any collection of that name whose `due_at` has come, longest overdue first: since when, and the
        path. With `after`, those that follow it."""
        with self._lock:
            due = sorted((at, path.split("/")) for path, at in self._waiting[group].items() if at <= now)
        last = (after[0], after[1].split("/")) if after else None
        return [(at, "/".join(parts)) for at, parts in due if last is None or (at, parts) > last][:limit]

    def outlived(self, salon_id: str, group: str, now: datetime, limit: int) -> list[str]:
        """Paths of documents in any collection of that name that name this salon and whose `forget_at` has come."""
        with self._lock:
            old = [(at, path.split("/"), path) for path, at in self._kept[salon_id, group].items() if at <= now]
        return [path for _, _, path in sorted(old)[:limit]]

    def commit(self, writes: Sequence[Write], reads: Reads | None = None) -> bool:
        """All or nothing; False when a precondition does not hold or a read is no longer true."""
        with self._lock:
            if reads is not None and not self._still_true(reads):
                return False
            staged: dict[str, Data | None] = {}
            for write in writes:
                if not self._stage(write, staged):
                    return False
            self._apply(staged)
            return True

    @property
    def is_empty(self) -> bool:
        return not self._collections

    def dumped(self) -> bytes:
        """Everything that is stored, for `restore`."""
        with self._lock:
            return pickle.dumps((self._collections, self._waiting, self._kept, self._last_commit))

    def restore(self, dumped: bytes) -> None:
        """Puts what another database had stored in place of all that is here. No change is told."""
        with self._lock:
            self._collections, self._waiting, self._kept, self._last_commit = pickle.loads(dumped)

    def _document(self, path: str) -> Snapshot | None:
        collection, _, name = path.rpartition("/")
        found = self._collections.get(collection)
        return found.documents.get(name) if found else None

    def _still_true(self, reads: Reads) -> bool:
        for path, version in reads.documents:
            current = self._document(path)
            if (current.version if current else None) != version:
                return False
        return all(versions(self.query(result.collection, result.query)) == result.found for result in reads.results)

    def _stage(self, write: Write, staged: dict[str, Data | None]) -> bool:
        path = write.path
        current = self._document(path)
        data = staged.get(path, current.data if current else None)
        match write:
            case Create():
                staged[path] = write.data
                return data is None
            case Put():
                staged[path] = write.data
                return True
            case Update():
                if data is None:
                    return False
                staged[path] = _updated(data, write.fields)
                return write.unchanged_since is None or (
                    current is not None and current.version == write.unchanged_since
                )
            case Delete():
                staged[path] = None
                return True

    def _apply(self, staged: dict[str, Data | None]) -> None:
        changes = []
        update_time = max(self.now(), self._last_commit + timedelta(microseconds=1))
        for path, after in staged.items():
            current = self._document(path)
            before = current.data if current else None
            if not _same(before, after):
                self._replace(path, after, update_time)
                changes.append(Change(path, before, after, update_time))
        if changes:
            self._last_commit = update_time
        if self.on_change is not None:
            for change in changes:
                self.on_change(change)

    def _replace(self, path: str, data: Data | None, update_time: datetime) -> None:
        collection, _, name = path.rpartition("/")
        group = collection.rpartition("/")[2]
        waiting = self._waiting[group]
        waiting.pop(path, None)
        before = self._document(path)
        if before is not None:
            self._kept[str(before.data.get("salon_id")), group].pop(path, None)
        if data is None:
            self._collections[collection].remove(name)
            return
        if isinstance(due_at := data.get("due_at"), datetime):
            waiting[path] = due_at
        if isinstance(forget_at := data.get("forget_at"), datetime):
            self._kept[str(data.get("salon_id")), group][path] = forget_at
        if collection not in self._collections:
            self._collections[collection] = _Collection()
        self._collections[collection].put(Snapshot(path, data, update_time.isoformat(), update_time))


class _Collection:
    """Documents by id, and a sorted index of each field that a query has ever compared."""

    def __init__(self) -> None:
        self.documents: dict[str, Snapshot] = {}
        self._indexes: dict[str, list[tuple[Key, str]]] = {}

    def put(self, snapshot: Snapshot) -> None:
        self.remove(snapshot.id)
        self.documents[snapshot.id] = snapshot
        for field, index in self._indexes.items():
            if (value := _value(snapshot.data, field)) is not MISSING:
                insort(index, (_key(value), snapshot.id))

    def remove(self, name: str) -> None:
        if (snapshot := self.documents.pop(name, None)) is None:
            return
        for field, index in self._indexes.items():
            if (value := _value(snapshot.data, field)) is not MISSING:
                del index[bisect_left(index, (_key(value), name))]

    def select(self, query: Query) -> list[Snapshot]:
        found = self._matching(query)
        found.sort(key=lambda snapshot: snapshot.id)
        if query.after is not None:
            found = [snapshot for snapshot in found if snapshot.id > query.after]
        descending = bool(query.order_by) and query.order_by[-1].startswith("-")
        if descending:
            found.reverse()
        # Sorting is stable, so the least significant field goes first and ties stay by id.
        for field, backwards in reversed(_order(query, descending)):
            keyed = [
                (_key(value), snapshot) for snapshot in found if (value := _value(snapshot.data, field)) is not MISSING
            ]
            keyed.sort(key=itemgetter(0), reverse=backwards)
            found = [snapshot for _, snapshot in keyed]
        return found[: query.limit]

    def _matching(self, query: Query) -> list[Snapshot]:
        """Looks only at the documents of the clause that leaves the fewest."""
        clauses = [(field, op, _operand(op, value)) for field, op, value in query.where]
        # Where in a field's index the documents stand that satisfy all its comparisons, or its `in`.
        stretches: dict[tuple[str, bool], list[tuple[int, int]]] = {}
        for field, op, operand in clauses:
            if op == "in":
                index = self._index(field)
                stretches[field, True] = [_range(index, "==", key) for key in operand]
            elif op in _RANGED:
                start, end = _range(self._index(field), op, operand)
                ((first, last),) = stretches.get((field, False), [(start, end)])
                stretches[field, False] = [(max(start, first), min(end, last))]
        if not stretches:
            candidates: Iterable[Snapshot] = self.documents.values()
        else:
            (field, listed), found = min(stretches.items(), key=_length)
            index = self._index(field)
            candidates = [self.documents[name] for start, end in found for _, name in index[start : max(start, end)]]
            if not listed:
                clauses = [clause for clause in clauses if clause[0] != field or clause[1] not in _RANGED]
        if not clauses:
            return list(candidates)
        return [snapshot for snapshot in candidates if all(_holds(snapshot.data, *clause) for clause in clauses)]

    def _index(self, field: str) -> list[tuple[Key, str]]:
        if field not in self._indexes:
            self._indexes[field] = sorted(
                (_key(value), name)
                for name, snapshot in self.documents.items()
                if (value := _value(snapshot.data, field)) is not MISSING
            )
        return self._indexes[field]


_RANGED = frozenset({"==", "<", "<=", ">", ">="})
_first = itemgetter(0)


def _length(stretches: tuple[Any, list[tuple[int, int]]]) -> int:
    return sum(end - start for start, end in stretches[1])


def _range(index: list[tuple[Key, str]], op: str, key: Key) -> tuple[int, int]:
    """Where in the index the values are that satisfy the comparison; an inequality stays within the value's type."""
    start = key if op in ("==", ">", ">=") else key[:1]
    end = key if op in ("==", "<", "<=") else (key[0] + 1,)
    from_ = bisect_right(index, start, key=_first) if op == ">" else bisect_left(index, start, key=_first)
    to = bisect_right(index, end, key=_first) if op in ("==", "<=") else bisect_left(index, end, key=_first)
    return from_, to


def _operand(op: str, value: Any) -> Any:
    return frozenset(_key(item) for item in value) if op == "in" else _key(value)


def _holds(data: Data, field: str, op: str, operand: Any) -> bool:
    value = _value(data, field)
    if value is MISSING:
        return False
    if op == "array_contains":
        return isinstance(value, list) and any(_key(item) == operand for item in value)
    key = _key(value)
    match op:
        case "==":
            return bool(key == operand)
        case "in":
            return key in operand
        case _ if key[0] != operand[0]:
            return False
        case "<":
            return bool(key < operand)
        case "<=":
            return bool(key <= operand)
        case ">":
            return bool(key > operand)
        case ">=":
            return bool(key >= operand)
    raise ValueError(f"expected a comparison Firestore knows, found {op!r}")


def _order(query: Query, descending: bool) -> list[tuple[str, bool]]:
    """The fields asked for, then those compared by an inequality: Firestore orders by these of its own accord."""
    asked = [(field.removeprefix("-"), field.startswith("-")) for field in query.order_by]
    named = {field for field, _ in asked}
    compared = sorted({field for field, op, _ in query.where if op in _RANGED and op != "=="} - named)
    return [*asked, *((field, descending) for field in compared)]


def _value(data: Data, field: str) -> Any:
    if "." not in field:
        return data.get(field, MISSING)
    value: Any = data
    for part in storable.parts(field):
        if not isinstance(value, dict) or part not in value:
            return MISSING
        value = value[part]
    return value


def _key(value: Any) -> Key:
    match value:
        case str():
            return (5, value)
        case bool():
            return (1, value)
        case int() | float():
            return (2, value)
        case datetime():
            return (3, value)
        case None:
            return (0,)
        case bytes():
            return (6, value)
        case list():
            return (9, tuple(_key(item) for item in value))
        case dict():
            return (10, tuple((name, _key(item)) for name, item in sorted(value.items())))
    raise TypeError(f"expected a stored value, found {type(value).__name__}")


def _same(one: Any, other: Any) -> bool:
    """Unlike ==, tells 1 from 1.0 and from True, as what is stored does."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return len(one) == len(other) and all(key in other and _same(item, other[key]) for key, item in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _updated(data: Data, fields: Data) -> Data:
    changed = dict(data)
    for field, value in fields.items():
        *outer, last = storable.parts(field)
        inner = changed
        for part in outer:
            child = inner.get(part)
            inner[part] = inner = dict(child) if isinstance(child, dict) else {}
        inner[last] = value
    return changed


def versions(found: Iterable[Snapshot]) -> tuple[tuple[str, str], ...]:
    return tuple((snapshot.path, snapshot.version) for snapshot in found)
