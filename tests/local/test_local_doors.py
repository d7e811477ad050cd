"""What a local cloud offers beside the public doors, without processes and without functions."""

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from local import demo_salon
from local.clock import BusinessTime
from local.deliveries import Deliveries, Faults, Records
from local.in_flight import InFlight
from local.local_doors import LocalDoors
from local.memory_cloud import MemoryCloud
from local.schedules import Schedules
from local.workers import Workers

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
BASE = "http://127.0.0.1:1"
NOTE = "documents/salons/s1/notes/n1"


class Doors:
    def __init__(self) -> None:
        self.in_flight, faults, records = InFlight(), Faults(), Records()
        deliveries = Deliveries(cast(Workers, None), self.in_flight, faults, records)
        self.clock = BusinessTime(NOW)
        self.cloud = MemoryCloud([], deliveries, self.clock)
        self.doors = LocalDoors(
            base_url=BASE,
            cloud=self.cloud,
            clock=self.clock,
            schedules=Schedules([], self.clock, self.cloud.bus),
            deliveries=deliveries,
            in_flight=self.in_flight,
            faults=faults,
            records=records,
            functions=[],
            callbacks_in_flight=lambda: 0,
        )

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return self.doors.respond(method, path, b"" if body is None else json.dumps(body).encode())


@pytest.fixture
def local() -> Doors:
    return Doors()


def test_a_patch_changes_the_named_fields_and_a_put_replaces_the_document(local: Doors) -> None:
    local.ask("PUT", NOTE, {"text": "hello", "seen": {"by": "ana", "at": None}})
    changed = {"text": "hello", "seen": {"by": "ben", "at": None}, "on": "2026-11-20T15:30:00Z"}
    assert local.ask("PATCH", NOTE, {"seen.by": "ben", "on": "2026-11-20T15:30:00Z"}) == (200, changed)
    assert local.ask("GET", NOTE) == (200, changed)
    assert local.ask("PUT", NOTE, {"text": "bye"}) == (200, {"text": "bye"})
    assert local.ask("GET", NOTE) == (200, {"text": "bye"})


@pytest.mark.parametrize("fields", [{}, {"a.": 1}, {"a": {"": 1}}, {"a": 1, "a.b": 2}, {"a": 2**63}])
def test_a_patch_that_names_no_field_or_none_that_can_be_is_refused(local: Doors, fields: dict[str, Any]) -> None:
    local.ask("PUT", NOTE, {"text": "hello"})
    status, said = local.ask("PATCH", NOTE, fields)
    assert status == 400 and "expected" in said["error"]
    assert local.ask("GET", NOTE) == (200, {"text": "hello"})


def test_a_patch_makes_no_document(local: Doors) -> None:
    assert local.ask("PATCH", NOTE, {"text": "hello"})[0] == 404
    assert local.ask("GET", NOTE)[0] == 404


def test_a_newcomer_cancels_a_coming_booking_whose_time_somebody_waits_for(local: Doors) -> None:
    demo_salon.seed(local.cloud.put, NOW)
    status, suggested = local.ask("GET", "cancellation/demo")
    before = local.cloud.get(suggested["path"])
    assert status == 200 and before is not None
    assert (before["status"], before["start_time"].day) == ("confirmed", NOW.day)
    names = {who["name"] for kind in ("customers", "staff") for who in local.cloud.list(f"salons/demo/{kind}").values()}
    assert {suggested["customer"], suggested["staff"]} <= names
    assert local.ask("POST", "cancellation/demo") == (200, suggested)
    cancelled = {"status": "cancelled", "cancelled_by": "customer", "cancelled_at": NOW, "updated_at": NOW}
    assert local.cloud.get(suggested["path"]) == before | cancelled
    assert local.ask("GET", "cancellation/demo")[1]["path"] != suggested["path"]


def test_what_is_pasted_into_a_terminal_cancels_the_same_booking(local: Doors) -> None:
    demo_salon.seed(local.cloud.put, NOW)
    suggested = local.ask("GET", "cancellation/demo")[1]
    assert suggested["curl"] == (
        f"""curl -X PATCH {BASE}/local/documents/{suggested["path"]} -d '{{"status": "cancelled"}}'"""
    )


def test_where_nothing_can_be_cancelled_that_is_said(local: Doors) -> None:
    status, said = local.ask("POST", "cancellation/demo")
    assert status == 404 and "expected a booking of demo that somebody on the waitlist would take" in said["error"]
    assert local.ask("POST", "cancellation/..")[0] == 400


def test_what_was_written_before_is_handled_before_the_clock_moves(local: Doors) -> None:
    seen: list[datetime] = []

    def work() -> None:
        seen.append(local.clock.now())
        local.in_flight.end()

    local.in_flight.begin()
    threading.Timer(0.1, work).start()
    status, moved = local.ask("POST", "clock", {"now": "2026-11-20T16:00:00Z"})
    assert (status, moved["now"], seen) == (200, "2026-11-20T16:00:00Z", [NOW])


def test_a_clock_that_cannot_move_after_all_that_was_written_before_stays(
    local: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.local_doors.JUMP_SECONDS", 0.05)
    local.in_flight.begin()
    status, said = local.ask("POST", "clock", {"now": "2026-11-20T16:00:00Z"})
    assert (status, said) == (409, {"error": "expected all to be handled before the clock moves, found 1 in flight"})
    assert local.clock.now() == NOW


def test_a_running_clock_that_has_passed_the_instant_meanwhile_is_not_put_back(local: Doors) -> None:
    local.clock.run(3600)
    local.in_flight.begin()
    threading.Timer(0.1, local.in_flight.end).start()
    status, moved = local.ask("POST", "clock", {"now": "2026-11-20T15:32:00Z"})
    assert status == 200 and datetime.fromisoformat(moved["now"]) > NOW + timedelta(minutes=5)
