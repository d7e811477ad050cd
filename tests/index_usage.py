"""Google's own word on indexes: after the whole suite, every kind of query that a test made on memory is put to the
Firestore emulator once, in a project of its own, and its report of the index that it would want is held against
firestore.indexes.json, both ways. The emulator answers a query also without its index; production does not.

Firestore makes an index of every field by itself, and merges those where a query asks for equality alone.
"""

import json
import os
import pickle
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from unittest.mock import patch
from urllib.parse import quote

from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore as library

from local.emulators import Emulators, find, start
from shared.adapters import paths
from shared.adapters.firestore import FirestoreStore
from shared.ports import Query
from tests.indexes import Field, declared, groups_by_due_at, missing, needed, serving

Index = tuple[Field, ...]
Kind = tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]
"""Of a query: its collection group, what is compared and how, and its order. By these alone it needs an index."""

AT = datetime(2026, 11, 21, tzinfo=UTC)


def kind(collection: str, query: Query) -> Kind:
    return collection.rsplit("/", 1)[-1], tuple((name, op) for name, op, _ in query.where), query.order_by


@dataclass
class Asked:
    """One query of each kind that the tests asked, and the collection groups asked for what is due."""

    queries: dict[Kind, tuple[str, Query]] = field(default_factory=dict)
    due: set[str] = field(default_factory=set)

    def packed(self) -> bytes:
        return pickle.dumps((self.queries, self.due))

    def add(self, packed: bytes) -> None:
        queries, due = pickle.loads(packed)
        self.queries |= queries
        self.due |= due


@dataclass
class Verdict:
    wrong: list[str] = field(default_factory=list)
    merged: set[str] = field(default_factory=set)
    """What asks for equality alone: answered from the indexes of single fields."""
    used: set[tuple[str, Index]] = field(default_factory=set)


def judged(asked: Asked) -> Verdict | None:
    """None where there is no emulator."""
    jars = find()
    if jars is None:
        return None
    emulators = start(jars)
    try:
        return judge(asked, emulators, declared(), groups_by_due_at())
    finally:
        emulators.stop()


def judge(asked: Asked, emulators: Emulators, indexes: Mapping[str, list[Index]], due_groups: Iterable[str]) -> Verdict:
    verdict = Verdict()
    for collection, query in asked.queries.values():
        if collection == paths.SALONS:
            continue  # the memory cloud's own look at what there is; no store can list tenants
        _compare(verdict, collection, query, _wanted(emulators, _asking(collection, query)), indexes)
    for group, index in sorted({(name, index) for name in indexes for index in indexes[name]} - verdict.used):
        verdict.wrong.append(f"{_shown(group, index)}: declared, and no test asks what needs it")
    for group in sorted(asked.due):
        wanted = _wanted(emulators, lambda store, group=group: store.due(group, AT, 1))
        if wanted != [(("due_at", "ASCENDING"),)]:
            verdict.wrong.append(f"{group}: due_at over all salons is asked, and the emulator wants {wanted}")
    for group in sorted(set(due_groups) ^ asked.due):
        verdict.wrong.append(f"{group}: due_at over all salons is {'asked' if group in asked.due else 'declared'} only")
    return verdict


def _compare(
    verdict: Verdict, collection: str, query: Query, wanted: list[Index], indexes: Mapping[str, list[Index]]
) -> None:
    group, ours = collection.rsplit("/", 1)[-1], needed(query)
    if ours is None:
        if query.order_by or any(op in ("<", "<=", ">", ">=") for _, op, _ in query.where):
            verdict.wrong += [
                f"{_shown(group, index)}: wanted by the emulator, not by tests/indexes.py" for index in wanted
            ]
        else:
            verdict.merged |= {_shown(group, index) for index in wanted}
        return
    equal, order = ours
    if [(frozenset(index[: -len(order)]), index[-len(order) :]) for index in wanted] != [ours]:
        verdict.wrong.append(f"{_shown(group, (*sorted(equal), *order))}: by tests/indexes.py, found {wanted}")
    if without := missing(collection, query, indexes):
        verdict.wrong.append(f"{without}: asked, and not declared")
    verdict.used |= {(group, index) for index in serving(collection, query, indexes)}


def _asking(collection: str, query: Query) -> Callable[[FirestoreStore], object]:
    found = paths.found(collection)

    def ask(store: FirestoreStore) -> object:
        documents = store.salon(found.salon_id) if found.salon_id else store.platform()
        return documents.query(Query(found.path, query.where, query.order_by, query.limit))

    return ask


def _wanted(emulators: Emulators, ask: Callable[[FirestoreStore], object]) -> list[Index]:
    project = f"index-{uuid.uuid4().hex[:12]}"
    with patch.dict(os.environ, FIRESTORE_EMULATOR_HOST=emulators.firestore_host):
        client = library.Client(project=project, credentials=AnonymousCredentials())
    ask(FirestoreStore(client))
    client.close()
    return list(_report(emulators, project))


def _report(emulators: Emulators, project: str) -> Iterator[Index]:
    database = quote(f"projects/{project}/databases/(default)", safe="")
    url = f"http://{emulators.firestore_host}/emulator/v1/projects/{project}:indexUsage?database={database}"
    with urllib.request.urlopen(url, timeout=30) as answer:
        for report in json.load(answer).get("reports", []):
            fields = [
                (each["fieldPath"], each.get("order") or each["arrayConfig"]) for each in report["index"]["fields"]
            ]
            yield tuple(each for each in fields if each[0] != "__name__")


def _shown(group: str, index: Index) -> str:
    return f"{group}: {', '.join(' '.join(each) for each in index)}"
