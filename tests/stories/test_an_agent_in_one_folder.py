"""A toy agent, put beside the real functions as one folder: it asks, hears a yes and tells the owner, and no other file knows
of it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.functions import FUNCTIONS
from local.in_process import Suite
from local.outbox import Message
from shared.records.ask_for_job import ask_for_job
from tests.stories.salon import NOW, OWNER, ROOT, SALON, customer, open_salon, texts

TOYS = Path(__file__).parents[1] / "toys"
AGENT = "retention_agent"


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    """The functions as they are deployed, and the toys among them."""
    for folder in (*FUNCTIONS.iterdir(), *TOYS.iterdir()):
        if (folder / "function.json").exists():
            (tmp_path / folder.name).symlink_to(folder)
    return tmp_path


@contextmanager
def salon(rooms: Path, **options: Any) -> Iterator[Suite]:
    with Suite(rooms, now=NOW) as suite:
        open_salon(suite, waiting=2, **options)
        yield suite
        assert suite.failures == []


def asks_back(suite: Suite) -> list[Message]:
    """Whom the agent has asked by now, when it is its turn."""
    ask_for_job("ask_back", SALON, at=suite.clock.now(), bus=suite.bus)
    suite.run_until_idle()
    return [message for message in suite.outbox.messages if message.purpose == "slot_offer"]


def asked(suite: Suite) -> dict[str, dict[str, Any]]:
    return {each["customer_id"]: each for each in suite.list(f"{ROOT}/outreach").values()}


def decision(suite: Suite) -> dict[str, Any]:
    [found] = suite.list(f"{ROOT}/autonomous_decisions").values()
    return found


def test_it_asks_hears_a_yes_and_the_owner_is_told(rooms: Path) -> None:
    with salon(rooms) as suite:
        messages = asks_back(suite)
        # Whoever has something booked is left out by the guard of the ask.
        assert set(asked(suite)) == {"c0", "c1"}
        assert {each["customer_id"]: each["excluded"] for each in decision(suite)["considered"]} == {
            "c0": None, "c1": None, "holder": "they have booked meanwhile",
        }  # fmt: skip
        suite.reply(messages[0], button=0)
        suite.reply(messages[1], button=1)
        suite.run_until_idle()
        said = [each["response"]["action"] for each in asked(suite).values()]
        assert sorted(said) == ["accepted", "declined"]
        assert [b for b in suite.list(f"{ROOT}/bookings").values() if b["source"] == "smart_fill"] == []
        assert [text.count("was asked back: accepted") for text in texts(suite, OWNER)].count(1) == 1


def test_its_asks_count_towards_its_own_limit_and_towards_the_customers(rooms: Path) -> None:
    with salon(rooms, settings={"limits": {"hourly_actions": 1}}) as suite:
        assert len(asks_back(suite)) == 1
        [count] = (suite.get(f"{ROOT}/counters/asks") or {})["asks"]
        assert (count["agent"], count["count"]) == (AGENT, 1)
        suite.update(f"{ROOT}/bookings/b1", status="cancelled", cancelled_by="customer", cancelled_at=suite.clock.now())
        suite.run_until_idle()
        [first] = [each for each in asked(suite).values() if each["agent_name"] == AGENT]
        [other] = [each for each in asked(suite).values() if each["agent_name"] == "gap_fill_agent"]
        assert {first["customer_id"], other["customer_id"]} == {"c0", "c1"}


def test_two_customers_at_one_address_are_asked_once(rooms: Path) -> None:
    with salon(rooms) as suite:
        suite.put(f"{ROOT}/customers/twin", {**customer(0), "name": "Twin"})
        asks_back(suite)
        assert set(asked(suite)) == {"c0", "c1"}


def test_while_it_runs_dry_it_decides_and_asks_nobody(rooms: Path) -> None:
    with salon(rooms, settings={"agent_modes": {AGENT: "dry_run"}}) as suite:
        assert asks_back(suite) == [] and asked(suite) == {}
        assert decision(suite)["dry_run"] and decision(suite)["action_details"]["asked"] == ["c0", "c1"]
        assert suite.get(f"{ROOT}/counters/asks") is None


def test_while_its_owner_has_paused_it_nobody_is_asked(rooms: Path) -> None:
    with salon(rooms) as suite:
        made = {"id": "state", "salon_id": SALON, "created_at": NOW, "updated_at": NOW, "agent_name": AGENT}
        suite.put(f"{ROOT}/agent_states/{AGENT}", {**made, "status": "paused"})
        assert asks_back(suite) == [] and suite.list(f"{ROOT}/autonomous_decisions") == {}


def test_the_gap_filler_hears_nothing_of_its_answers(rooms: Path) -> None:
    with salon(rooms) as suite:
        [first, *_] = asks_back(suite)
        before = Counter(suite.outcomes)
        suite.reply(first, button=1)
        suite.run_until_idle()
        heard = {function for function, _ in suite.outcomes - before}
        assert "ask_back" in heard and "fill_gap" not in heard
