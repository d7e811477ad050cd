"""The circuit breaker as it acts: it stops asking while the provider fails, and never stops answering or accepting."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from local.in_process import Suite
from shared.asking.check_breaker import Stopped, admitted, fault, may_ask, pause_agent, reset_agent
from shared.ports import AnswerLost, Refused
from shared.salon.settings import SalonSettings
from tests.stories.salon import (
    NOW,
    ROOT,
    SALON,
    arrive,
    cancel,
    hang_before_the_next_claim,
    offers,
    outreach_of,
    salon,
    settle,
)

AGENT = "gap_fill_agent"
DOWN = AnswerLost("HTTP 503")
NO_NUMBER = Refused(21211, "HTTP 400", retry=False, provider_fault=False)
REFUSED = Refused(20500, "HTTP 400", retry=False, provider_fault=True)


@pytest.fixture
def suite() -> Iterator[Suite]:
    with salon(waiting=12, settings={"offers": {"max_wave_size": 16, "max_disappointed": 20}}) as suite:
        yield suite


def state(suite: Suite) -> dict[str, Any] | None:
    return suite.get(f"{ROOT}/agent_states/{AGENT}")


def breaker(suite: Suite) -> dict[str, Any]:
    found = state(suite)
    assert found is not None
    return dict(found["circuit_breaker"])


def announced(suite: Suite) -> list[str]:
    records = sorted(suite.list(f"{ROOT}/audit_logs").values(), key=lambda record: record["created_at"])
    return [r["announces"] for r in records if str(r["announces"]).startswith("CIRCUIT")]


def broken_down(suite: Suite) -> None:
    suite.outbox.answers.extend([DOWN] * 5)
    cancel(suite)


def test_messages_that_go_out_well_write_nothing_about_their_agent(suite: Suite) -> None:
    cancel(suite)
    assert offers(suite) and state(suite) is None


def test_five_faults_in_a_row_open_it_and_hold_what_was_not_sent(suite: Suite) -> None:
    broken_down(suite)
    assert breaker(suite)["state"] == "open" and announced(suite) == ["CIRCUIT_BREAKER_OPENED"]
    found = state(suite)
    assert found is not None and found["status"] == "circuit_breaker"
    statuses = sorted(outreach["status"] for outreach in suite.list(f"{ROOT}/outreach").values())
    assert statuses == ["pending", *["unknown"] * 5] and offers(suite) == []


def test_what_recipients_are_to_blame_for_does_not_count(suite: Suite) -> None:
    suite.outbox.answers.extend([NO_NUMBER] * 12)
    cancel(suite)
    assert offers(suite) == [] and state(suite) is None


def test_a_success_in_between_begins_the_count_again(suite: Suite) -> None:
    suite.outbox.answers.extend([REFUSED] * 4)
    cancel(suite)
    assert breaker(suite)["error_count"] == 0 and breaker(suite)["state"] == "closed" and offers(suite)


@pytest.mark.parametrize(("freed", "state"), [(["b1"], "open"), (["b1", "b17"], "closed")])
def test_half_of_the_last_twenty_open_it_also_when_some_in_between_go_well(freed: list[str], state: str) -> None:
    patient = {"circuit_breaker": {"error_threshold": 100}}
    with salon(waiting=14, settings={"offers": {"max_wave_size": 6, "max_disappointed": 20}, **patient}) as suite:

        def fail() -> str:
            settings = SalonSettings.model_validate(patient)
            fault(AGENT, "HTTP 503", documents=suite.store.salon(SALON), settings=settings, clock=suite.clock)
            return str(breaker(suite)["state"])

        assert {fail() for _ in range(9)} == {"closed"}
        suite.advance(seconds=1)
        for booking_id in freed:
            cancel(suite, booking_id)
        suite.advance(minutes=10)
        assert (len(offers(suite)) <= 10) == (state == "open")
        assert fail() == state


def test_nobody_is_asked_before_the_cooldown_ends_and_then_one_by_one(suite: Suite) -> None:
    broken_down(suite)
    asked = len(suite.list(f"{ROOT}/outreach"))
    suite.advance(minutes=4, seconds=59)
    assert len(suite.list(f"{ROOT}/outreach")) == asked and offers(suite) == []
    suite.outbox.answers.append(DOWN)
    suite.advance(minutes=1)
    assert breaker(suite)["state"] == "open" and offers(suite) == []
    assert breaker(suite)["cooldown_until"] > NOW + timedelta(minutes=9)


def test_one_success_after_the_cooldown_closes_it_and_asking_goes_on(suite: Suite) -> None:
    broken_down(suite)
    suite.advance(minutes=6)
    assert offers(suite) and breaker(suite)["state"] == "closed"
    assert announced(suite) == ["CIRCUIT_BREAKER_OPENED", "CIRCUIT_BREAKER_CLOSED"]


def test_a_trial_that_was_set_back_gives_way_to_another_after_one_more_cooldown(suite: Suite) -> None:
    broken_down(suite)
    suite.advance(minutes=4, seconds=59)
    hung = hang_before_the_next_claim(suite)
    suite.advance(minutes=3)
    assert hung and offers(suite) == [] and breaker(suite)["state"] == "half_open"
    suite.advance_to(hung[0] + timedelta(minutes=4, seconds=59))
    assert offers(suite) == []
    suite.advance(minutes=2)
    assert offers(suite) and breaker(suite)["state"] == "closed"


def test_an_open_breaker_stops_neither_a_yes_nor_its_answer(suite: Suite) -> None:
    cancel(suite)
    arrive(suite)
    settings = SalonSettings()
    for _ in range(5):
        fault(AGENT, "20003", documents=suite.store.salon(SALON), settings=settings, clock=suite.clock)
    suite.run_until_idle()
    assert breaker(suite)["state"] == "open"
    sent = len(suite.outbox.messages)
    suite.reply(offers(suite)[0], button=0)
    suite.run_until_idle()
    assert outreach_of(suite, "c0")["response"]["action"] == "booked"
    assert len(suite.outbox.messages) > sent


def test_a_late_63018_counts_as_our_fault_until_something_is_delivered(suite: Suite) -> None:
    cancel(suite)
    for message in offers(suite)[:2]:
        suite.report(message, "undelivered", error_code=63018)
    suite.run_until_idle()
    assert (breaker(suite)["last_error"], breaker(suite)["error_count"]) == ("63018", 2), "whatever was taken since"
    suite.report(offers(suite)[-1], "delivered")
    suite.run_until_idle()
    assert breaker(suite)["error_count"] == 0


def test_without_automatic_recovery_it_stays_open_until_it_is_reset() -> None:
    with salon(waiting=12, settings={"offers": {"max_wave_size": 16, "max_disappointed": 20}}) as suite:
        settle(suite, circuit_breaker={"auto_recovery": False}, offers={"max_wave_size": 6, "max_disappointed": 20})
        suite.run_until_idle()
        broken_down(suite)
        suite.advance(hours=1)
        assert offers(suite) == [] and breaker(suite)["state"] == "open"
        reset_agent(AGENT, documents=suite.store.salon(SALON), clock=suite.clock, actor="owner")
        suite.advance(minutes=20)
        assert offers(suite) and announced(suite)[-1] == "CIRCUIT_BREAKER_CLOSED"


def test_a_salon_that_sets_automatic_recovery_again_goes_on() -> None:
    offers_of_six = {"max_wave_size": 6, "max_disappointed": 20}
    with salon(waiting=12, settings={"offers": {"max_wave_size": 16, "max_disappointed": 20}}) as suite:
        settle(suite, circuit_breaker={"auto_recovery": False}, offers=offers_of_six)
        suite.run_until_idle()
        broken_down(suite)
        suite.advance(hours=1)
        assert offers(suite) == [] and breaker(suite)["state"] == "open"
        settle(suite, circuit_breaker={"auto_recovery": True}, offers=offers_of_six)
        suite.advance(minutes=20)
        assert offers(suite) and breaker(suite)["state"] == "closed"


def test_the_owner_can_pause_an_agent(suite: Suite) -> None:
    documents = suite.store.salon(SALON)
    pause_agent(AGENT, documents=documents, clock=suite.clock, actor="owner")
    cancel(suite)
    suite.advance(hours=1)
    assert suite.list(f"{ROOT}/outreach") == {}
    reset_agent(AGENT, documents=documents, clock=suite.clock, actor="owner")
    suite.advance(minutes=15)
    assert offers(suite)


def test_faults_at_the_same_time_are_all_counted_and_one_trial_is_given_to_one(suite: Suite) -> None:
    documents, settings = suite.store.salon(SALON), SalonSettings()

    def fails(_: int) -> None:
        fault(AGENT, "20003", documents=documents, settings=settings, clock=suite.clock)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(fails, range(4)))
    assert breaker(suite)["error_count"] == 4
    fails(5)
    suite.clock.move_to(NOW + timedelta(minutes=5))

    def admit(_: int) -> object:
        return admitted(AGENT, documents=documents, settings=settings, clock=suite.clock, now=suite.clock.now())

    with ThreadPoolExecutor(8) as threads:
        admissions = list(threads.map(admit, range(8)))
    assert sum(not isinstance(admission, Stopped) for admission in admissions) == 1
    assert isinstance(may_ask(AGENT, documents=documents, settings=settings, now=suite.clock.now()), Stopped)
