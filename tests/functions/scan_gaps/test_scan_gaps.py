import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from functions.scan_gaps import scan_salon
from local.conditions import Conditions, Delivery, Fate
from local.in_process import Suite
from local.memory.memory_database import MemoryDatabase
from shared.ports import Query, Snapshot, Write
from tests.stories.calendar import (
    ROOT,
    Change,
    Losing,
    alerts,
    at,
    booked,
    cancelled,
    free,
    gaps,
    moved,
    open_calendar,
    records,
    scan,
    write,
)
from tests.stories.salon import NOW, SALON
from tests.zones import EVERY_DAY

CHANGES: dict[str, Change] = {
    "cancelled": lambda suite: cancelled(suite, "b1"),
    "cancelled by the salon": lambda suite: cancelled(suite, "b1", by="salon"),
    "moved": lambda suite: moved(suite, "b1", at(13) + timedelta(days=7)),
    "given to somebody else": lambda suite: moved(suite, "b1", at(12), staff_id="zoe"),
    "shortened": lambda suite: moved(suite, "z14", at(14), 30, staff_id="zoe"),
    "lengthened": lambda suite: moved(suite, "z14", at(14), 90, staff_id="zoe"),
    "missed": lambda suite: write(suite, "b12", status="no_show"),
    "new": lambda suite: booked(suite, "n1", at(12, 30), staff_id="zoe"),
    "new over a whole gap": lambda suite: booked(suite, "n1", at(12), 120, staff_id="zoe"),
    "cancelled and booked again": lambda suite: (cancelled(suite, "b1"), booked(suite, "n1", at(13)))[0],
}


def after(change: Change, conditions: Conditions | None = None, *, scans: int = 0) -> list[tuple[str, str, str, str]]:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        if conditions is not None:
            suite.conditions = conditions
        suite.advance(minutes=1)
        change(suite)
        suite.run_until_idle()
        for _ in range(scans):
            scan(suite)
        return free(suite)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_lost_event_leaves_the_same_gaps_after_one_scan(change: Change) -> None:
    assert after(change, Losing("detect_gaps"), scans=1) == after(change)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_scan_after_events_that_were_not_lost_changes_nothing(change: Change) -> None:
    assert after(change, scans=2) == after(change)


class Astray:
    """Events of detect_gaps are lost, doubled, late and out of order."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def next(self, waiting: Sequence[Delivery]) -> int:
        return self._chance.randrange(len(waiting))

    def fate(self, delivery: Delivery) -> Fate:
        if delivery.function.name != "detect_gaps":
            return "once"
        return self._chance.choice(("once", "twice", "lost", "crash_before", "crash_after"))


@pytest.mark.parametrize("seed", range(8))
def test_events_lost_doubled_and_reordered_end_in_the_gaps_the_calendar_has_after_one_scan(seed: int) -> None:
    def day(suite: Suite) -> None:
        chance = random.Random(seed)
        for step in range(12):
            start = at(chance.randrange(10, 17), chance.choice((0, 15, 30)))
            staff_id = chance.choice(("mia", "zoe"))
            match chance.choice(("cancel", "move", "book", "miss")):
                case "cancel":
                    cancelled(suite, chance.choice(("b1", "b12", "b14", "b15", "z14", "z16")))
                case "move":
                    moved(suite, chance.choice(("b16", "z11")), start, chance.choice((30, 60, 90)), staff_id)
                case "book":
                    booked(suite, f"n{step}", start, staff_id=staff_id)
                case "miss":
                    write(suite, "b10", status="no_show")
            suite.clock.move_to(suite.clock.now() + timedelta(seconds=20))

    def stretches(found: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str]]:
        return [(staff_id, start, end) for staff_id, start, end, _ in found]

    assert stretches(after(day, Astray(seed), scans=1)) == stretches(after(day))


def test_a_lost_cancellation_is_found_by_a_scan_announced_and_offered() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.conditions = Losing("detect_gaps")
        suite.advance(minutes=1)
        cancelled(suite, "b1")
        suite.run_until_idle()
        assert gaps(suite, staff_id="mia", date="2026-11-23") == []
        suite.advance(minutes=5)
        assert [gap["origin"] for gap in gaps(suite, status="open", staff_id="mia", date="2026-11-23")] == ["freed"]
        assert len([m for m in suite.outbox.messages if m.purpose == "slot_offer"]) == 3
        assert [r["payload"]["booking_id"] for r in records(suite, announces="BOOKING_CANCELLED")] == ["b1"]


def test_what_the_event_has_said_the_scan_does_not_say_again() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.advance(minutes=1)
        cancelled(suite, "b1")
        suite.run_until_idle()
        # Another write, so that the cancellation cannot be recognised by its time.
        write(suite, "b1", note="called back")
        suite.run_until_idle()
        suite.advance(minutes=15)
        assert len(records(suite, announces="BOOKING_CANCELLED")) == 1


@pytest.mark.parametrize("changed", [1, 2, 3, 5])
def test_more_changes_than_a_scan_reads_are_all_found_all_the_same(
    changed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole horizon is read instead, from as many changes on as one scan reads."""
    monkeypatch.setattr(scan_salon, "MANY", 2)
    with Suite(now=NOW) as suite:
        open_calendar(suite, opening_hours=EVERY_DAY)
        for day in range(1, changed + 1):
            booked(suite, f"d{day}", at(12) + timedelta(days=day), updated_at=NOW - timedelta(days=1))
        suite.run_until_idle()
        suite.advance(minutes=6)
        suite.conditions = Losing("detect_gaps")
        for day in range(1, changed + 1):
            cancelled(suite, f"d{day}")
        suite.run_until_idle()
        assert gaps(suite, status="open", origin="freed") == []
        scan(suite)
        assert len(gaps(suite, status="open", origin="freed")) == changed


@pytest.fixture
def traffic(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Documents read and written."""
    counted = {"read": 0, "written": 0}
    get, query, commit = MemoryDatabase.get, MemoryDatabase.query, MemoryDatabase.commit

    def counting_get(database: MemoryDatabase, paths: Sequence[str]) -> list[Snapshot | None]:
        counted["read"] += len(paths)
        return get(database, paths)

    def counting_query(database: MemoryDatabase, collection: str, asked: Query) -> list[Snapshot]:
        found = query(database, collection, asked)
        counted["read"] += max(1, len(found))
        return found

    def counting_commit(database: MemoryDatabase, writes: Sequence[Write], reads: Any = None) -> bool:
        counted["written"] += len(writes)
        return commit(database, writes, reads)

    monkeypatch.setattr(MemoryDatabase, "get", counting_get)
    monkeypatch.setattr(MemoryDatabase, "query", counting_query)
    monkeypatch.setattr(MemoryDatabase, "commit", counting_commit)
    return counted


def test_a_scan_that_finds_nothing_changed_reads_six_documents_and_writes_none(traffic: dict[str, int]) -> None:
    from functions.scan_gaps.scan_salon import scan_gaps

    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.advance(minutes=20)
        traffic.update(read=0, written=0)
        scan_gaps(documents=suite.store.salon(SALON), clock=suite.clock)
        assert traffic == {"read": 6, "written": 0}


def test_a_changed_booking_is_read_with_its_staff_day_and_no_other(traffic: dict[str, int]) -> None:
    from functions.scan_gaps.scan_salon import scan_gaps

    with Suite(now=NOW) as suite:
        open_calendar(suite)
        for number in range(100):
            start = at(10 + number % 8) + timedelta(days=7 * (number // 50 + 1))
            booked(suite, f"far{number}", start, updated_at=NOW - timedelta(days=1))
        suite.run_until_idle()
        suite.advance(minutes=20)
        suite.conditions = Losing("detect_gaps")
        cancelled(suite, "z14")
        suite.run_until_idle()
        traffic.update(read=0, written=0)
        scan_gaps(documents=suite.store.salon(SALON), clock=suite.clock)
        assert traffic["read"] < 40


def test_an_app_that_writes_no_times_is_caught_within_a_day() -> None:
    with Suite(now=NOW, conditions=Losing("detect_gaps")) as suite:
        open_calendar(suite)
        next_week = at(12) + timedelta(days=7)
        suite.put(f"{ROOT}/bookings/late", {"staff_id": "zoe", "start_time": next_week, "end_time": next_week + timedelta(hours=1), "status": "confirmed"})  # fmt: skip
        scan(suite)
        assert ("zoe", "30 10:00", "30 18:00", "idle") in free(suite)
        suite.advance(hours=24)
        assert [gap for gap in free(suite, date="2026-11-30") if gap[0] == "zoe"] == [
            ("zoe", "30 10:00", "30 12:00", "idle"),
            ("zoe", "30 13:00", "30 18:00", "idle"),
        ]


def test_a_booking_deleted_without_a_trace_is_freed_time_within_a_day() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        booked(suite, "gone", at(12) + timedelta(days=7), staff_id="zoe")
        suite.run_until_idle()
        scan(suite)
        suite.conditions = Losing("detect_gaps")
        suite.delete(f"{ROOT}/bookings/gone")
        suite.advance(hours=24)
        assert ("zoe", "30 10:00", "30 18:00", "freed") in free(suite)


def test_a_new_day_of_the_horizon_has_its_gaps_within_a_day() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite, opening_hours={"tue": [{"start": "10:00", "end": "12:00"}]})
        assert {gap["date"] for gap in gaps(suite)} == {"2026-11-24", "2026-12-01"}
        suite.advance(days=2)
        assert "2026-12-08" in {gap["date"] for gap in gaps(suite)}


def test_time_off_closes_the_gaps_of_that_day_and_takes_the_offers_back() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        cancelled(suite, "b1")
        suite.run_until_idle()
        assert [offer["status"] for offer in suite.list(f"{ROOT}/outreach").values()] == ["sent"] * 3
        sick(suite, "mia")
        suite.advance(minutes=5)
        assert [(g["status"], g["closed_reason"]) for g in gaps(suite, staff_id="mia", date="2026-11-23")] == [
            ("ignored", "time_off")
        ]
        assert {offer["status"] for offer in suite.list(f"{ROOT}/outreach").values()} == {"expired"}


def sick(suite: Suite, staff_id: str) -> None:
    absence = {"start": at(9), "end": at(20), "reason": "sick"}
    suite.update(f"{ROOT}/staff/{staff_id}", time_off=[absence], updated_at=suite.clock.now())


def test_standing_bookings_of_a_sick_day_are_handed_to_the_owner_once() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        sick(suite, "zoe")
        suite.advance(hours=1)
        [handed] = records(suite, action="Standing bookings were handed to the owner")
        assert handed["payload"]["booking_ids"] == ["z11", "z14", "z16"]
        assert handed["details"]["reason"].startswith("Zoe is away on 2026-11-23, and 3 bookings stand")
        assert "Zoe" not in repr(handed["payload"])
        booked(suite, "more", at(15), staff_id="zoe")
        suite.advance(hours=1)
        later = records(suite, action="Standing bookings were handed to the owner")[1:]
        assert [record["payload"]["booking_ids"] for record in later] == [["more"]]


def test_a_closure_is_noticed_without_any_event() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.conditions = Losing("connect_salon")
        suite.update(ROOT, closures=[{"start": at(13), "end": at(20), "reason": "burst pipe"}])
        suite.advance(minutes=5)
        assert free(suite, date="2026-11-23") == [("zoe", "23 12:00", "23 13:00", "idle")]
        assert len(alerts(suite, "is away on 2026-11-23, and ")) == 2


def test_a_changed_service_is_noticed_without_any_event() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.update(f"{ROOT}/services/cut", duration_minutes=61, updated_at=suite.clock.now())
        suite.advance(minutes=5)
        assert [gap for gap in free(suite, date="2026-11-23") if gap[1] == "23 10:00"] == []


def test_changed_settings_are_applied_to_the_calendar() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        assert len({gap["date"] for gap in gaps(suite, status="open")}) == 3
        suite.put(f"{ROOT}/settings/current", {"mode": "live", "gap": {"horizon_days": 3}})
        suite.advance(minutes=5)
        assert {gap["date"] for gap in gaps(suite, status="open")} == {"2026-11-23"}


def test_the_gaps_of_who_left_are_closed() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.delete(f"{ROOT}/staff/zoe")
        suite.advance(hours=24)
        assert gaps(suite, status="open", staff_id="zoe") == []


def test_a_paused_salon_keeps_its_gaps_and_asks_nobody() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite, status="paused")
        suite.conditions = Losing("detect_gaps")
        cancelled(suite, "b1")
        suite.advance(minutes=10)
        assert ("mia", "23 13:00", "23 14:00", "freed") in free(suite)
        assert suite.outbox.messages == []


def test_a_staff_member_who_cannot_be_looked_at_stops_nobody_else_and_is_looked_at_again() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        broken = gaps(suite, staff_id="mia")[0]
        suite.update(f"{ROOT}/gaps/{broken['id']}", staff_name=7)
        suite.conditions = Losing("detect_gaps")
        sick(suite, "mia")
        cancelled(suite, "z14")
        suite.advance(minutes=5)
        assert ("zoe", "23 12:00", "23 16:00", "freed") in free(suite, date="2026-11-23")
        suite.update(f"{ROOT}/gaps/{broken['id']}", staff_name="Mia")
        suite.advance(minutes=15)
        assert (suite.get(f"{ROOT}/counters/scan") or {})["again"] == []


def test_a_gap_under_way_keeps_its_id_while_time_passes_and_nobody_is_asked_twice_for_it() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite, waiting=12)
        cancelled(suite, "b1")
        suite.run_until_idle()
        [gap] = [g for g in gaps(suite, status="open") if g["origin"] == "freed"]
        while suite.clock.now() < at(12, 20):
            suite.advance(minutes=5)
            standing = [g["id"] for g in gaps(suite, status="open", staff_id="mia", date="2026-11-23")]
            assert standing == [gap["id"]]
        asked = [offer["customer_id"] for offer in suite.list(f"{ROOT}/outreach").values()]
        assert len(asked) > 3 and len(asked) == len(set(asked))
