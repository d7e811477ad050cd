"""All that each step of a campaign sets."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.calendar.campaign import Campaign
from tests.shared.calendar.test_gap_records import NOW, SETTLES

FULL = Campaign(round=2, wave=3, next_round_at=NOW, asked=5, first_asked_at=NOW, status="running", reason="why")
ENDED = FULL.changed(status="ended")
STEPS: list[tuple[Campaign, Callable[[Campaign], Campaign], dict[str, Any]]] = [
    (
        FULL,
        lambda campaign: campaign.settling(SETTLES),
        {"status": "settling", "next_round_at": SETTLES, "asked": 0, "first_asked_at": None, "reason": None},
    ),
    (
        ENDED,
        lambda campaign: campaign.running(asked=2, next_round_at=SETTLES, now=SETTLES),
        {"status": "running", "round": 3, "wave": 0, "next_round_at": SETTLES, "asked": 7, "reason": None},
    ),
    (
        Campaign(),
        lambda campaign: campaign.running(asked=1, next_round_at=None, now=NOW, wave=2),
        {"status": "running", "round": 1, "wave": 2, "asked": 1, "first_asked_at": NOW},
    ),
    (Campaign(), lambda campaign: campaign.having_asked(2, NOW), {"asked": 2, "first_asked_at": NOW}),
    (Campaign(), lambda campaign: campaign.having_asked(0, NOW), {}),
    (FULL, lambda campaign: campaign.having_asked(2, SETTLES), {"asked": 7}),
    (
        ENDED,
        lambda campaign: campaign.postponed(SETTLES, "quiet"),
        {"status": "running", "next_round_at": SETTLES, "reason": "quiet"},
    ),
    (
        FULL,
        lambda campaign: campaign.waiting_for_owner("hers"),
        {"status": "waiting_owner", "next_round_at": None, "reason": "hers"},
    ),
    (FULL, lambda campaign: campaign.ended("over"), {"status": "ended", "next_round_at": None, "reason": "over"}),
    (FULL, lambda campaign: campaign.idle(), {"status": "idle", "next_round_at": None, "reason": None}),
]


@pytest.mark.parametrize(("before", "step", "sets"), STEPS)
def test_a_step_of_a_campaign_sets_this_and_no_more(
    before: Campaign, step: Callable[[Campaign], Campaign], sets: dict[str, Any]
):
    assert dict(step(before)) == dict(before) | sets
