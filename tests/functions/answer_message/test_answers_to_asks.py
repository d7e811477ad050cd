"""An ask that offers no slot: its answer is recorded and announced, nothing is sold, and nobody but its agent speaks."""

from datetime import timedelta
from typing import Any

import pytest

from shared.sales.mark_answered import mark_answered
from shared.sales.read_offer_answer import OfferAnswer
from shared.salon.load_salon import salon_of
from tests.stories.one_hour import NOW, OneHour


def asked(hour: OneHour, **fields: Any) -> OneHour:
    hour.offered(slot=None, guard=[], offer_details=None, agent_name="retention_agent", **fields)
    return hour


def answers(hour: OneHour) -> list[tuple[Any, ...]]:
    """What is announced of the ask: what, about whose work, and what it says."""
    told = [r for r in hour.all("audit_logs").values() if r["resource_id"] == "out_1" and r["announces"]]
    return [(r["announces"], r["agent"], r["payload"].get("answer"), r["payload"].get("result")) for r in told]


@pytest.mark.parametrize(
    ("body", "answer", "result"),
    [("yes", "accept", "accepted"), ("BOOK", "accept", "accepted"), ("no", "decline", "declined")],
)
def test_a_yes_or_a_no_is_recorded_and_announced_to_the_agent_that_asked(body: str, answer: str, result: str) -> None:
    hour = asked(OneHour())
    assert hour.writes(body) == "answered"
    found = hour.get("outreach/out_1")
    assert (found["status"], found["response"]["action"], found["due_at"]) == ("responded", result, None)
    said_in = hour.documents.get(found["response"]["said_in"])
    assert said_in is not None and said_in.data["body"] == body, "so that the agent answers where they wrote"
    assert answers(hour) == [("ASK_ANSWERED", "retention_agent", answer, result)]
    assert hour.all("bookings") == {} and hour.told() == []


def test_a_second_answer_changes_nothing() -> None:
    hour = asked(OneHour())
    given = OfferAnswer("out_1", None, salon_of(hour.documents, "s1"), hour.documents, hour.clock, "accept_offer")
    came = [mark_answered(given, answer) for answer in ("accept", "accept", "decline")]
    assert came == ["answered", "answered before", "answered otherwise"]
    assert hour.get("outreach/out_1")["response"]["action"] == "accepted" and len(answers(hour)) == 1


@pytest.mark.parametrize(
    ("action", "body", "came"),
    [
        ("declined", "yes", "kept for the owner"),
        ("accepted", "no", "kept for the owner"),
        ("opted_out", "yes", "kept for the owner"),
        ("accepted", "yes", "answered before"),
        ("declined", "no", "answered before"),
        ("opted_out", "no", "answered before"),
    ],
)
def test_whoever_changes_their_answer_is_read_by_the_owner(action: str, body: str, came: str) -> None:
    answered = {"received": True, "action": action, "responded_at": NOW}
    hour = asked(OneHour(), status="responded", response=answered)
    assert hour.writes(body, under="SM1") == came
    assert hour.get("outreach/out_1")["response"]["action"] == action and answers(hour) == []
    assert [each["reason"] for each in hour.all("conversations").values()] == ["our_question"] * (came[0] == "k")


def test_a_yes_that_comes_after_its_time_is_an_answer_all_the_same() -> None:
    hour = asked(OneHour(), status="expired")
    assert hour.writes("yes") == "answered"
    assert [what for what, *_ in answers(hour)] == ["ASK_ANSWERED"]


def test_a_stop_is_told_to_the_agent_that_asked() -> None:
    hour = asked(OneHour())
    assert hour.writes("STOP") == "opted out"
    assert answers(hour) == [("ASK_ANSWERED", "retention_agent", "opt_out", "opted_out")]


def test_other_words_wait_for_a_person() -> None:
    hour = asked(OneHour())
    assert hour.writes("perhaps on Friday") == "kept for the owner"
    assert [each["reason"] for each in hour.all("conversations").values()] == ["our_question"]
    assert hour.get("outreach/out_1")["status"] == "read" and answers(hour) == []


@pytest.mark.parametrize(("body", "announced"), [("yes", "OUTREACH_RESPONDED"), ("no", "OUTREACH_DECLINED")])
def test_an_answer_to_a_slot_is_announced_as_ever(body: str, announced: str) -> None:
    hour = OneHour()
    hour.offered()
    hour.writes(body)
    assert [(what, agent) for what, agent, *_ in answers(hour)] == [(announced, "gap_fill_agent")]


@pytest.mark.parametrize(("status", "came"), [("read", "answered"), ("expired", "kept for the owner")])
def test_words_answer_an_ask_that_is_still_open_however_long_ago_it_was_made(status: str, came: str) -> None:
    hour = asked(OneHour(), status=status, created_at=NOW - timedelta(days=2), expires_at=NOW + timedelta(days=1))
    assert hour.writes("yes") == came


@pytest.mark.parametrize("second", [{"slot": None, "guard": []}, {}])
def test_of_several_open_asks_one_of_which_names_no_time_the_owner_reads_the_answer(second: dict[str, Any]) -> None:
    hour = asked(OneHour())
    hour.offered(id="out_2", delivery={"message_id": "SM2", "sent_at": NOW}, **second)
    assert hour.writes("yes") == "kept for the owner"
    assert [each["reason"] for each in hour.all("conversations").values()] == ["our_question"]
    assert hour.told() == ["holding_answer"] and answers(hour) == []
