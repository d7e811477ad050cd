"""What somebody writes is worked on in the order in which it came, once, and nothing keeps it for ever."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from functions.answer_message import answer_conversation as room
from local.conditions import Calm, Delivery
from local.in_process import Suite
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    cancel,
    offers,
    open_salon,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    write,
)


class LastFirst(Calm):
    def next(self, waiting: Sequence[Delivery]) -> int:
        return len(waiting) - 1


def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can work on what says so."""
    answer = room.answer_message

    def answers(path: str, *, documents: Any, **more: Any) -> Any:
        if documents.get(path).data["body"] == "poison":
            raise RuntimeError("poison")
        return answer(path, documents=documents, **more)

    monkeypatch.setattr(room, "answer_message", answers)


def inbound(suite: Suite) -> dict[str, Any]:
    key = outreach_of(suite, "c0")["address_key"]
    return {said["body"]: said for said in suite.list(f"{ROOT}/conversations/{key}/inbound").values()}


def test_of_two_messages_the_first_is_answered_first_whichever_event_comes_first():
    with salon(waiting=1, conditions=LastFirst()) as suite:
        cancel(suite)
        write(suite, "SKIP", sender=phone(0))
        suite.clock.move_to(NOW + timedelta(seconds=1))
        write(suite, "BOOK", sender=phone(0))
        suite.run_until_idle()
        assert outreach_of(suite, "c0")["response"]["action"] == "declined" and ours(suite) == []
        assert {said["outcome"] for said in inbound(suite).values()} == {"declined", "kept for the owner"}


def test_what_came_while_nobody_worked_is_worked_on_with_the_next():
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "SKIP", sender=phone(0))
        suite.waiting = [d for d in suite.waiting if d.function.name != "answer_message"]
        suite.clock.move_to(NOW + timedelta(seconds=1))
        write(suite, "hello", sender=phone(0))
        suite.run_until_idle()
        assert [inbound(suite)[body]["outcome"] for body in ("SKIP", "hello")] == ["declined", "kept for the owner"]


@pytest.mark.parametrize("many", [3, 4, 7])
def test_however_many_came_while_nobody_worked_all_are_worked_on_in_their_order(
    many: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(room, "AT_ONCE", 3)
    with salon(waiting=1) as suite:
        cancel(suite)
        for number in range(many):
            suite.waiting = [d for d in suite.waiting if d.function.name != "answer_message"]
            suite.clock.move_to(NOW + timedelta(seconds=number))
            write(suite, "SKIP" if number == 0 else f"and is number {number} free?", sender=phone(0))
        suite.run_until_idle()
        said = sorted(inbound(suite).values(), key=lambda each: each["received_at"])
        assert [each["outcome"] for each in said] == ["declined"] + ["kept for the owner"] * (many - 1)


def test_a_message_that_keeps_failing_keeps_the_next_only_until_its_owner_has_it(monkeypatch: pytest.MonkeyPatch):
    poisoned(monkeypatch)
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=1)
        cancel(suite)
        write(suite, "poison", sender=phone(0))
        suite.clock.move_to(NOW + timedelta(seconds=1))
        write(suite, "STOP", sender=phone(0))
        suite.run_until_idle()
        assert inbound(suite)["STOP"]["handled_at"] is None
        suite.advance(minutes=35)
        assert inbound(suite)["poison"]["outcome"] == "kept for the owner"
        assert inbound(suite)["STOP"]["outcome"] == "opted out"
        assert "owner_message" in purposes(suite, OWNER)
        assert suite.dead == []


def test_who_fails_leaves_no_lock_behind(monkeypatch: pytest.MonkeyPatch):
    poisoned(monkeypatch)
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=1)
        cancel(suite)
        write(suite, "poison", sender=phone(0))
        suite.run_until_idle()
        assert suite.failures and suite.list(f"{ROOT}/locks") == {}


def test_the_same_message_heard_three_times_is_answered_once():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0, sid="SMyes")
        suite.waiting = [delivery for delivery in suite.waiting for _ in range(3)]
        suite.run_until_idle()
        assert len(ours(suite)) == 1 and purposes(suite, phone(0)).count("booking_confirmed") == 1
