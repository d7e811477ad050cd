"""Which composite index a query needs. Firestore refuses a query without it, the emulator and memory do not: so every
query that any test makes on memory is looked up in firestore.indexes.json."""

import json
from functools import cache
from pathlib import Path

from shared.ports import Query

FILE = Path(__file__).parents[1] / "firestore.indexes.json"

Field = tuple[str, str]
"""A name and how it is indexed: ASCENDING, DESCENDING or CONTAINS."""


@cache
def declared() -> dict[str, list[tuple[Field, ...]]]:
    """By collection group."""
    found: dict[str, list[tuple[Field, ...]]] = {}
    for index in json.loads(FILE.read_text())["indexes"]:
        fields = tuple((field["fieldPath"], field.get("order") or field["arrayConfig"]) for field in index["fields"])
        found.setdefault(index["collectionGroup"], []).append(fields)
    return found


@cache
def groups_by_due_at() -> frozenset[str]:
    """The collection groups whose documents can be found by `due_at` in all salons at once."""
    return frozenset(
        override["collectionGroup"]
        for override in json.loads(FILE.read_text())["fieldOverrides"]
        if override["fieldPath"] == "due_at"
        and {"order": "ASCENDING", "queryScope": "COLLECTION_GROUP"} in override["indexes"]
    )


def needed(query: Query) -> tuple[frozenset[Field], tuple[Field, ...]] | None:
    """What is compared for equality, in any order, and then what is ordered, in this one. None where the indexes that
    Firestore makes by itself are enough: one field, or equality alone."""
    order = [(field.removeprefix("-"), "DESCENDING" if field[0] == "-" else "ASCENDING") for field in query.order_by]
    last = order[-1][1] if order else "ASCENDING"
    compared = {field for field, op, _ in query.where if op[0] in "<>"}
    order += [(field, last) for field in sorted(compared - {field for field, _ in order})]
    equal = {
        (field, "CONTAINS" if op == "array_contains" else "ASCENDING")
        for field, op, _ in query.where
        if op in ("==", "in", "array_contains")
    }
    if not order or (not equal and len(order) == 1):
        return None
    return frozenset(equal), tuple(order)


def missing(collection: str, query: Query, indexes: dict[str, list[tuple[Field, ...]]]) -> str | None:
    """Several indexes with the same order may share the equalities: Firestore joins them."""
    if (wanted := needed(query)) is None:
        return None
    equal, order = wanted
    found = serving(collection, query, indexes)
    if found and equal == {field for index in found for field in index[: -len(order)]}:
        return None
    group = collection.rsplit("/", 1)[-1]
    return f"{group}: {', '.join(' '.join(field) for field in (*sorted(equal), *order))}"


def serving(collection: str, query: Query, indexes: dict[str, list[tuple[Field, ...]]]) -> list[tuple[Field, ...]]:
    """Those that share in answering a query that needs one."""
    if (wanted := needed(query)) is None:
        return []
    equal, order = wanted
    return [
        index
        for index in indexes.get(collection.rsplit("/", 1)[-1], [])
        if index[-len(order) :] == order and set(index[: -len(order)]) <= equal
    ]
