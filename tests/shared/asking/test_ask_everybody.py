"""An agent without a choice of its own asks everybody of its proposal who may be asked, and once."""

from dataclasses import replace
from datetime import timedelta

from shared.asking.ask_everybody import ask_everybody
from shared.asking.proposal import Asked, NobodyAsked, Proposal
from tests.shared.asking.test_ask_people import proposal, selected, two_customers
from tests.stories.one_hour import OneHour


def ask(hour: OneHour, proposed: Proposal) -> Asked | NobodyAsked:
    return ask_everybody(proposed, "retention", "they are due", documents=hour.documents, clock=hour.clock)


def test_all_are_asked_and_the_decision_says_why() -> None:
    hour = two_customers()
    assert ask(hour, proposal(hour)) == Asked(2) and hour.asked() == {"c1", "c2"}
    [decision] = hour.all("autonomous_decisions").values()
    assert (decision["reasons"], decision["action_details"]) == (["they are due"], {"asked": ["c1", "c2"]})
    assert [each["excluded"] for each in decision["considered"]] == [None, None]
    assert decision["expires_at"] == max(each["expires_at"] for each in hour.all("outreach").values())


def test_the_first_are_asked_whom_the_limits_leave() -> None:
    hour = two_customers(limits={"hourly_actions": 1})
    assert ask(hour, proposal(hour)) == Asked(1) and hour.asked() == {"c1"}


def test_whoever_may_not_be_asked_is_left_out_with_the_reason() -> None:
    hour = two_customers()
    hour.update("customers/c1", blocked=True)
    assert ask(hour, proposal(hour)) == Asked(1) and hour.asked() == {"c2"}
    [decision] = hour.all("autonomous_decisions").values()
    assert {each["customer_id"]: each["excluded"] for each in decision["considered"]} == {
        "c1": "blocked by the salon", "c2": None,
    }  # fmt: skip


def test_where_nobody_may_be_asked_nothing_is_decided() -> None:
    hour = two_customers()
    for id in ("c1", "c2"):
        hour.update(f"customers/{id}", blocked=True)
    assert ask(hour, proposal(hour)) == NobodyAsked("nobody to ask") and hour.all("autonomous_decisions") == {}


def test_whoever_is_held_out_is_left_alone() -> None:
    hour = two_customers()
    first, second = selected(hour)
    people = [replace(first, unit="a"), replace(second, unit="b")]
    assert ask(hour, proposal(hour, people=people, units=("a", "b"), holdout_percent=100.0)) == NobodyAsked(
        "nobody to ask"
    )
    assert hour.asked() == set()


def test_because_of_the_same_trigger_nobody_is_asked_twice_though_it_is_heard_again_later() -> None:
    hour = two_customers()
    ask(hour, proposal(hour))
    hour.clock.move_to(hour.clock.now() + timedelta(days=2))
    assert ask(hour, proposal(hour)) == NobodyAsked("asked about this before")
    assert ask(hour, proposal(hour, trigger_id="tomorrow")) == Asked(2)


def test_in_a_dry_run_it_is_decided_once_and_nobody_is_asked() -> None:
    hour = two_customers(mode="dry_run")
    assert [ask(hour, proposal(hour)) for _ in range(2)] == [
        NobodyAsked("dry run"), NobodyAsked("asked about this before"),
    ]  # fmt: skip
    assert hour.asked() == set() and len(hour.all("autonomous_decisions")) == 1
