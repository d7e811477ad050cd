"""Transactions: what was read is still true when what was decided is written."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.ports import (
    Contended,
    Create,
    Delete,
    Documents,
    Put,
    Query,
    ReadAfterWrite,
    Store,
    Transaction,
    Update,
)


def counted(documents: Documents) -> int:
    snapshot = documents.get("counters/c")
    assert snapshot is not None
    return int(snapshot.data["n"])


def test_a_transaction_writes_what_it_decided_and_returns_its_outcome(documents: Documents) -> None:
    documents.commit(Create("counters/c", {"n": 1}), Create("items/a", {"on": True}))

    def work(transaction: Transaction) -> str:
        counter = transaction.get("counters/c")
        assert counter is not None
        on = transaction.query(Query("items", (("on", "==", True),)))
        assert transaction.get_all(["items/none", "items/a"]) == on
        transaction.write(Put("counters/c", {"n": counter.data["n"] + len(on)}), Create("items/b", {"on": False}))
        transaction.write(Delete("items/a"))
        return "done"

    assert documents.transact(work) == "done"
    assert counted(documents) == 2
    assert [snapshot.id for snapshot in documents.query(Query("items"))] == ["b"]


@pytest.mark.parametrize(
    "read",
    [
        lambda transaction: transaction.get("counters/c"),
        lambda transaction: transaction.get_all(["counters/c"]),
        lambda transaction: transaction.query(Query("counters")),
    ],
    ids=["get", "get_all", "query"],
)
def test_a_read_after_a_write_is_refused(documents: Documents, read: Callable[[Transaction], Any]) -> None:
    def work(transaction: Transaction) -> None:
        transaction.write(Put("counters/c", {"n": 1}))
        read(transaction)

    with pytest.raises(ReadAfterWrite):
        documents.transact(work)
    assert documents.get("counters/c") is None


def test_an_error_in_the_work_escapes_and_nothing_is_written(documents: Documents) -> None:
    runs = []

    def work(transaction: Transaction) -> None:
        runs.append(transaction.get("counters/c"))
        transaction.write(Create("counters/c", {}))
        raise ValueError("not today")

    with pytest.raises(ValueError, match="not today"):
        documents.transact(work)
    assert documents.get("counters/c") is None
    assert len(runs) == 1


def interrupted(documents: Documents, read: Callable[[Transaction], Any], *meanwhile: Any) -> list[Any]:
    """Runs a transaction that reads, while another writer commits `meanwhile` after its first read (or waits for the
    transaction's end, as Firestore may make it). What each run read."""
    runs: list[Any] = []
    other: list[threading.Thread] = []

    def work(transaction: Transaction) -> None:
        runs.append(read(transaction))
        if not other:
            other.append(threading.Thread(target=documents.commit, args=meanwhile))
            other[0].start()
            other[0].join(0.3)
        transaction.write(Put("out/o", {"runs": len(runs)}))

    documents.transact(work)
    other[0].join()
    return runs


ONE: tuple[str, Any, Any] = ("n", "==", 1)
CHANGES = {
    "a document that was read changed": (lambda t: t.get("items/a"), Update("items/a", {"n": 2})),
    "a document that was read is gone": (lambda t: t.get("items/a"), Delete("items/a")),
    "a document that was absent appeared": (lambda t: t.get("items/new"), Create("items/new", {"n": 1})),
    "the query finds another document": (lambda t: t.query(Query("items", (ONE,))), Create("items/z", {"n": 1})),
    "a document the query found changed": (lambda t: t.query(Query("items")), Update("items/a", {"m": 1})),
    "a document the query found is gone": (lambda t: t.query(Query("items")), Delete("items/a")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_commit_and_a_change_of_what_was_read_do_not_cross(documents: Documents, change: str) -> None:
    """Either the transaction ran again and saw the change, or the change had to wait for the transaction."""
    read, meanwhile = CHANGES[change]
    documents.commit(Create("items/a", {"n": 1}))
    runs = interrupted(documents, read, meanwhile)
    out = documents.get("out/o")
    assert out is not None
    changed = documents.query(Query("items"))
    if len(runs) == 1:
        assert all(out.update_time <= snapshot.update_time for snapshot in changed if snapshot.id in ("new", "z"))
    else:
        assert runs[-1] != runs[0]
        assert out.data == {"runs": len(runs)}


def test_a_change_of_something_else_does_not_disturb(documents: Documents) -> None:
    documents.commit(Create("items/a", {"n": 1}), Create("items/b", {"n": 1}))
    assert len(interrupted(documents, lambda t: t.get("items/a"), Update("items/b", {"n": 2}))) == 1


def test_two_racing_transactions_both_count(documents: Documents) -> None:
    documents.commit(Create("counters/c", {"n": 0}))
    both_have_read = threading.Barrier(2, timeout=20)
    runs = []

    def work(transaction: Transaction) -> None:
        counter = transaction.get("counters/c")
        assert counter is not None
        runs.append(counter.data["n"])
        if len(runs) <= 2:
            both_have_read.wait()
        transaction.write(Update("counters/c", {"n": counter.data["n"] + 1}))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(documents.transact, work) for _ in range(2)]:
            done.result()
    assert counted(documents) == 2
    assert runs[:2] == [0, 0]
    assert runs[-1] == 1


def test_a_transaction_that_always_meets_another_one_gives_up(store: Store) -> None:
    documents = store.salon("s1")
    runs = []

    def work(transaction: Transaction) -> None:
        runs.append(1)
        transaction.write(Create("items/a", {}), Put("items/b", {}))

    documents.commit(Create("items/a", {}))
    with pytest.raises(Contended):
        documents.transact(work)
    assert len(runs) == 5
    assert documents.get("items/b") is None


def test_a_precondition_that_holds_the_next_time_is_tried_again(documents: Documents) -> None:
    """A transaction that creates without reading may meet another creator: it runs again, and can decide anew."""
    documents.commit(Create("items/a0", {}))
    runs: list[int] = []

    def work(transaction: Transaction) -> None:
        runs.append(1)
        transaction.write(Create(f"items/a{len(runs) - 1}", {}))

    documents.transact(work)
    assert [snapshot.id for snapshot in documents.query(Query("items"))] == ["a0", "a1"]


def test_a_transaction_that_updates_what_is_absent_gives_up(documents: Documents) -> None:
    with pytest.raises(Contended):
        documents.transact(lambda t: t.write(Create("items/b", {}), Update("items/a", {"n": 1})))
    assert documents.query(Query("items")) == []


def test_a_transaction_may_update_what_is_still_as_it_was_read(documents: Documents) -> None:
    documents.commit(Create("items/a", {"n": 1, "unknown": True}))

    def work(transaction: Transaction) -> None:
        read = transaction.get("items/a")
        assert read is not None
        transaction.write(Update("items/a", {"n": read.data["n"] + 1}, unchanged_since=read.version))

    documents.transact(work)
    found = documents.get("items/a")
    assert found is not None and found.data == {"n": 2, "unknown": True}


def test_a_transaction_may_only_read(documents: Documents) -> None:
    documents.commit(Create("items/a", {"n": 1}))
    assert documents.transact(lambda transaction: len(transaction.query(Query("items")))) == 1
