"""Which gap may use what the salon's limits leave."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.fill_gap.allowance import TURN, WAITS, Allowance, allowance_of
from functions.fill_gap.settings import OfferSettings, Settings
from shared.asking.limits import AskCounters
from shared.calendar.campaign import Campaign
from shared.calendar.gap import Gap
from shared.salon.settings import LimitSettings
from shared.values.stretches import Stretch
from tests.shared.asking.test_limits import AGENT, HOUR, LONDON, NOW, SECOND, counted
from tests.shared.sales.test_acceptance import END, START, gap

AT_ONCE = 3
"""Of a wave of eight."""


def allowed(
    mine: Gap,
    *others: Gap,
    counters: AskCounters | None = None,
    hourly: int = 20,
    daily: int = 100,
    wave: int = 8,
    zone: ZoneInfo = LONDON,
) -> Allowance:
    settings = Settings(
        mode="live",
        offers=OfferSettings(max_wave_size=wave),
        limits=LimitSettings(hourly_actions=hourly, daily_actions=daily),
    )
    found = counters or AskCounters()
    return allowance_of(mine, others, agent=AGENT, counters=found, settings=settings, now=NOW, zone=zone)


def at_once(mine: Gap, *others: Gap, **options: Any) -> int:
    return allowed(mine, *others, **options).at_once


def another(id: str = "gap_2", *, hours: float = -1, since: timedelta | None = timedelta(), **fields: Any) -> Gap:
    """Starts an hour before the test's gap, unless told otherwise; its round is due since so long."""
    campaign = Campaign(status="running", next_round_at=None if since is None else NOW - since)
    return gap(**{"id": id, "start_time": START + timedelta(hours=hours), "campaign": campaign, **fields})


def test_alone_a_gap_may_use_all_that_the_limits_leave():
    assert allowed(gap()) == Allowance(20, 20, NOW + HOUR)
    assert allowed(gap(), counters=counted((NOW, 20))) == Allowance(0, 0, NOW + HOUR)


@pytest.mark.parametrize(("earlier", "left"), [(1, 17), (2, 14), (6, 2), (7, 0)])
def test_for_each_that_starts_earlier_as_many_are_kept_as_a_round_begins_with(earlier: int, left: int):
    found = allowed(gap(), *(another(f"e{number}") for number in range(earlier)))
    assert (found.left, found.at_once) == (20, left)


@pytest.mark.parametrize(("wave", "left"), [(1, 19), (3, 17), (4, 18), (8, 17), (50, 1)])
def test_small_waves_go_out_whole_and_so_they_are_kept_whole(wave: int, left: int):
    assert at_once(gap(), another(), wave=wave) == left


def test_of_two_the_later_has_what_the_earlier_leaves_and_the_earlier_all():
    assert at_once(gap(), another(), hourly=AT_ONCE) == 0
    assert at_once(gap(), another(), hourly=AT_ONCE + 1) == 1
    assert at_once(another(), gap(campaign=another().campaign), hourly=AT_ONCE) == AT_ONCE


@pytest.mark.parametrize(
    "other",
    [
        another(hours=1),
        another(origin="idle"),
        another(since=-WAITS - SECOND),
        another(since=TURN),
        another(since=None),
        another().changed(status="filled"),
        another("gap_1"),
    ],
    ids=["later", "idle time", "not due yet", "due for too long", "no round ahead", "sold", "itself"],
)
def test_nothing_is_kept_for(other: Gap):
    assert at_once(gap(), other) == 20


@pytest.mark.parametrize(
    "other",
    [another(), another(origin="no_show"), another(since=TURN - SECOND), another(since=-WAITS)],
    ids=["earlier", "not come", "due for long", "waiting for its turn"],
)
def test_something_is_kept_for(other: Gap):
    assert at_once(gap(), other) == 20 - AT_ONCE


def test_what_counts_is_where_the_time_that_was_given_back_starts():
    """Hours that nobody ever booked may lie before it, or what was given back and is over."""
    mine = gap(freed=[Stretch(START, END)])
    idle_before = another(hours=-5, freed=[Stretch(START + HOUR, END + HOUR)])
    assert (at_once(mine, idle_before), at_once(idle_before, mine.changed(campaign=idle_before.campaign))) == (20, 17)
    over = another(hours=-5, freed=[Stretch(NOW - HOUR, NOW), Stretch(START + HOUR, END + HOUR)])
    assert at_once(mine, over) == 20
    running_out = another(hours=-5, freed=[Stretch(NOW - HOUR, NOW + SECOND), Stretch(START + HOUR, END + HOUR)])
    assert at_once(mine, running_out) == 17


@pytest.mark.parametrize(("due", "left"), [(0, 4), (5, 4), (6, 0)])
def test_idle_time_is_offered_once_and_waits_until_its_whole_share_is_free(due: int, left: int):
    freed = [another(f"f{number}", hours=number) for number in range(due)]
    found = allowed(gap(origin="idle"), *freed)
    assert (found.left, found.at_once) == (4, left)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=8), st.integers(0, 12), st.sampled_from([1, 2, 3, 8]))
def test_of_all_that_are_due_exactly_one_may_always_use_what_is_left(starts: list[int], hourly: int, wave: int):
    due = [another(f"g{number}", hours=start) for number, start in enumerate(starts)]
    asks = [at_once(one, *due, hourly=hourly, wave=wave) for one in due]
    first = min(range(len(due)), key=lambda number: (due[number].start_time, due[number].id))
    assert asks[first] == max(asks) == hourly
    assert sum(each == hourly for each in asks) == 1 or hourly == 0


def test_what_was_asked_already_is_not_left_and_what_another_agent_asked_is():
    used = counted((NOW, 18))
    assert allowed(gap(), another(), counters=used) == Allowance(2, 0, NOW + HOUR)
    assert allowed(gap(), another(), counters=counted((NOW, 18), agent="retention_agent")).at_once == 17


def test_the_day_of_the_limit_is_the_salons():
    """Half past three in the afternoon in Kolkata: what was asked before midnight there is of yesterday."""
    zone = ZoneInfo("Asia/Kolkata")
    late = AskCounters().counted(AGENT, 5, now=NOW - 16 * HOUR, zone=zone)
    assert allowed(gap(), counters=late, daily=5, zone=zone) == Allowance(5, 5, NOW + HOUR)
    early = AskCounters().counted(AGENT, 5, now=NOW - 15 * HOUR, zone=zone)
    tomorrow = NOW + 8.5 * HOUR
    assert allowed(gap(), another(), counters=early, daily=5, zone=zone) == Allowance(0, 0, tomorrow)
    assert allowed(gap(origin="idle"), counters=early, daily=5, zone=zone) == Allowance(0, 0, tomorrow)
