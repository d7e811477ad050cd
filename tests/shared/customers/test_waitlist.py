"""A wish on the waitlist: what it may become, when its time is over, and what is recorded of that."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from shared.customers.move_waitlist import Move, waitlist_moved
from shared.customers.waitlist import WaitlistEntry, WaitlistStatus, Window
from shared.ports import Create, Snapshot, Update
from shared.records.stored import natural_id

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
STATUSES: tuple[WaitlistStatus, ...] = get_args(WaitlistStatus)
MOVES: tuple[Move, ...] = get_args(Move)
STEPS = {
    ("waiting", "offered"), ("waiting", "booked"), ("waiting", "expired"),
    ("offered", "waiting"), ("offered", "booked"), ("offered", "expired"),
}  # fmt: skip


def wish(status: str = "waiting", **fields: Any) -> WaitlistEntry:
    return WaitlistEntry.from_document("w1", {"customer_id": "c1", "status": status, **fields})


@pytest.mark.parametrize("was", STATUSES)
@pytest.mark.parametrize("move", MOVES)
def test_a_wish_becomes_only_what_it_can(was: str, move: Move):
    def moved() -> tuple[Any, ...]:
        return waitlist_moved(wish(was), move, salon_id="s1", now=NOW, about="out_1")

    if was == move:
        assert moved() == ()
    elif (was, move) not in STEPS:
        with pytest.raises(ValueError) as refusal:
            moved()
        assert str(refusal.value) == f"expected waitlist entry w1 to be able to become {move}, found it {was}"
    else:
        written, record = moved()
        assert written == Update("waitlist/w1", {"status": move, "updated_at": NOW})
        assert isinstance(record, Create)
        fact = natural_id("fact", "waitlist", "w1", f"out_1:{move}", "waitlist_changed")
        assert record.path == f"audit_logs/{fact}"
        said = {
            "salon_id": "s1", "resource_type": "waitlist", "resource_id": "w1", "actor": "waitlist_agent",
            "event_type": "waitlist_changed", "action": f"Waitlist entry {was} -> {move}", "details": {"about": "out_1"},
            "announces": None, "severity": "info", "created_at": NOW,
        }  # fmt: skip
        assert {name: record.data[name] for name in said} == said


def test_a_move_about_nothing_says_so():
    _, record = waitlist_moved(wish(), "offered", salon_id="s1", now=NOW)
    assert isinstance(record, Create) and record.data["details"] == {"about": ""}
    assert record.path == "audit_logs/" + natural_id("fact", "waitlist", "w1", ":offered", "waitlist_changed")


@pytest.mark.parametrize("status", STATUSES)
def test_a_wish_stands_until_it_is_met_or_over(status: str):
    assert wish(status).standing is (status in ("waiting", "offered"))


def until(*ends: timedelta) -> list[dict[str, datetime]]:
    return [{"start": NOW - timedelta(days=1), "end": NOW + end} for end in ends]


@pytest.mark.parametrize(
    ("fields", "over"),
    [
        ({}, False),
        ({"expires_at": NOW}, True),
        ({"expires_at": NOW + SECOND}, False),
        ({"windows": until(timedelta(0))}, True),
        ({"windows": until(SECOND)}, False),
        ({"windows": until(SECOND, -SECOND)}, False),
        ({"windows": until(-SECOND, timedelta(0))}, True),
        ({"windows": until(SECOND), "expires_at": NOW}, True),
        ({"windows": until(-SECOND), "expires_at": NOW + SECOND}, True),
    ],
)
def test_a_wish_is_over_when_it_expires_or_its_last_window_ends(fields: dict[str, Any], over: bool):
    assert wish(**fields).over(NOW) is over


def test_a_wish_of_which_little_is_said_is_for_any_time_with_any_stylist():
    plain = WaitlistEntry.from_document("w1", {"customer_id": "c1"})
    assert (plain.status, plain.minimum_notice_minutes, plain.priority) == ("waiting", 45, 0)
    assert (plain.service_ids, plain.staff_ids, plain.windows) == ([], [], [])
    assert Window(start=NOW, end=NOW + SECOND).stretch == (NOW, NOW + SECOND)


def test_a_wish_is_moved_only_as_it_was_read():
    read = Snapshot("waitlist/w1", {}, "v1", NOW)
    written, _ = waitlist_moved(wish("offered"), "waiting", salon_id="s1", now=NOW, read=read)
    assert isinstance(written, Update) and written.unchanged_since == "v1"
