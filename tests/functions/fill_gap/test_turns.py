"""Whose turn it is when the salon's limit leaves too little for all: freed time that starts first goes first."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.fill_gap.run_campaign import fill_gap
from local.conditions import Calm, Delivery
from local.in_process import Suite
from tests.stories.salon import NOW, ROOT, SALON, arrive, booking, cancel, freed_gaps, offers, salon, waits

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KEPT = "what the salon's limit leaves is kept for time that goes first"


def at(hour: int) -> datetime:
    return NOW.replace(hour=hour, minute=0)


def only(hour: int) -> dict[str, Any]:
    return {"windows": [{"start": at(hour), "end": at(hour + 1)}]}


def slots_asked_about(suite: Suite) -> list[datetime]:
    asks = sorted(suite.list(f"{ROOT}/outreach").values(), key=lambda ask: ask["created_at"])
    return [ask["slot"]["start"] for ask in asks]


def cancel_together(suite: Suite, *ids: str) -> None:
    now = suite.clock.now()
    for id in ids:
        gone = {"status": "cancelled", "cancelled_at": now, "cancelled_by": "customer", "updated_at": now}
        suite.update(f"{ROOT}/bookings/{id}", **gone)
    suite.run_until_idle()


class InOrder(Calm):
    """What waits for fill_gap comes in this order of the hours that it is about."""

    def __init__(self, *hours: int) -> None:
        self._hours = hours
        self.suite: Suite | None = None

    def next(self, waiting: Sequence[Delivery]) -> int:
        return min(range(len(waiting)), key=lambda number: (self._rank(waiting[number]), number))

    def _rank(self, delivery: Delivery) -> int:
        if self.suite is None or delivery.function.name != "fill_gap":
            return -1
        event = base64.b64decode(json.loads(delivery.body)["message"]["data"]).decode()
        for id, gap in self.suite.list(f"{ROOT}/gaps").items():
            if id in event and gap["start_time"].hour in self._hours:
                return self._hours.index(gap["start_time"].hour)
        return -1


@pytest.mark.parametrize(
    ("first", "then"), [("b17", "b1"), ("b16", "b1"), ("b15", "b14"), ("b14", "b1"), ("b1", "b17")]
)
def test_what_the_limit_leaves_goes_to_the_freed_time_that_starts_first(first: str, then: str):
    with salon(waiting=4, settings={"limits": {"hourly_actions": 1}}) as suite:
        cancel(suite, first)
        suite.advance(minutes=2)
        cancel(suite, then)
        suite.advance_to(NOW + HOUR)
        starts = [suite.get(f"{ROOT}/bookings/{id}")["start_time"] for id in (first, then)]
        assert slots_asked_about(suite) == [starts[0], min(starts)]
        suite.advance_to(NOW + 2 * HOUR)
        assert slots_asked_about(suite) == [starts[0], min(starts), min(starts)]


def test_a_gap_that_cannot_be_read_has_no_turn_and_stops_nobody():
    with salon(waiting=4, settings={"limits": {"hourly_actions": 1}}) as suite:
        broken = {"status": "open", "campaign": {"next_round_at": NOW}, "due_at": None}
        suite.put(f"{ROOT}/gaps/broken", {**broken, "staff_id": "mia", "date": "2026-11-25"})
        cancel(suite, "b1")
        assert slots_asked_about(suite) == [suite.get(f"{ROOT}/bookings/b1")["start_time"]]


def test_free_hours_before_the_time_that_was_given_back_do_not_bring_it_forward():
    with salon(waiting=6, settings={"limits": {"hourly_actions": 1}}) as suite:
        suite.put(f"{ROOT}/bookings/n17", booking(at(17), staff_id="noah"))
        suite.put(f"{ROOT}/staff/noah", {"name": "Noah", "service_ids": ["cut"]})
        suite.run_until_idle()
        cancel(suite, "n17")
        suite.advance(minutes=2)
        cancel(suite, "b1")
        suite.advance_to(NOW + 2 * HOUR)
        assert slots_asked_about(suite) == [at(17), at(13), at(13)]


def test_a_later_time_says_what_it_waits_for_and_has_what_is_left_with_the_next_look():
    with salon(waiting=8, settings={"limits": {"hourly_actions": 3}, "offers": {"max_wave_size": 2}}) as suite:
        cancel(suite, "b17")
        suite.advance(minutes=2)
        cancel(suite, "b1")
        suite.advance_to(NOW + HOUR)
        assert slots_asked_about(suite) == [at(17), at(17), at(13), at(13), at(13)]
        late = next(gap for gap in freed_gaps(suite) if gap["start_time"] == at(17))
        assert late["campaign"]["reason"] == KEPT
        suite.advance(minutes=2)
        assert slots_asked_about(suite) == [at(17), at(17), at(13), at(13), at(13), at(17)]


def test_an_earlier_time_that_finds_nobody_holds_up_no_other():
    with salon(waiting=0, settings={"limits": {"hourly_actions": 1}}) as suite:
        for number in range(2):
            waits(suite, f"evening{number}", number, entry=only(17))
        cancel(suite, "b1")
        cancel(suite, "b17")
        suite.advance_to(NOW + HOUR + MINUTE)
        assert slots_asked_about(suite) == [at(17), at(17)]


@pytest.mark.parametrize("order", [(12, 14, 17), (12, 17, 14), (14, 12, 17), (14, 17, 12), (17, 12, 14), (17, 14, 12)])
def test_whoever_waits_for_their_turn_is_not_overtaken_by_a_third(order: tuple[int, ...]):
    conditions = InOrder(*order)
    settings = {"gap": {"settle_seconds": 90}, "limits": {"hourly_actions": 3}}
    with salon(waiting=0, settings=settings, conditions=conditions) as suite:
        waits(suite, "noon", 1, entry=only(12))
        for number in range(3):
            waits(suite, f"two{number}", 10 + number, entry=only(14))
            waits(suite, f"five{number}", 20 + number, entry=only(17))
        conditions.suite = suite
        cancel_together(suite, "b12", "b14", "b17")
        suite.advance(minutes=20)
        assert sorted(slots_asked_about(suite)) == [at(12), at(14), at(14)]
        assert suite.failures == []


def test_whose_turn_it_is_is_looked_at_when_the_lock_is_held(monkeypatch: pytest.MonkeyPatch):
    """13:00 asks its one customer while 17:00 waits for the lock: nothing is kept for 13:00 any more."""
    with salon(waiting=0, settings={"gap": {"settle_seconds": 90}, "limits": {"hourly_actions": 4}}) as suite:
        waits(suite, "one", 1, entry=only(13))
        for number in range(3):
            waits(suite, f"five{number}", 20 + number, entry=only(17))
        cancel_together(suite, "b1", "b17")
        gaps = {gap["start_time"].hour: gap["id"] for gap in freed_gaps(suite)}
        suite.clock.move_to(NOW + timedelta(seconds=100))
        lock = f"{ROOT}/locks/asks"
        suite.put(lock, {"until": suite.clock.real() + HOUR})

        def run(hour: int) -> None:
            fill_gap(gaps[hour], documents=suite.store.salon(SALON), clock=suite.clock, deployment=suite.deployment)

        def meanwhile(seconds: float) -> None:
            monkeypatch.undo()
            suite.delete(lock)
            run(13)

        monkeypatch.setattr(suite.clock, "sleep", meanwhile)
        run(17)
        suite.run_until_idle()
        assert slots_asked_about(suite) == [at(13), at(17), at(17), at(17)]


def test_an_offer_that_falls_away_while_an_earlier_time_is_due_is_replaced_with_the_next_look():
    monday = at(13) + timedelta(days=7)
    wish = {"windows": [{"start": monday, "end": monday + HOUR}]}
    with salon(waiting=0, settings={"gap": {"settle_seconds": 90}, "limits": {"hourly_actions": 4}}) as suite:
        for number in range(3):
            waits(suite, f"monday{number}", 10 + number, entry=wish)
        suite.put(f"{ROOT}/bookings/x1", booking(monday))
        suite.run_until_idle()
        cancel(suite, "x1")
        suite.advance(minutes=3)
        arrive(suite)
        suite.advance(minutes=10)
        cancel(suite, "b1")
        suite.clock.move_to(suite.clock.now() + timedelta(seconds=100))
        suite.reply(offers(suite)[0], button=1)
        suite.run_until_idle()
        assert slots_asked_about(suite) == [monday]
        suite.advance(minutes=2)
        assert slots_asked_about(suite) == [monday, monday]


@pytest.mark.parametrize("before_it_is_due", [timedelta(seconds=31), timedelta()])
def test_idle_time_that_waits_for_freed_time_is_offered_a_minute_later(before_it_is_due: timedelta):
    with salon(waiting=0, settings={"limits": {"hourly_actions": 5}}) as suite:
        waits(suite, "evening", 1, entry=only(18))
        for number in range(2):
            waits(suite, f"one{number}", 10 + number, entry=only(13))
        cancel(suite, "b1")
        [freed] = freed_gaps(suite)
        suite.clock.move_to(freed["campaign"]["next_round_at"] - before_it_is_due)
        suite.update(ROOT, opening_hours={"mon": [{"start": "10:00", "end": "19:00"}]})
        suite.run_until_idle()
        assert (at(18) in slots_asked_about(suite)) is bool(before_it_is_due)
        suite.advance(minutes=2)
        assert at(18) in slots_asked_about(suite)
