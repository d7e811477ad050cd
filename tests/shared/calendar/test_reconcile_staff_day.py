"""Reconciling one staff-day under contention: what is written was decided by what stands."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest

from local.in_process import Suite
from shared.calendar import reconcile_staff_day as module
from shared.calendar.reconcile_staff_day import reconcile_staff_day
from shared.ports import Documents, Put, Query, Snapshot, Transaction, Write
from tests.stories.calendar import ROOT, Losing, at, booked, cancelled, free, gaps, open_calendar
from tests.stories.salon import NOW, SALON, booking

T = TypeVar("T")
DAY = "2026-11-23"


class Interrupted:
    """Documents in which something happens right after the first time that bookings were read."""

    def __init__(self, documents: Documents, happens: Callable[[], None], *, inside: bool) -> None:
        self.salon_id = documents.salon_id
        self._documents = documents
        self._happens: list[Callable[[], None]] = [happens]
        self._inside = inside

    def get(self, path: str) -> Snapshot | None:
        return self._documents.get(path)

    def get_all(self, paths: Sequence[str]) -> list[Snapshot]:
        return self._documents.get_all(paths)

    def query(self, query: Query) -> list[Snapshot]:
        found = self._documents.query(query)
        if not self._inside:
            self._after(query)
        return found

    def commit(self, *writes: Write) -> bool:
        return self._documents.commit(*writes)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        return self._documents.transact(lambda transaction: work(_Interrupted(transaction, self)))

    def _after(self, query: Query) -> None:
        if query.collection == "bookings" and self._happens:
            self._happens.pop()()


class _Interrupted:
    def __init__(self, transaction: Transaction, around: Interrupted) -> None:
        self._transaction = transaction
        self._around = around

    def get(self, path: str) -> Snapshot | None:
        return self._transaction.get(path)

    def get_all(self, paths: Sequence[str]) -> list[Snapshot]:
        return self._transaction.get_all(paths)

    def query(self, query: Query) -> list[Snapshot]:
        found = self._transaction.query(query)
        self._around._after(query)
        return found

    def write(self, *writes: Write) -> None:
        self._transaction.write(*writes)


@pytest.mark.parametrize(
    ("inside", "surely"),
    [(False, False), (True, False), (True, True)],
    ids=["between look and transaction", "within the transaction", "within it, without a look before"],
)
def test_a_booking_written_meanwhile_is_never_overlooked(inside: bool, surely: bool) -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.conditions = Losing("detect_gaps")
        cancelled(suite, "b1")
        documents = suite.store.salon(SALON)

        def booked_again() -> None:
            documents.commit(Put("bookings/again", booking(at(13))))

        reconcile_staff_day(
            "mia",
            DAY,
            documents=Interrupted(documents, booked_again, inside=inside),
            clock=suite.clock,
            actor="test",
            surely=surely,
        )
        assert [gap for gap in free(suite, date=DAY) if gap[0] == "mia"] == []


def test_two_looks_at_the_same_time_open_one_gap() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.conditions = Losing("detect_gaps")
        cancelled(suite, "b1")
        documents = suite.store.salon(SALON)

        def other_look() -> None:
            reconcile_staff_day("mia", DAY, documents=documents, clock=suite.clock, actor="other")

        changed = reconcile_staff_day(
            "mia", DAY, documents=Interrupted(documents, other_look, inside=False), clock=suite.clock, actor="test"
        )
        assert changed.gaps_changed == 0
        assert len(gaps(suite, staff_id="mia", date=DAY)) == 1


def test_a_look_that_finds_nothing_to_change_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)

        def forbidden(*_: Any, **__: Any) -> None:
            raise AssertionError("a look without a change takes no lock")

        monkeypatch.setattr(module, "holding", forbidden)
        looked = reconcile_staff_day("zoe", DAY, documents=suite.store.salon(SALON), clock=suite.clock, actor="test")
        assert looked.gaps_changed == 0 and len(looked.bookings) >= 3


def test_the_lock_is_gone_after_every_look() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        cancelled(suite, "b1")
        booked(suite, "n1", at(13))
        suite.run_until_idle()
        assert suite.list(f"{ROOT}/locks") == {}


def test_bookings_of_yesterday_that_reach_into_the_day_are_read_and_those_that_do_not_are_not() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite, opening_hours={day: [{"start": "00:00", "end": "24:00"}] for day in ("sun", "mon", "tue")})
        booked(suite, "over", at(20).replace(day=22), 8 * 60, staff_id="zoe")
        booked(suite, "before", at(12).replace(day=22), staff_id="zoe")
        booked(suite, "after", at(12).replace(day=24), staff_id="zoe")
        read: list[str] = []
        documents = suite.store.salon(SALON)

        class Watched(Interrupted):
            def query(self, query: Query) -> list[Snapshot]:
                found = super().query(query)
                read.extend(snapshot.id for snapshot in found if query.collection == "bookings")
                return found

        reconcile_staff_day(
            "zoe", DAY, documents=Watched(documents, lambda: None, inside=False), clock=suite.clock, actor="test"
        )
        assert set(read) == {"over", "z11", "z14", "z16"}
