"""Time that nobody ever booked: stored, and offered to nobody but those who wait for exactly it."""

from typing import Any

import pytest

from local.in_process import Suite
from tests.stories.busy_day import overdue
from tests.stories.salon import NOW, SALON, booking, cancel, customer, open_salon, waitlist_entry

ROOT = f"salons/{SALON}"
EVENING = {"start": NOW.replace(hour=17), "end": NOW.replace(hour=19)}
LONGER = {"mon": [{"start": "10:00", "end": "19:00"}]}
"""The bookings of the test salon end at 18:00: the hour after them is idle."""


def asked_about_the_evening(
    wishes: int, *, windows: bool = True, fill_idle: str = "waitlist", hourly: int = 20
) -> list[str]:
    with Suite(now=NOW) as suite:
        for number in range(wishes):
            suite.put(f"{ROOT}/customers/c{number}", customer(number))
            wish = waitlist_entry(f"c{number}", NOW, windows=[EVENING] if windows else [])
            suite.put(f"{ROOT}/waitlist/w{number}", wish)
        settings = {"gap": {"fill_idle": fill_idle}, "limits": {"hourly_actions": hourly}}
        open_salon(suite, waiting=0, settings=settings, opening_hours=LONGER)
        suite.advance(minutes=5)
        assert suite.failures == [] and suite.dead == []
        today = [gap for gap in suite.list(f"{ROOT}/gaps").values() if gap["date"] == "2026-11-23"]
        assert [gap["origin"] for gap in today] == ["idle"]
        return sorted(ask["customer_id"] for ask in suite.list(f"{ROOT}/outreach").values())


def test_idle_time_is_offered_to_who_waits_for_exactly_it() -> None:
    assert asked_about_the_evening(2) == ["c0", "c1"]


def test_who_would_come_at_any_time_is_not_asked_about_idle_time() -> None:
    assert asked_about_the_evening(2, windows=False) == []


@pytest.mark.parametrize(("fill_idle", "asked"), [("none", []), ("all", ["c0", "c1"])])
def test_the_salon_says_whether_idle_time_is_offered(fill_idle: str, asked: list[str]) -> None:
    assert asked_about_the_evening(2, windows=fill_idle == "none", fill_idle=fill_idle) == asked


@pytest.mark.parametrize(("hourly", "asked"), [(20, 4), (10, 2), (4, 0)])
def test_idle_time_uses_at_most_a_fifth_of_the_hourly_limit(hourly: int, asked: int) -> None:
    assert len(asked_about_the_evening(6, hourly=hourly)) == asked


def test_freed_time_that_becomes_idle_wakes_nobody_for_ever() -> None:
    """A stylist's later start leaves a freed gap without its freed part."""
    with Suite(now=NOW) as suite:
        start = open_salon(suite, waiting=0, settings={"gap": {"settle_seconds": 0}}, opening_hours=LONGER)
        cancel(suite, "b17")
        assert [gap["campaign"]["status"] for gap in gaps_of(suite, "freed")] == ["running"]
        suite.put(f"{ROOT}/bookings/b17b", booking(start.replace(hour=17)))
        suite.run_until_idle()
        assert [gap["campaign"]["status"] for gap in gaps_of(suite, "idle")] == ["running"]
        suite.advance(hours=5)
        before = suite.delivered
        suite.advance(hours=1)
        assert suite.delivered - before < 40, suite.outcomes
        assert [gap["campaign"]["status"] for gap in gaps_of(suite, "idle")] == ["idle"]


def test_idle_time_left_to_itself_while_its_look_is_due_is_not_due_for_ever() -> None:
    """The salon was paused when the time was found, and has stopped offering idle time before it goes on."""
    with Suite(now=NOW) as suite:
        settings = {"gap": {"fill_idle": "waitlist"}}
        open_salon(suite, waiting=0, settings=settings, opening_hours=LONGER, status="paused")
        suite.advance(minutes=5)
        [waits] = gaps_of(suite, "idle")
        assert waits["due_at"] == waits["campaign"]["next_round_at"] > suite.clock.now()
        suite.put(f"{ROOT}/settings/current", {"mode": "live", "gap": {"fill_idle": "none"}})
        suite.update(ROOT, status="active")
        suite.advance(hours=2)
        [left] = gaps_of(suite, "idle")
        assert left["campaign"] == waits["campaign"]
        assert overdue(suite) == []


def gaps_of(suite: Suite, origin: str) -> list[dict[str, Any]]:
    return [g for g in suite.list(f"{ROOT}/gaps").values() if g["origin"] == origin and g["date"] == "2026-11-23"]
