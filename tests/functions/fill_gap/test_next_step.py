"""What to do next about a gap: wait, ask, or leave it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.fill_gap.next_step import Ask, End, Leave, Wait, next_step
from functions.fill_gap.settings import Settings
from shared.calendar.campaign import Campaign
from shared.salon.salon import Salon
from tests.shared.sales.test_acceptance import gap

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SALON = Salon(id="s1", name="One", organization_id="o1", timezone="Europe/London", currency="GBP")
SETTINGS = Settings.merged({"mode": "live", "offers": {"max_asks_per_gap": 5}})
RUNNING = Campaign(status="running", round=1, wave=2, asked=2, next_round_at=NOW + 5 * MINUTE)


def step(open_offers: int = 0, *, salon: Salon = SALON, now: datetime = NOW, **fields: Any) -> object:
    standing = gap(campaign=fields.pop("campaign", Campaign()), **fields)
    return next_step(standing, salon=salon, settings=SETTINGS, open_offers=open_offers, now=now)


def test_a_closed_gap_and_one_that_waits_for_the_owner_are_left_alone():
    assert step(status="filled") == Leave("the gap is filled")
    assert step(awaits_owner=True) == Leave("it waits for the owner's word")
    assert step(campaign=Campaign(status="waiting_owner")) == Leave("it waits for the owner's word")
    assert step(campaign=Campaign(status="ended", reason="dry run")) == Leave("its campaign has ended: dry run")


def test_while_it_settles_nobody_is_asked_and_then_somebody_is():
    settling = Campaign(status="settling", next_round_at=NOW + MINUTE)
    assert step(campaign=settling) == Leave("people may still re-book")
    assert step(campaign=settling, now=NOW + MINUTE) == Ask(5)
    assert step(campaign=settling.changed(next_round_at=None)) == Ask(5)


def test_a_paused_salon_waits_and_does_not_end():
    assert step(salon=SALON.changed(status="paused")) == Wait(NOW + 15 * MINUTE, "the salon is paused")


def test_idle_time_is_offered_once_and_freed_time_again():
    again = Campaign(status="running", round=1)
    assert step(origin="idle", campaign=again) == End("idle time is offered once")
    assert step(origin="idle", campaign=Campaign()) == Ask(5, whole=True)
    assert step(origin="freed", campaign=again) == Ask(5)


@pytest.mark.parametrize(("origin", "fill_idle", "offered"), [("idle", "none", False), ("freed", "none", True), ("idle", "waitlist", True), ("idle", "all", True)])  # fmt: skip
def test_a_salon_that_offers_no_idle_time_offers_freed_time(origin: str, fill_idle: str, offered: bool):
    offering = Settings.merged({"mode": "live", "gap": {"fill_idle": fill_idle}})
    found = next_step(gap(campaign=Campaign(), origin=origin), salon=SALON, settings=offering, open_offers=0, now=NOW)
    if offered:
        assert isinstance(found, Ask)
    else:
        assert found == Leave("idle time is not offered in this salon")


def test_a_round_that_stands_is_left_alone_until_it_is_due():
    assert step(2, campaign=RUNNING) == Leave("the round is still open")
    assert step(2, campaign=RUNNING, now=NOW + 5 * MINUTE) == Ask(3)
    put_off = RUNNING.changed(reason="nobody to ask at present")
    assert step(0, campaign=put_off) == Leave("nobody to ask at present")
    assert step(0, campaign=put_off, now=NOW + 5 * MINUTE) == Ask(3)


@pytest.mark.parametrize(("open_offers", "room"), [(1, 1), (0, 2)])
def test_what_fell_away_is_made_up_for_at_once(open_offers: int, room: int):
    assert step(open_offers, campaign=RUNNING) == Ask(room, top_up=True)


def test_nobody_is_made_up_for_beyond_what_the_gap_may_ask():
    assert step(0, campaign=RUNNING.changed(asked=4)) == Ask(1, top_up=True)
    assert step(0, campaign=RUNNING.changed(asked=5)) == End("as many customers were asked as one gap may ask")


def test_a_campaign_that_waits_for_a_reason_waits_for_its_time():
    waiting = RUNNING.postponed(NOW + 30 * MINUTE, "nobody to ask at present")
    assert step(0, campaign=waiting) == Leave("nobody to ask at present")
    assert step(0, campaign=waiting, now=NOW + 30 * MINUTE) == Ask(3)


def test_idle_time_is_offered_together():
    assert step(origin="idle") == Ask(5, whole=True)
