"""Which gap may use what the salon's limits leave."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.allowance import TURN, Allowance, allowance
from shared.domain.gap import Campaign, Gap
from shared.domain.limits import AskCounters
from shared.domain.settings import LimitSettings, OfferSettings, SalonSettings
from tests.unit.test_acceptance import START, gap
from tests.unit.test_limits import AGENT, HOUR, LONDON, MINUTE, NOW, SECOND, counted

WAVE = 8
AT_ONCE = 3
"""Of a wave of eight."""
REACHED = "the salon's limit of asks is reached"
KEPT = "what the salon's limit leaves is kept for time that goes first"


def left_for(
    mine: Gap, *due: Gap, counters: AskCounters | None = None, hourly: int = 20, wave: int = WAVE
) -> Allowance:
    settings = SalonSettings(
        mode="live", offers=OfferSettings(max_wave_size=wave), limits=LimitSettings(hourly_actions=hourly)
    )
    found = counters or AskCounters()
    return allowance(mine, due, agent=AGENT, counters=found, settings=settings, now=NOW, zone=LONDON)


def another(
    id: str = "gap_2", *, hours: float = -1, since: timedelta | None = timedelta(), status: str = "running", **of: Any
) -> Gap:
    """Starts an hour before the test's gap, unless told otherwise; its round is due since so long."""
    campaign = Campaign.model_validate({"status": status, "next_round_at": None if since is None else NOW - since})
    return gap(**{"id": id, "start_time": START + timedelta(hours=hours), "campaign": campaign, **of})


def test_alone_a_gap_may_use_all_that_the_limits_leave():
    assert left_for(gap()).asks == 20
    assert left_for(gap(), counters=counted((NOW, 20))) == Allowance(0, NOW + HOUR, REACHED)


@pytest.mark.parametrize(("earlier", "left"), [(1, 17), (2, 14), (6, 2)])
def test_for_each_that_starts_earlier_as_many_are_kept_as_a_round_begins_with(earlier: int, left: int):
    assert left_for(gap(), *(another(f"e{number}") for number in range(earlier))).asks == left


@pytest.mark.parametrize(("wave", "left"), [(1, 19), (3, 17), (4, 18), (8, 17), (50, 1)])
def test_small_waves_go_out_whole_and_so_they_are_kept_whole(wave: int, left: int):
    assert left_for(gap(), another(), wave=wave).asks == left


def test_where_nothing_more_is_left_the_later_waits_a_minute_for_the_earlier():
    assert left_for(gap(), another(), hourly=AT_ONCE) == Allowance(0, NOW + MINUTE, KEPT)
    assert left_for(gap(), another(), hourly=AT_ONCE + 1).asks == 1
    assert left_for(another(), gap(campaign=another().campaign), hourly=AT_ONCE).asks == AT_ONCE


def test_where_nothing_is_left_at_all_both_wait_for_the_limit():
    used = counted((NOW, 3))
    assert left_for(gap(), another(), counters=used, hourly=3) == Allowance(0, NOW + HOUR, REACHED)


@pytest.mark.parametrize(
    "other",
    [
        another(hours=1),
        another(origin="idle"),
        another(since=-SECOND),
        another(since=TURN),
        another(since=None),
        another(status="idle"),
        another(status="waiting_owner"),
        another(status="ended"),
        another(awaits_owner=True),
        another().changed(status="filled"),
        another("gap_1"),
    ],
    ids=["later", "idle time", "not due yet", "due for too long", "no round ahead", "asleep", "with the owner", "ended",
         "cancelled by the salon", "sold", "itself"],
)  # fmt: skip
def test_nothing_is_kept_for(other: Gap):
    assert left_for(gap(), other).asks == 20


@pytest.mark.parametrize(
    "other", [another(), another(status="settling"), another(origin="no_show"), another(since=TURN - SECOND)]
)
def test_something_is_kept_for(other: Gap):
    assert left_for(gap(), other).asks == 20 - AT_ONCE


@pytest.mark.parametrize(("due", "left"), [(0, 4), (5, 4), (6, 2), (7, 0)])
def test_idle_time_has_its_share_of_what_freed_time_leaves_however_late_that_starts(due: int, left: int):
    freed = [another(f"f{number}", hours=number) for number in range(due)]
    assert left_for(gap(origin="idle"), *freed).asks == left


@given(st.lists(st.integers(0, 3), min_size=2, max_size=8), st.integers(0, 12), st.sampled_from([1, 2, 3, 8]))
def test_of_all_that_are_due_exactly_one_may_always_use_what_is_left(starts: list[int], hourly: int, wave: int):
    due = [another(f"g{number}", hours=start) for number, start in enumerate(starts)]
    asks = [left_for(one, *due, hourly=hourly, wave=wave).asks for one in due]
    first = min(range(len(due)), key=lambda number: (due[number].start_time, due[number].id))
    assert asks[first] == max(asks) == hourly
    assert sum(each == hourly for each in asks) == 1 or hourly == 0
