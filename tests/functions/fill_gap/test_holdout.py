"""A share of the gaps is left alone where the salon wants to know what filling brings: drawn before anything else is looked at,
once for each gap, and written down whether somebody is asked in the end or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.in_process import Suite
from shared.asking.holdout import HELD_OUT
from tests.stories.approvals import questions
from tests.stories.salon import ROOT, cancel, freed_gaps, offers, salon, settle


def share(percent: float) -> dict[str, Any]:
    return {"measurement": {"holdout_percent": {"gap_fill": percent}}}


@contextmanager
def freed(percent: float, waiting: int = 2, **settings: Any) -> Iterator[Suite]:
    with salon(waiting=waiting, settings=share(percent) | settings) as suite:
        cancel(suite)
        yield suite


def campaign(suite: Suite) -> dict[str, Any]:
    [gap] = freed_gaps(suite)
    found: dict[str, Any] = gap["campaign"]
    return found


def decisions(suite: Suite) -> list[dict[str, Any]]:
    [gap] = freed_gaps(suite)
    found = suite.list(f"{ROOT}/autonomous_decisions").values()
    return [each for each in found if each["context"]["trigger_id"] == gap["id"]]


def test_of_a_gap_that_is_held_out_nobody_is_asked_and_the_decision_says_why():
    with freed(100) as suite:
        assert offers(suite) == []
        assert (campaign(suite)["status"], campaign(suite)["reason"], campaign(suite)["arm"]) == (
            "ended", HELD_OUT, "held_out",
        )  # fmt: skip
        [decision] = decisions(suite)
        assert (decision["action_taken"], decision["reasons"]) == ("nobody_asked", [HELD_OUT])
        assert {each["excluded"] for each in decision["considered"]} == {HELD_OUT}
        assert list(decision["arms"].values()) == ["held_out"]
        suite.advance(minutes=45)
        assert offers(suite) == [] and len(decisions(suite)) == 1


def test_of_a_gap_that_is_not_what_was_drawn_is_written_with_its_first_round():
    with freed(0.0001) as suite:
        assert len(offers(suite)) == 2 and campaign(suite)["arm"] == "treated"
        assert [list(each["arms"].values()) for each in decisions(suite)] == [["treated"]]


def test_it_is_drawn_also_where_nobody_could_have_been_asked():
    with freed(0.0001, waiting=0) as suite:
        assert offers(suite) == [] and campaign(suite)["arm"] == "treated"
    with freed(100, waiting=0) as suite:
        assert campaign(suite)["arm"] == "held_out"


def test_where_nothing_is_held_out_nothing_is_drawn():
    with freed(0) as suite:
        assert len(offers(suite)) == 2 and campaign(suite)["arm"] is None
        assert [each["arms"] for each in decisions(suite)] == [{}]


@pytest.mark.parametrize(("first", "then", "arm"), [(100, 0, "held_out"), (0.0001, 100, "treated")])
def test_what_was_drawn_stays_whatever_the_salon_wishes_since(first: float, then: float, arm: str):
    with freed(first, waiting=5, offers={"max_wave_size": 1}) as suite:
        before = len(offers(suite))
        settle(suite, **share(then), offers={"max_wave_size": 1})
        suite.advance(minutes=25)
        assert campaign(suite)["arm"] == arm
        assert (len(offers(suite)) > before) is (arm == "treated")


def test_a_campaign_that_began_before_belongs_to_no_side_and_goes_on():
    with freed(0, waiting=5, offers={"max_wave_size": 1}) as suite:
        settle(suite, **share(100), offers={"max_wave_size": 1})
        suite.advance(minutes=25)
        assert len(offers(suite)) > 1 and campaign(suite)["arm"] is None


def test_what_the_owner_approved_before_is_asked():
    supervised = {"autonomy": {"gap_fill": "supervised"}}
    with freed(0, **supervised) as suite:
        settle(suite, **share(100), **supervised)
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert len(offers(suite)) == 2


def test_time_that_is_freed_again_in_a_gap_that_is_held_out_is_left_alone_too():
    with freed(100) as suite:
        cancel(suite, "b14")
        assert offers(suite) == [] and campaign(suite)["reason"] == HELD_OUT


def test_who_says_yes_too_late_is_not_offered_time_that_is_left_alone():
    with freed(0, waiting=2) as suite:
        first, second = offers(suite)[:2]
        suite.reply(first, button=0)
        suite.run_until_idle()
        settle(suite, **share(100))
        cancel(suite, "b15")
        suite.reply(second, button=0)
        suite.run_until_idle()
        suite.advance(minutes=1)
        said = [message.purpose for message in suite.outbox.messages if message.sending.to == second.sending.to]
        assert said == ["slot_offer", "slot_taken"]


def test_time_that_nobody_booked_is_drawn_for_too():
    evening = {"mon": [{"start": "10:00", "end": "19:00"}]}
    with salon(
        waiting=1, settings=share(100) | {"gap": {"settle_seconds": 0, "fill_idle": "all"}}, opening_hours=evening
    ) as suite:
        suite.advance(minutes=1)
        idle = [gap for gap in suite.list(f"{ROOT}/gaps").values() if gap["origin"] == "idle"]
        assert {gap["campaign"]["arm"] for gap in idle} == {"held_out"} and offers(suite) == []
