"""Locks are given back by whoever held them: in the commit of the work, or by its failure."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from local.memory.memory import MemoryDatabase, MemoryStore
from shared.ports import Contended, Documents, Query
from shared.records.hold_locks import LEASE, PATIENCE, held, holding, lock_path, release

STAFF_DAY, ROOM_DAY = lock_path("staff", "mia", "2026-11-23"), lock_path("resource", "chair", "2026-11-23")
LOCKS = [STAFF_DAY, ROOM_DAY]


class Failure(Exception):
    pass


class Clock:
    """Waiting takes no time at all, and all that there is."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
        self.waited = timedelta()

    def now(self) -> datetime:
        return self.time

    def real(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.waited += timedelta(seconds=seconds)
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def documents(clock: Clock) -> Documents:
    return MemoryStore(MemoryDatabase(now=clock.now)).salon("s1")


def taken(documents: Documents) -> set[str]:
    return {found.path for found in documents.query(Query("locks"))}


def fails() -> None:
    raise Failure


def never() -> None:
    return None


@pytest.mark.parametrize("taking", [holding, held])
def test_work_that_fails_frees_its_locks_at_once(
    taking: Callable[..., None], documents: Documents, clock: Clock
) -> None:
    with pytest.raises(Failure):
        taking(LOCKS, fails, documents=documents, clock=clock, pointless=never)
    assert taken(documents) == set()
    taking(LOCKS, never, documents=documents, clock=clock, pointless=never)
    assert clock.waited == timedelta()


def test_work_that_fails_leaves_a_lock_that_was_taken_over_meanwhile(documents: Documents, clock: Clock) -> None:
    """It hung for longer than its lease, and somebody else has succeeded it at one of its two locks."""

    def hangs_and_fails() -> None:
        clock.time += LEASE + timedelta(seconds=1)
        holding([STAFF_DAY], never, documents=documents, clock=clock, pointless=never)
        raise Failure

    with pytest.raises(Failure):
        holding(LOCKS, hangs_and_fails, documents=documents, clock=clock, pointless=never)
    assert taken(documents) == {STAFF_DAY}


def test_work_of_several_commits_frees_its_locks_when_it_is_done(documents: Documents, clock: Clock) -> None:
    def works() -> set[str]:
        return taken(documents)

    assert held(LOCKS, works, documents=documents, clock=clock, pointless=never) == set(LOCKS)
    assert taken(documents) == set()


def test_a_lock_that_is_held_is_waited_for_in_vain_only_so_long(documents: Documents, clock: Clock) -> None:
    holding([STAFF_DAY], never, documents=documents, clock=clock, pointless=never)
    with pytest.raises(Contended):
        holding(LOCKS, fails, documents=documents, clock=clock, pointless=never)
    assert PATIENCE <= clock.waited < PATIENCE + timedelta(seconds=1)
    assert taken(documents) == {STAFF_DAY}, "who took only one of two locks would hold it for nothing"


def test_waiting_ends_when_it_has_become_pointless(documents: Documents, clock: Clock) -> None:
    holding([STAFF_DAY], never, documents=documents, clock=clock, pointless=never)
    looks = iter([None, "sold to somebody else"])
    ended = holding(LOCKS, fails, documents=documents, clock=clock, pointless=lambda: next(looks))
    assert ended == "sold to somebody else"


@pytest.mark.parametrize(("after", "succeeds"), [(LEASE - timedelta(seconds=9), False), (LEASE, True)])
def test_who_died_holding_a_lock_is_succeeded_when_the_lease_is_over(
    after: timedelta, succeeds: bool, documents: Documents, clock: Clock
) -> None:
    holding([STAFF_DAY], never, documents=documents, clock=clock, pointless=never)
    clock.time += after
    if succeeds:
        holding(LOCKS, never, documents=documents, clock=clock, pointless=never)
        assert clock.waited == timedelta() and taken(documents) == set(LOCKS)
    else:
        with pytest.raises(Contended):
            holding(LOCKS, never, documents=documents, clock=clock, pointless=never)


def test_locks_given_back_are_free_for_the_next(documents: Documents, clock: Clock) -> None:
    def works() -> bool:
        return documents.commit(*release(LOCKS))

    assert holding(LOCKS, works, documents=documents, clock=clock, pointless=never)
    assert holding(LOCKS, works, documents=documents, clock=clock, pointless=never)
    assert clock.waited == timedelta()
