"""What the memory database adds to the store contract: its hook, its times, its indexes and its speed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings

from local.memory.memory import Change, MemoryDatabase, MemoryStore
from shared.ports import Create, Delete, Put, Query, Transaction, Update
from tests.integration.operations import answer, steps

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MICRO = timedelta(microseconds=1)


@dataclass
class Watched:
    """A database whose changes are kept, under a clock that stands still."""

    now: datetime = NOON
    changes: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = MemoryDatabase(now=lambda: self.now, on_change=self.changes.append)
        self.documents = MemoryStore(self.database).salon("s1")

    def seen(self) -> list[tuple[str, Any, Any]]:
        return [(change.path, change.before, change.after) for change in self.changes]


def test_each_changed_document_is_reported_with_what_it_was() -> None:
    watched = Watched()
    watched.documents.commit(Create("bookings/b1", {"n": 1}))
    watched.documents.commit(Update("bookings/b1", {"n": 2}), Create("gaps/g1", {}))
    watched.documents.commit(Delete("bookings/b1"))
    assert watched.seen() == [
        ("salons/s1/bookings/b1", None, {"n": 1}),
        ("salons/s1/bookings/b1", {"n": 1}, {"n": 2}),
        ("salons/s1/gaps/g1", None, {}),
        ("salons/s1/bookings/b1", {"n": 2}, None),
    ]


def test_several_writes_of_a_document_in_one_commit_are_one_change() -> None:
    watched = Watched()
    watched.documents.commit(Create("bookings/b1", {"n": 1}), Update("bookings/b1", {"n": 2}))
    assert watched.seen() == [("salons/s1/bookings/b1", None, {"n": 2})]


def test_what_changes_nothing_is_not_reported() -> None:
    watched = Watched()
    watched.documents.commit(Put("bookings/b1", {"n": 1}))
    watched.changes.clear()
    watched.documents.commit(Put("bookings/b1", {"n": 1}), Delete("bookings/b2"))
    watched.documents.commit(Create("bookings/b2", {}), Delete("bookings/b2"))
    assert watched.changes == []
    watched.documents.commit(Put("bookings/b1", {"n": True}))
    assert len(watched.changes) == 1


def test_what_was_refused_is_not_reported() -> None:
    watched = Watched()
    assert not watched.documents.commit(Put("bookings/b1", {}), Update("bookings/b2", {"n": 1}))
    assert watched.changes == []


def test_update_times_follow_the_clock_and_never_repeat() -> None:
    """A clock that stands still must not give two versions of a document one time: ids are made of it."""
    watched = Watched()
    for n in range(3):
        watched.documents.commit(Put("bookings/b1", {"n": n}))
    watched.now = NOON + timedelta(hours=1)
    watched.documents.commit(Put("bookings/b1", {"n": 3}), Put("bookings/b2", {}))
    times = [change.update_time for change in watched.changes]
    assert times == [NOON, NOON + MICRO, NOON + 2 * MICRO, NOON + timedelta(hours=1), NOON + timedelta(hours=1)]
    read = watched.documents.get("bookings/b2")
    assert read is not None
    assert read.update_time == NOON + timedelta(hours=1)


def test_a_commit_made_while_a_change_is_reported_does_not_lose_it() -> None:
    database = MemoryDatabase()
    documents = MemoryStore(database).salon("s1")
    reported = []

    def follow(change: Change) -> None:
        reported.append(change.path)
        documents.commit(Put("audit_logs/one", {"of": change.path.split("/")[-1]}))

    database.on_change = follow
    documents.commit(Create("bookings/b1", {}))
    assert reported == ["salons/s1/bookings/b1", "salons/s1/audit_logs/one", "salons/s1/audit_logs/one"]


def test_any_collection_can_be_listed_by_its_absolute_path() -> None:
    database = MemoryDatabase()
    store = MemoryStore(database)
    store.salon("s2").commit(Create(".", {"name": "two"}), Create("staff/b", {"n": 1}), Create("staff/a", {"n": 2}))
    store.salon("s1").commit(Create(".", {"name": "one"}))
    assert [(found.id, found.data) for found in database.list_collection("salons")] == [
        ("s1", {"name": "one"}),
        ("s2", {"name": "two"}),
    ]
    assert [found.path for found in database.list_collection("salons/s2/staff")] == [
        "salons/s2/staff/a",
        "salons/s2/staff/b",
    ]
    assert database.list_collection("salons/s3/staff") == []


def test_work_that_read_an_inconsistent_state_is_run_again_instead_of_failing() -> None:
    documents = MemoryStore(MemoryDatabase()).salon("s1")
    documents.commit(Put("accounts/a", {"n": 1}), Put("accounts/b", {"n": 1}))
    runs: list[int] = []

    def work(transaction: Transaction) -> int:
        first = transaction.get("accounts/a")
        if not runs:
            documents.commit(Put("accounts/a", {"n": 2}), Put("accounts/b", {"n": 2}))
        second = transaction.get("accounts/b")
        runs.append(1)
        assert first is not None
        assert second is not None
        assert first.data == second.data, "both are always changed together"
        return int(first.data["n"])

    assert documents.transact(work) == 2
    assert len(runs) == 2


@settings(max_examples=150)
@given(steps=steps)
def test_an_index_never_changes_an_answer(steps: list[Any]) -> None:
    """A database that has been asked before (and keeps indexes) answers as one that was just filled."""
    asked = MemoryStore(MemoryDatabase()).salon("s1")
    done: list[Any] = []
    for step in steps:
        fresh = MemoryStore(MemoryDatabase()).salon("s1")
        for commit in done:
            answer(fresh, commit)
        assert answer(asked, step) == answer(fresh, step)
        if not isinstance(step, Query):
            done.append(step)
