"""What a document may hold, the same for every adapter: null, booleans, 64-bit integers, finite floats, text, bytes,
instants, lists (not directly in lists) and maps. Anything else is a mistake of ours and raises before it is written.

Firestore's library would take more than it gives back (sets, naive datetimes, NaN), so both adapters check here.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.adapters.paths import Root
from shared.ports import Create, Data, Delete, Put, Query, Update, Write

MAX_DISJUNCTIONS = 30
_AS_IT_IS = frozenset({type(None), bool, str, bytes})
_INTEGERS = range(-(2**63), 2**63)


def write(root: Root, change: Write) -> Write:
    """The same write with its absolute path, and data of its own that nobody else can change."""
    path = root.document(change.path)
    match change:
        case Create():
            return Create(path, _map(change.data))
        case Put():
            return Put(path, _map(change.data))
        case Update():
            check_fields(change.fields)
            return Update(path, _map(change.fields), change.unchanged_since)
        case Delete():
            return Delete(path)


def one_commit(writes: Sequence[Write]) -> Sequence[Write]:
    """The same writes. Refuses what Firestore refuses: to create what this commit wrote before, to update what it
    deleted."""
    before: dict[str, Write] = {}
    for each in writes:
        last = before.get(each.path)
        if (isinstance(each, Create) and not isinstance(last, Delete | None)) or (
            isinstance(each, Update) and isinstance(last, Delete)
        ):
            raise ValueError(
                f"expected writes that can follow each other, found {type(last).__name__} and then"
                f" {type(each).__name__} of {each.path} in one commit"
            )
        before[each.path] = each
    return writes


def query(asked: Query) -> Query:
    """The same query with comparable values. Refuses what Firestore refuses, and what it would silently never find."""
    where = tuple((field, op, _comparand(field, op, value)) for field, op, value in asked.where)
    if math.prod(len(value) for _, op, value in where if op == "in") > MAX_DISJUNCTIONS:
        raise ValueError(
            f"expected at most {MAX_DISJUNCTIONS} values in `in`, found more in a query of {asked.collection}"
        )
    if sum(op == "array_contains" for _, op, _ in where) > 1:
        raise ValueError(f"expected at most one array_contains, found more in a query of {asked.collection}")
    if asked.after is not None and (where or asked.order_by):
        raise ValueError(f"expected `after` where nothing is compared or ordered by, in a query of {asked.collection}")
    if asked.limit is not None and asked.limit < 1:
        raise ValueError(f"expected a limit of at least 1, found {asked.limit} in a query of {asked.collection}")
    return replace(asked, where=where)


def parts(field: str) -> tuple[str, ...]:
    """A dotted name reaches into maps; a part may be any text (`by_day.2026-11-08`)."""
    return tuple(field.split("."))


def check_fields(fields: Iterable[str]) -> None:
    named = {parts(field) for field in fields}
    if not named:
        raise ValueError("expected an update to name at least one field, found none")
    for path in named:
        if not all(path):
            raise ValueError(f"expected dotted field names without empty parts, found {'.'.join(path)!r}")
        if any(path[:length] in named for length in range(1, len(path))):
            raise ValueError(f"expected each field to be named once, found {'.'.join(path)!r} inside another one")


def _comparand(field: str, op: str, value: Any) -> Any:
    if op == "in":
        if not isinstance(value, list | tuple) or not value:
            raise ValueError(f"expected a list of values for {field!r} `in`, found {type(value).__name__} without any")
        return [_plain(item, field) for item in value]
    if value is None and op != "==":
        raise ValueError(f"expected a value for {field!r} {op}, found None: null is found by == only")
    return _plain(value, field)


def _map(value: Data) -> Data:
    return {
        (key if key and type(key) is str else _key(key)): (item if type(item) in _AS_IT_IS else _plain(item, key))
        for key, item in value.items()
    }


def _key(key: Any) -> str:
    if not isinstance(key, str) or not key:
        raise TypeError(f"expected the names in a map to be text, found {type(key).__name__}")
    return key


def _plain(value: Any, field: str) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS or (kind is datetime and value.tzinfo is UTC):
        return value
    if isinstance(value, dict):
        return _map(value)
    if isinstance(value, list | tuple):
        return [_plain(_not_a_list(item, field), field) for item in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"expected an instant with a timezone in {field!r}, found a naive datetime")
        utc = value.astimezone(UTC)
        return utc if type(utc) is datetime else datetime.combine(utc.date(), utc.timetz())
    if isinstance(value, int):
        if value not in _INTEGERS:
            raise ValueError(f"expected an integer of 64 bits in {field!r}, found a longer one")
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"expected a finite number in {field!r}, found {value}")
        return float(value)
    if isinstance(value, str):  # an enum's member
        return str.__str__(value)
    raise TypeError(f"expected a storable value in {field!r}, found {kind.__name__}")


def _not_a_list(item: Any, field: str) -> Any:
    if isinstance(item, list | tuple):
        raise TypeError(f"expected no list directly in the list {field!r}: Firestore cannot store it")
    return item
