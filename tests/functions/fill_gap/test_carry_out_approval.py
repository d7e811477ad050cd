"""What the owner approved is carried out once, by the agent that proposed it, however often, late or together it hears of
the yes; and what nobody carries out ends with a reason."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from functions.fill_gap.carry_out_approval import carry_out_approval
from functions.resolve_approval.reminder import AT_LEAST_EVERY
from local.in_process import Suite
from shared.approvals.approval import CARRY_OUT_WITHIN
from shared.ports import Create, Update, Write
from tests.functions.fill_gap.test_approval_of_offers import the_question, to_vera, vip_salon
from tests.stories.approvals import approval, ask, carrying, questions, standing, trail
from tests.stories.salon import OWNER, ROOT, SALON, just_before, purposes, run_without, salon, texts


def approve(suite: Suite, *, unheard: bool = False) -> None:
    """The owner says yes; `unheard` where fill_gap never hears of it."""
    suite.reply(questions(suite)[0], button=0)
    if unheard:
        run_without(suite, "fill_gap")
        suite.waiting.clear()
    suite.run_until_idle()


def carry_out(suite: Suite, id: str) -> str:
    documents, deployment = suite.store.salon(SALON), suite.deployment
    return carry_out_approval(id, documents=documents, clock=suite.clock, deployment=deployment)


def announced(suite: Suite, id: str) -> list[dict[str, Any]]:
    records = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["resource_id"] == id]
    return [record for record in records if record["announces"] == "APPROVAL_APPROVED"]


def is_the_ask(write: Write) -> bool:
    return isinstance(write, Create) and "/outreach/" in write.path


def calls_off(write: Write) -> bool:
    return isinstance(write, Update) and write.fields.get("recorded_status") == "cancelled"


def test_who_hears_the_answer_only_settles_it():
    with vip_salon() as suite:
        approve(suite, unheard=True)
        found = approval(suite, the_question(suite))
        assert (found["recorded_status"], found["carried_out_at"]) == ("approved", None)
        assert to_vera(suite) == []


def test_that_it_is_carried_out_is_written_with_the_ask():
    with vip_salon() as suite:
        approve(suite)
        [record] = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["event_type"] == "approval_carried_out"]
        found = approval(suite, the_question(suite))
        [hers] = [each for each in suite.list(f"{ROOT}/outreach").values() if each["customer_id"] == "vip"]
        assert record["actor"] == "gap_fill_agent"
        assert found["carried_out_at"] == hers["created_at"] == record["created_at"]


def test_hearing_of_it_again_does_nothing():
    with vip_salon() as suite:
        approve(suite)
        assert [carry_out(suite, the_question(suite)) for _ in range(3)] == ["nothing to do"] * 3
        assert len(to_vera(suite)) == 1 and trail(suite, the_question(suite)).count("approval_carried_out") == 1


@pytest.mark.parametrize("since", ["the salon is paused", "the agent runs dry"])
def test_what_was_done_is_not_called_off_by_what_holds_since(since: str):
    with vip_salon() as suite:
        approve(suite)
        if since == "the salon is paused":
            suite.update(ROOT, status="paused")
        else:
            suite.put(f"{ROOT}/settings/current", {"mode": "dry_run"})
        suite.run_until_idle()
        assert carry_out(suite, the_question(suite)) == "nothing to do"
        assert standing(suite, the_question(suite))[0] == "approved"


def test_of_two_runs_at_once_one_asks():
    with vip_salon() as suite:
        approve(suite, unheard=True)
        id, others = the_question(suite), []

        def meanwhile() -> None:
            # Its lock is anybody's by now, as after a machine that hung.
            suite.delete(f"{ROOT}/locks/asks")
            others.append(carry_out(suite, id))

        just_before(suite, is_the_ask, meanwhile)
        assert carry_out(suite, id) == "nothing to do" and others == ["carried out"]
        suite.run_until_idle()
        assert len(to_vera(suite)) == 1 and trail(suite, id).count("approval_carried_out") == 1


def test_a_run_that_would_call_it_off_while_another_asks_leaves_it_done():
    with vip_salon() as suite:
        approve(suite, unheard=True)
        id, others = the_question(suite), []
        suite.update(ROOT, status="paused")

        def meanwhile() -> None:
            suite.update(ROOT, status="active")
            others.append(carry_out(suite, id))

        just_before(suite, calls_off, meanwhile)
        assert carry_out(suite, id) == "nothing to do" and others == ["carried out"]
        suite.run_until_idle()
        assert standing(suite, id)[0] == "approved" and len(to_vera(suite)) == 1


def test_what_is_called_off_while_it_is_being_carried_out_is_not_asked():
    with vip_salon() as suite:
        approve(suite, unheard=True)
        id, others = the_question(suite), []

        def meanwhile() -> None:
            suite.delete(f"{ROOT}/locks/asks")
            suite.update(ROOT, status="paused")
            others.append(carry_out(suite, id))

        just_before(suite, is_the_ask, meanwhile)
        assert carry_out(suite, id) == "nothing to do" and others == ["cancelled"]
        suite.update(ROOT, status="active")
        suite.run_until_idle()
        assert standing(suite, id)[0] == "cancelled" and to_vera(suite) == []


def test_a_yes_whose_event_was_lost_is_announced_again_until_it_is_carried_out():
    with vip_salon() as suite:
        approve(suite, unheard=True)
        id = the_question(suite)
        suite.advance(minutes=1)
        assert to_vera(suite) == [] and len(announced(suite, id)) == 1
        suite.advance(minutes=2)
        assert len(to_vera(suite)) == 1 and len(announced(suite, id)) == 2
        suite.advance(hours=2)
        assert len(announced(suite, id)) == 2 and approval(suite, id)["due_at"] is None


def test_what_another_agent_proposed_is_left_to_it():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.update(f"{ROOT}/approvals/{id}", agent_name="retention_agent")
        approve(suite)
        assert carry_out(suite, id) == "another agent's"
        assert (standing(suite, id)[0], carrier.done) == ("approved", [])


def test_what_nobody_carries_out_is_announced_ever_more_seldom_and_ends_when_it_is_of_no_use_any_more():
    with salon() as suite, carrying() as carrier:
        id = ask(suite, useful_for=timedelta(hours=9))
        suite.update(f"{ROOT}/approvals/{id}", agent_name="retention_agent")
        approve(suite)
        suite.advance(hours=9, seconds=-1)
        assert standing(suite, id) == ("approved", "approved", "pending")
        times = sorted(record["created_at"] for record in announced(suite, id))
        waits = [later - earlier for earlier, later in pairwise(times)]
        assert waits[0] == CARRY_OUT_WITHIN and waits == sorted(waits) and waits[-1] == AT_LEAST_EVERY
        assert len(times) < 16
        suite.advance(minutes=1)
        assert standing(suite, id) == ("cancelled", "cancelled", "failed")
        assert approval(suite, id)["due_at"] is None and carrier.done == []
        assert purposes(suite, OWNER)[-1] == "owner_not_done"
        assert "it couldn't be done in time" in texts(suite, OWNER)[-1]


def test_what_the_agent_did_not_carry_out_in_time_is_not_done_later():
    with vip_salon() as suite:
        approve(suite, unheard=True)
        id = the_question(suite)
        suite.clock.move_to(approval(suite, id)["useful_until"])
        suite.tick("wake_due")
        suite.run_until_idle()
        assert standing(suite, id) == ("cancelled", "cancelled", "failed")
        assert carry_out(suite, id) == "nothing to do" and to_vera(suite) == []


def test_of_no_approval_there_is_nothing_to_carry_out():
    with salon() as suite:
        assert carry_out(suite, "apr_unknown") == "gone"
