"""In a supervised salon one question is about one round: these people, this time, this price. What the owner approves is asked,
whoever of them still holds; the owner may strike people from it, and can add none."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from functions.fill_gap.offered_slot import TIME_TO_ANSWER
from local.in_process import Suite
from shared.messaging.tokens import ApprovalToken, binding, sign_approval
from shared.values.identity import address_key
from tests.functions.fill_gap.test_approval_of_offers import the_question
from tests.html import Element, read_page
from tests.stories.approvals import approval, decision_of, questions, standing, trail
from tests.stories.salon import OWNER, ROOT, SALON, cancel, customer, offers, phone, purposes, salon, settle

SUPERVISED = {"autonomy": {"gap_fill": "supervised"}}


@contextmanager
def supervised_salon(waiting: int = 5, **settings: Any) -> Iterator[Suite]:
    with salon(waiting=waiting, settings=SUPERVISED | settings) as suite:
        cancel(suite)
        yield suite


def people(suite: Suite) -> list[str]:
    return [each["customer_id"] for each in approval(suite, the_question(suite))["action_details"]["people"]]


def approve(suite: Suite, *, struck: Sequence[Any] = ()) -> None:
    """As the owner's app answers."""
    now = suite.clock.now()
    said = {"action": "approve", "responded_by": "olga", "responded_at": now, "notes": None, "struck": list(struck)}
    suite.update(f"{ROOT}/approvals/{the_question(suite)}", status="approved", response=said, updated_at=now)
    suite.run_until_idle()


def asked(suite: Suite) -> list[str]:
    return sorted(message.sending.to for message in offers(suite))


def phones(ids: Sequence[str]) -> list[str]:
    return sorted(phone(int(id.removeprefix("c"))) for id in ids)


def test_one_question_is_about_the_round_and_says_who_is_in_it():
    with supervised_salon() as suite:
        found = approval(suite, the_question(suite))
        assert people(suite) == ["c0", "c1", "c2", "c3", "c4"] and asked(suite) == []
        assert found["action_summary"] == (
            "ask Customer 0, Customer 1 and 3 more if they'd like Cut with Mia Mon 23 Nov at 13:00, for £50.00, "
            "because they are waiting for exactly this"
        )
        assert {(each["start"], each["price"]) for each in found["action_details"]["people"]} == {(found["action_details"]["start"], 50)}  # fmt: skip
        assert purposes(suite, OWNER) == ["owner_approval"]
        assert decision_of(suite, the_question(suite))["action_details"]["asked"] == people(suite)


def test_what_is_approved_is_asked_of_everybody_in_it_at_once():
    with supervised_salon() as suite:
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        found = approval(suite, the_question(suite))
        assert asked(suite) == phones(people(suite))
        assert found["carried_out_at"] is not None and found["not_asked"] == {}
        [gap] = [gap for gap in suite.list(f"{ROOT}/gaps").values() if gap["origin"] == "freed"]
        assert (gap["campaign"]["asked"], gap["campaign"]["wave"]) == (5, 5)
        counted = (suite.get(f"{ROOT}/counters/asks") or {})["day_counts"]
        assert counted == {"gap_fill_agent": 5}


def test_who_is_struck_is_not_asked_and_nobody_else_comes_in():
    with supervised_salon() as suite:
        approve(suite, struck=["c1", "c3", "holder", "nobody", 7])
        assert asked(suite) == phones(["c0", "c2", "c4"])
        assert approval(suite, the_question(suite))["not_asked"] == {
            "c1": "struck by the owner", "c3": "struck by the owner",
        }  # fmt: skip
        [done] = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["event_type"] == "approval_carried_out"]
        assert done["details"]["result"] == "3 of 5 asked"


@pytest.mark.parametrize("struck", ["c1", {"c1": True}, None, [None, 3]])
def test_what_an_app_wrote_by_mistake_strikes_nobody(struck: Any):
    with supervised_salon(waiting=2) as suite:
        now = suite.clock.now()
        said = {"action": "approve", "responded_by": "olga", "responded_at": now, "struck": struck}
        suite.update(f"{ROOT}/approvals/{the_question(suite)}", status="approved", response=said, updated_at=now)
        suite.run_until_idle()
        assert asked(suite) == phones(["c0", "c1"])


def test_where_everybody_is_struck_nothing_is_done():
    with supervised_salon(waiting=2) as suite:
        approve(suite, struck=["c0", "c1"])
        assert asked(suite) == [] and standing(suite, the_question(suite)) == ("cancelled", "cancelled", "failed")
        assert trail(suite, the_question(suite))[-1] == "approval_cancelled"


def test_for_whom_it_no_longer_holds_is_left_out_with_the_reason():
    with supervised_salon() as suite:
        suite.update(f"{ROOT}/customers/c0", blocked=True)
        suite.update(f"{ROOT}/waitlist/w2", status="cancelled")
        suite.delete(f"{ROOT}/customers/c4")
        suite.run_until_idle()
        approve(suite)
        assert asked(suite) == phones(["c1", "c3"])
        assert approval(suite, the_question(suite))["not_asked"] == {
            "c0": "the customer can no longer be asked: blocked by the salon",
            "c2": "the customer can no longer be asked",
            "c4": "the customer can no longer be asked",
        }


def test_at_another_price_than_was_approved_nobody_is_asked():
    with supervised_salon(waiting=2) as suite:
        suite.update(f"{ROOT}/services/cut", price=60)
        approve(suite)
        assert asked(suite) == [] and standing(suite, the_question(suite))[0] == "cancelled"


def test_more_than_the_limits_leave_are_not_asked_and_who_goes_first_is():
    with supervised_salon() as suite:
        settle(suite, **SUPERVISED, limits={"hourly_actions": 2})
        approve(suite)
        assert asked(suite) == phones(["c0", "c1"])
        reasons = approval(suite, the_question(suite))["not_asked"]
        assert set(reasons) == {"c2", "c3", "c4"} and set(reasons.values()) == {"the salon's limit of asks is reached"}


def test_nobody_of_a_rejected_round_is_proposed_again():
    with supervised_salon(waiting=3) as suite:
        first = the_question(suite)
        suite.reply(questions(suite)[0], button=1)
        suite.run_until_idle()
        suite.put(f"{ROOT}/customers/late", customer(40))
        wish = {"customer_id": "late", "service_ids": ["cut"], "windows": [], "status": "waiting"}
        suite.put(f"{ROOT}/waitlist/late", {**wish, "created_at": suite.clock.now()})
        suite.advance(minutes=61)
        [second] = [id for id in suite.list(f"{ROOT}/approvals") if id != first]
        assert [each["customer_id"] for each in approval(suite, second)["action_details"]["people"]] == ["late"]
        assert asked(suite) == []


def test_time_that_is_days_away_is_proposed_to_one_at_a_time():
    with salon(waiting=3, settings=SUPERVISED) as suite:
        suite.update(ROOT, opening_hours={day: [{"start": "10:00", "end": "18:00"}] for day in ("mon", "wed")})
        day = suite.clock.now().replace(hour=13, minute=0) + timedelta(days=2)
        made = {"customer_id": "holder", "staff_id": "mia", "service_ids": ["cut"], "price": 50, "status": "confirmed"}
        times = {"start_time": day, "end_time": day + timedelta(hours=1), "created_at": suite.clock.now()}
        suite.put(f"{ROOT}/bookings/wed", {**made, **times, "updated_at": suite.clock.now()})
        suite.run_until_idle()
        cancel(suite, "wed")
        found = [each["action_details"]["people"] for each in suite.list(f"{ROOT}/approvals").values()]
        assert [len(people) for people in found] == [1]


def page_of(suite: Suite) -> str:
    """The path of the page on which the question is answered."""
    found = approval(suite, the_question(suite))
    key = suite.deployment.signing_key
    owner = binding(address_key(key, "whatsapp", OWNER))
    return "/a/" + sign_approval(key, ApprovalToken(SALON, found["id"], "link", binding(found["action_hash"]), owner))


def shown(suite: Suite) -> Element:
    return read_page(suite.request("GET", page_of(suite)).get_data(as_text=True))


def answered(suite: Suite, answer: str, *, struck: Sequence[str]) -> Element:
    form = {"approval": the_question(suite), "answer": answer, "struck": list(struck)}
    page = suite.request("POST", page_of(suite), form=form).get_data(as_text=True)
    suite.run_until_idle()
    return read_page(page)


def test_the_page_names_the_salon_and_everybody_in_the_round_with_their_time_and_price():
    with supervised_salon() as suite:
        page = shown(suite)
        assert page.all("p")[0].text == "Salon One" and page.all("h1")[0].text == "May we do this?"
        assert [each.text for each in page.all("label")] == [f"Customer {n}, today at 13:00, £50.00" for n in range(5)]
        assert [
            each.attributes["value"] for each in page.all("input") if each.attributes["name"] == "struck"
        ] == people(suite)


def test_the_owner_strikes_people_on_the_page_and_nobody_else_comes_in():
    with supervised_salon() as suite:
        answered(suite, "approve", struck=["c1", "c3", "holder", "nobody", ""])
        assert asked(suite) == phones(["c0", "c2", "c4"])
        found = approval(suite, the_question(suite))
        assert (found["response"]["struck"], found["response"]["responded_by"]) == (["c1", "c3"], "Olga")
        said = [each.text for each in shown(suite).all("p")]
        assert (
            "Customer 1 wasn't asked: you left them out." in said
            and "Customer 3 wasn't asked: you left them out." in said
        )
        answered(suite, "approve", struck=[])
        assert asked(suite) == phones(["c0", "c2", "c4"]), "the first answer counts"


def test_a_page_without_a_mark_approves_all_of_the_round():
    with supervised_salon() as suite:
        answered(suite, "approve", struck=[])
        assert asked(suite) == phones(people(suite))


def test_who_can_no_longer_be_asked_is_named_on_the_page_with_the_reason():
    with supervised_salon(waiting=3) as suite:
        suite.update(f"{ROOT}/customers/c0", blocked=True)
        suite.run_until_idle()
        answered(suite, "approve", struck=["c1"])
        said = [each.text for each in shown(suite).all("p")]
        assert "Customer 0 wasn't asked: you've blocked them." in said
        assert asked(suite) == phones(["c2"])


def test_approved_at_the_last_moment_the_customers_still_have_time_to_answer():
    with supervised_salon() as suite:
        last = approval(suite, the_question(suite))["expires_at"] - timedelta(seconds=1)
        suite.clock.move_to(last)
        answered(suite, "approve", struck=[])
        made = suite.list(f"{ROOT}/outreach").values()
        assert len(made) == 5 and all(each["offer_details"]["valid_until"] - last >= TIME_TO_ANSWER for each in made)
