"""Two toy agents, put beside the real functions as one folder each: they ask, hear a yes and tell the owner, and no other file
knows of them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import functions
from local.functions import FUNCTIONS
from local.in_process import Suite
from local.outbox import Message
from shared.messaging import rendering
from shared.messaging.texts import ROOT as PROJECT
from shared.messaging.texts import texts as words_of
from shared.records.ask_for_job import ask_for_job
from tests.stories.salon import NOW, OWNER, ROOT, SALON, cancel, customer, open_salon, texts, waitlist_entry

TOYS = Path(__file__).parents[1] / "toys"
WAITLIST, VISITS, GAPS = "waitlist_agent", "no_show_prevention_agent", "gap_fill_agent"
ALONE = {"agent_modes": {GAPS: "dry_run"}}
"""So that nobody else asks about the time that opens up."""


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The functions as they are deployed, and the toys among them, with their code and their words."""
    among = tmp_path / "functions"
    among.mkdir()
    for folder in (*FUNCTIONS.iterdir(), *TOYS.iterdir()):
        if (folder / "function.json").exists():
            (among / folder.name).symlink_to(folder)
    (tmp_path / "shared").symlink_to(PROJECT / "shared")
    monkeypatch.setattr(functions, "__path__", [*functions.__path__, str(TOYS)])
    monkeypatch.setattr(rendering, "texts", partial(words_of, tmp_path))
    return among


@contextmanager
def salon(rooms: Path, **options: Any) -> Iterator[Suite]:
    with Suite(rooms, now=NOW) as suite:
        open_salon(suite, waiting=2, **options)
        yield suite
        assert suite.failures == []


def asked_about_time(suite: Suite) -> list[Message]:
    """Whom ask_waitlist has asked, when somebody has cancelled."""
    cancel(suite)
    return [message for message in suite.outbox.messages if message.purpose == "waitlist_question"]


def asked_to_confirm(suite: Suite) -> list[Message]:
    """Whom confirm_visit has asked, when it is its turn."""
    ask_for_job("confirm_visits", SALON, at=suite.clock.now(), bus=suite.bus)
    suite.run_until_idle()
    return [message for message in suite.outbox.messages if message.purpose == "visit_question"]


def asked(suite: Suite, agent: str) -> dict[str, dict[str, Any]]:
    return {
        each["customer_id"]: each for each in suite.list(f"{ROOT}/outreach").values() if each["agent_name"] == agent
    }


def decisions_of(suite: Suite, agent: str) -> list[dict[str, Any]]:
    return [each for each in suite.list(f"{ROOT}/autonomous_decisions").values() if each["agent_name"] == agent]


def heard(suite: Suite, said: str) -> int:
    """How many messages to the owner say so."""
    return [said in text for text in texts(suite, OWNER)].count(True)


def test_whoever_waits_is_asked_and_the_owner_is_told_what_they_say(rooms: Path) -> None:
    with salon(rooms, settings=ALONE) as suite:
        first, second = asked_about_time(suite)
        suite.reply(first, button=0)
        suite.reply(second, button=1)
        suite.run_until_idle()
        said = {id: each["response"]["action"] for id, each in asked(suite, WAITLIST).items()}
        assert said == {"c0": "accepted", "c1": "declined"}
        assert heard(suite, "Customer 0 would take the time") == 1
        assert [b for b in suite.list(f"{ROOT}/bookings").values() if b["source"] == "smart_fill"] == []


def test_whoever_comes_soon_is_asked_and_the_owner_is_told_what_they_say(rooms: Path) -> None:
    with salon(rooms) as suite:
        [question] = asked_to_confirm(suite)
        assert set(asked(suite, VISITS)) == {"holder"}
        suite.reply(question, button=1)
        suite.run_until_idle()
        assert heard(suite, "Holder cannot come as booked") == 1
        assert asked_to_confirm(suite) == [question], "asked within the hour"


def test_each_has_its_own_limit(rooms: Path) -> None:
    with salon(rooms, settings={**ALONE, "limits": {"hourly_actions": 1}}) as suite:
        assert len(asked_about_time(suite)) == 1 == len(asked_to_confirm(suite))
        assert (suite.get(f"{ROOT}/counters/asks") or {})["day_counts"] == {WAITLIST: 1, VISITS: 1}


def test_whom_one_has_just_asked_the_other_leaves_alone(rooms: Path) -> None:
    with salon(rooms, settings=ALONE) as suite:
        asked_about_time(suite)
        suite.update(f"{ROOT}/bookings/b14", customer_id="c0")
        asked_to_confirm(suite)
        assert set(asked(suite, WAITLIST)) == {"c0", "c1"} and set(asked(suite, VISITS)) == {"holder"}


def test_two_customers_at_one_address_are_asked_once(rooms: Path) -> None:
    with salon(rooms, settings=ALONE) as suite:
        suite.put(f"{ROOT}/customers/twin", {**customer(0), "name": "Twin"})
        suite.put(f"{ROOT}/waitlist/twin", waitlist_entry("twin", NOW))
        asked_about_time(suite)
        assert set(asked(suite, WAITLIST)) == {"c0", "c1"}


def test_while_it_runs_dry_it_decides_and_asks_nobody(rooms: Path) -> None:
    with salon(rooms, settings={"agent_modes": {GAPS: "dry_run", WAITLIST: "dry_run"}}) as suite:
        assert asked_about_time(suite) == [] and asked(suite, WAITLIST) == {}
        [decision] = decisions_of(suite, WAITLIST)
        assert decision["dry_run"] and decision["action_details"]["asked"] == ["c0", "c1"]
        assert suite.get(f"{ROOT}/counters/asks") is None


def test_while_its_owner_has_paused_it_nobody_is_asked(rooms: Path) -> None:
    with salon(rooms, settings=ALONE) as suite:
        made = {"id": "state", "salon_id": SALON, "created_at": NOW, "updated_at": NOW, "agent_name": WAITLIST}
        suite.put(f"{ROOT}/agent_states/{WAITLIST}", {**made, "status": "paused"})
        assert asked_about_time(suite) == [] and decisions_of(suite, WAITLIST) == []
        assert len(asked_to_confirm(suite)) == 1


def test_the_gap_filler_and_the_other_toy_hear_nothing_of_its_answers(rooms: Path) -> None:
    with salon(rooms, settings=ALONE) as suite:
        [first, _] = asked_about_time(suite)
        before = Counter(suite.outcomes)
        suite.reply(first, button=1)
        suite.run_until_idle()
        heard = {function for function, _ in suite.outcomes - before}
        assert "ask_waitlist" in heard and heard.isdisjoint({"fill_gap", "confirm_visit"})


def test_what_it_asked_stands_when_the_gap_filler_has_sold_the_time(rooms: Path) -> None:
    with salon(rooms, settings={"offers": {"max_wave_size": 1}, "limits": {"per_customer_hourly": 2}}) as suite:
        asked_about_time(suite)
        [offer] = [message for message in suite.outbox.messages if message.purpose == "slot_offer"]
        suite.reply(offer, button=0)
        suite.run_until_idle()
        assert {gap["origin"]: gap["status"] for gap in suite.list(f"{ROOT}/gaps").values()}["freed"] == "filled"
        assert {each["status"] for each in asked(suite, WAITLIST).values()} == {"sent"}
        assert {each["outcome"]["status"] for each in decisions_of(suite, WAITLIST)} == {"pending"}
        assert "pending" not in {each["outcome"]["status"] for each in decisions_of(suite, GAPS)}
