"""What is counted by the day is counted by the salon's: it adds up across the midnight of UTC, and begins anew at the salon's own."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from local.in_process import Suite
from tests.functions.fill_gap.test_asking import earlier_ask, free_up
from tests.functions.fill_gap.test_late_yes import lose
from tests.stories.approvals import questions
from tests.stories.salon import ROOT, booking, customer, decisions, freed_gaps, phone, purposes, salon, settle, waits
from tests.zones import AWAKE, EVERY_DAY, MONDAY, in_each_zone, utc_midnight, wall

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ALWAYS = {"opening_hours": EVERY_DAY}


def noon(zone: ZoneInfo, days: int) -> datetime:
    return wall(zone, "12:00", MONDAY + days * DAY)


def one_more(suite: Suite, number: int, zone: ZoneInfo) -> None:
    """Somebody else waits, and a time of another day is given back."""
    waits(suite, f"c{number}", number)
    free_up(suite, noon(zone, 3 + number), id=f"x{number}")


def people(suite: Suite) -> list[str]:
    alone = [each for each in decisions(suite) if each["autonomy_level"] == "full_auto"]
    return sorted(each for decision in alone for each in decision["action_details"]["asked"])


@in_each_zone
def test_the_asks_of_a_day_add_up_across_the_midnight_of_utc_and_are_new_at_the_salons(zone: ZoneInfo):
    settings = {"limits": {"hourly_actions": 1000, "daily_actions": 3}, "quiet_hours": AWAKE}
    turn, midnight = utc_midnight(zone), wall(zone, "24:00")
    with salon(now=turn - 20 * MINUTE, zone=zone, waiting=0, settings=settings, **ALWAYS) as suite:
        one_more(suite, 0, zone)
        one_more(suite, 1, zone)
        suite.advance_to(turn + 5 * MINUTE)
        one_more(suite, 2, zone)
        one_more(suite, 3, zone)
        assert people(suite) == ["c0", "c1", "c2"]
        campaign = max(freed_gaps(suite), key=lambda gap: gap["start_time"])["campaign"]
        assert campaign["reason"] == "the salon's limit of asks is reached" and campaign["next_round_at"] == midnight
        suite.clock.move_to(midnight - 2 * MINUTE)
        suite.advance_to(midnight - SECOND)
        assert people(suite) == ["c0", "c1", "c2"]
        suite.advance_to(midnight)
        assert "c3" in people(suite)


@in_each_zone
def test_the_discounts_of_a_day_are_one_budget_across_the_midnight_of_utc(zone: ZoneInfo):
    """Two are worth the whole budget: one is given before it, one after, and a third not before the salon's own midnight."""
    discounts = {"later_round_percent": 10, "daily_budget": 10}
    settings = {"discounts": discounts, "quiet_hours": AWAKE, "offers": {"max_wave_size": 1}}
    turn, midnight = utc_midnight(zone), wall(zone, "24:00")
    given = []
    with salon(now=turn - 30 * MINUTE, zone=zone, waiting=0, settings=settings, **ALWAYS) as suite:
        for number, at in enumerate([turn - 30 * MINUTE, turn + 10 * MINUTE, turn + 50 * MINUTE, midnight]):
            suite.clock.move_to(at)
            before = set(suite.list(f"{ROOT}/outreach"))
            offered_at_a_discount(suite, number, zone)
            made = [each for id, each in suite.list(f"{ROOT}/outreach").items() if id not in before]
            given.append(sorted(each["offer_details"]["discount_percent"] for each in made))
    assert given == [[0, 10], [0, 10], [0, 0], [0, 10]]


def offered_at_a_discount(suite: Suite, number: int, zone: ZoneInfo) -> None:
    """A time of another stylist is given back, of whom two are regulars: the second of them is offered it at a lower price."""
    staff_id = f"s{number}"
    suite.put(f"{ROOT}/staff/{staff_id}", {"name": staff_id, "service_ids": ["cut"]})
    for each in (2 * number, 2 * number + 1):
        suite.put(f"{ROOT}/customers/c{each}", customer(each))
        for days in (40, 80):
            start = noon(zone, -days) + each * HOUR
            suite.put(f"{ROOT}/bookings/c{each}-{days}", booking(start, customer_id=f"c{each}", staff_id=staff_id))
    free_up(suite, noon(zone, 3), id=f"x{number}", staff_id=staff_id)
    suite.advance(minutes=25)


@in_each_zone
@pytest.mark.parametrize(("clock", "asks", "may"), [
    ("23:30:00", ["00:00:00", "15:00:00", "22:30:00"], False),
    ("23:30:00", ["-23:59:59", "15:00:00", "22:30:00"], True),
    ("00:30:00", ["-15:00:00", "-20:00:00", "-23:00:00"], True),
])  # fmt: skip
def test_a_customer_is_asked_three_times_a_day_by_the_salons_wall(
    zone: ZoneInfo, clock: str, asks: list[str], may: bool
):
    """A minus is the day before."""
    with salon(now=wall(zone, clock), zone=zone, waiting=0, settings={"quiet_hours": AWAKE}, **ALWAYS) as suite:
        one_more(suite, 0, zone)
        waits(suite, "c1", 1)
        for ask in asks:
            made = wall(zone, ask.removeprefix("-"), MONDAY - DAY if ask.startswith("-") else MONDAY)
            earlier_ask(suite, "c1", suite.clock.now() - made)
        free_up(suite, noon(zone, 5), id="x5")
        assert people(suite) == (["c0", "c1"] if may else ["c0"])
        judged = [each for decision in decisions(suite) for each in decision["considered"]]
        reasons = {each["excluded"] for each in judged if each["customer_id"] == "c1"}
        assert ("asked 3 time(s) today already" in reasons) is not may


@in_each_zone
@pytest.mark.parametrize(("daily", "status"), [(2, "cancelled"), (3, "approved")])
def test_what_the_owner_approves_counts_towards_the_salons_day(zone: ZoneInfo, daily: int, status: str):
    """Two were asked before the date of UTC changed, and the owner says yes after it."""
    turn = utc_midnight(zone)
    settings: dict[str, Any] = {"quiet_hours": AWAKE, "autonomy": {"gap_fill": "supervised"}}
    with salon(now=turn - 20 * MINUTE, zone=zone, waiting=0, settings={"quiet_hours": AWAKE}, **ALWAYS) as suite:
        one_more(suite, 0, zone)
        one_more(suite, 1, zone)
        settle(suite, **settings)
        one_more(suite, 2, zone)
        assert people(suite) == ["c0", "c1"]
        settle(suite, **settings, limits={"daily_actions": daily})
        suite.advance_to(turn + 20 * MINUTE)
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        settled = {each["status"] for each in suite.list(f"{ROOT}/approvals").values()} - {"pending"}
        assert settled == {status}


@in_each_zone
@pytest.mark.parametrize(("daily", "told"), [(2, "slot_taken"), (3, "slot_taken_another")])
def test_another_time_for_who_came_too_late_counts_towards_the_salons_day(zone: ZoneInfo, daily: int, told: str):
    """Two were asked before the date of UTC changed, and both say yes after it."""
    turn = utc_midnight(zone)
    settings = {"quiet_hours": AWAKE, "offers": {"round_minutes": 2}, "limits": {"daily_actions": daily}}
    with salon(now=turn - 20 * MINUTE, zone=zone, waiting=2, settings=settings, **ALWAYS) as suite:
        free_up(suite, noon(zone, 1))
        suite.advance(minutes=5)
        assert people(suite) == ["c0", "c1"]
        free_up(suite, noon(zone, 1) + 3 * HOUR, id="x2")
        suite.advance_to(turn + 5 * MINUTE)
        lose(suite, 1)
        assert purposes(suite, phone(1))[-1] == told
        one_more(suite, 2, zone)
        assert len(suite.list(f"{ROOT}/outreach")) == daily


@in_each_zone
@pytest.mark.parametrize(("asks", "told"), [
    (["00:00:00", "00:30:00"], "slot_taken"),
    (["-23:59:59", "00:30:00"], "slot_taken_another"),
])  # fmt: skip
def test_who_was_asked_three_times_on_the_salons_day_hears_of_no_other_time(zone: ZoneInfo, asks: list[str], told: str):
    now = utc_midnight(zone) + 10 * MINUTE
    with salon(now=now, zone=zone, waiting=2, settings={"quiet_hours": AWAKE, "offers": {"round_minutes": 2}}, **ALWAYS) as suite:  # fmt: skip
        free_up(suite, noon(zone, 1))
        suite.advance(minutes=5)
        free_up(suite, noon(zone, 1) + 3 * HOUR, id="x2")
        for ask in asks:
            made = wall(zone, ask.removeprefix("-"), MONDAY - DAY if ask.startswith("-") else MONDAY)
            earlier_ask(suite, "c1", suite.clock.now() - made)
        lose(suite, 1)
        assert purposes(suite, phone(1))[-1] == told
