"""Every way an approval ends, and that one answer counts whichever way it comes."""

import re
from datetime import timedelta

import pytest
from werkzeug.wrappers import Response

from local.in_process import ACCOUNT_SID, Suite
from shared.approvals.settle_approval import cancel_approvals
from shared.asking.decision import GAP_FILL_AGENT
from shared.messaging.tokens import ApprovalToken, binding, sign_approval
from tests.stories.approvals import BOTH, MANAGER, approval, ask, carrying, decision_of, questions, standing, trail
from tests.stories.salon import OWNER, ROOT, SALON, SMS, WHATSAPP, phone, purposes, salon, texts, write

BY_SMS = {"account_sid": ACCOUNT_SID, "sms_from": SMS}
KEY = b"in-process signing key"


def body(response: Response) -> str:
    return response.get_data(as_text=True)


def link_of(text: str) -> str:
    found = re.search(r"https://smart-fill\.example(/a/\S+)", text)
    assert found is not None
    return found[1]


def test_an_owner_is_asked_with_two_buttons_that_name_the_question():
    with salon() as suite:
        id = ask(suite)
        [question] = questions(suite)
        assert question.purpose == "owner_approval"
        assert "Offer 1: a cut for Vera" in question.text and "10:30" in question.text
        assert [button.title for button in question.buttons] == ["Approve", "Reject"]
        assert approval(suite, id)["notifications_sent"] == {"whatsapp": True}


def test_what_is_announced_of_an_approval_names_nobody():
    with salon() as suite, carrying():
        ask(suite)
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        told = [r["payload"] for r in suite.list(f"{ROOT}/audit_logs").values() if r["resource_type"] == "approval"]
        assert any(told) and "Vera" not in repr(told) and "Olga" not in repr(told)


def test_a_yes_by_button_is_carried_out_once_and_thanked_for():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert carrier.done == ["dec_1"]
        assert standing(suite, id) == ("approved", "approved", "pending")
        found = approval(suite, id)
        assert found["response"] | {"responded_at": None} == {
            "action": "approve", "responded_by": "Olga", "responded_at": None, "notes": None, "struck": [],
        }  # fmt: skip
        assert found["carried_out_at"] == suite.clock.now() and found["due_at"] is None
        assert purposes(suite, OWNER) == ["owner_approval", "owner_approved"]
        assert decision_of(suite, id)["approval"]["approved_by"] == "Olga"
        assert trail(suite, id) == [
            "approval_requested",
            "approval_notified",
            "approval_granted",
            "approval_carried_out",
        ]
        granted = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["action"] == "Approval: approved"]
        assert [(r["resource_id"], r["actor"]) for r in granted] == [("dec_1", "Olga")]


def test_a_no_by_button_ends_the_decision_and_nothing_is_done():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.reply(questions(suite)[0], button=1)
        suite.run_until_idle()
        assert carrier.done == []
        assert standing(suite, id) == ("rejected", "rejected", "rejected")
        assert purposes(suite, OWNER) == ["owner_approval", "owner_rejected"]


@pytest.mark.parametrize(("word", "ends"), [("APPROVE", "approved"), ("reject.", "rejected"), ("नामंज़ूर", "rejected")])
def test_the_word_alone_answers_the_only_question(word, ends):
    with salon() as suite, carrying():
        id = ask(suite)
        write(suite, word, sender=OWNER)
        suite.run_until_idle()
        assert approval(suite, id)["status"] == ends


def test_a_word_asks_back_when_two_questions_wait():
    with salon() as suite, carrying() as carrier:
        first, second = ask(suite, "1"), ask(suite, "2")
        write(suite, "APPROVE", sender=OWNER)
        suite.run_until_idle()
        assert all(f"Offer {n}: a cut for Vera" in texts(suite, OWNER)[-1] for n in (1, 2))
        assert [approval(suite, id)["status"] for id in (first, second)] == ["pending", "pending"]
        suite.reply(questions(suite)[1], body="Approve")
        suite.run_until_idle()
        assert carrier.done == ["dec_2"]


def test_a_word_answers_nothing_that_only_somebody_else_was_asked():
    with salon(contacts=BOTH) as suite, carrying() as carrier:
        ask(suite, "1", starts_in=timedelta(hours=1))
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        second = ask(suite, "2")
        assert (len(questions(suite)), len(questions(suite, MANAGER))) == (2, 1)
        write(suite, "approve", sender=MANAGER)
        suite.run_until_idle()
        assert approval(suite, second)["status"] == "pending" and carrier.done == ["dec_1"]
        write(suite, "approve", sender=OWNER)
        suite.run_until_idle()
        assert carrier.done == ["dec_1", "dec_2"]


def test_a_word_answers_what_a_digest_asks_once_it_is_sent():
    with salon() as suite, carrying() as carrier:
        suite.advance(minutes=1)
        for number in range(4):
            ask(suite, str(number))
        for question in questions(suite):
            suite.reply(question, button=1)
        suite.run_until_idle()
        write(suite, "approve", sender=OWNER)
        suite.run_until_idle()
        assert carrier.done == [], "not asked yet"
        suite.advance(minutes=15)
        assert "Offer 3: a cut for Vera" in texts(suite, OWNER)[-1]
        write(suite, "approve", sender=OWNER)
        suite.run_until_idle()
        assert carrier.done == ["dec_3"]


def test_a_word_answers_the_question_that_is_left_when_the_other_ran_out_though_nobody_has_settled_it_yet():
    with salon() as suite, carrying() as carrier:
        over = ask(suite, "1", useful_for=timedelta(minutes=20))
        ask(suite, "2")
        suite.clock.move_to(approval(suite, over)["expires_at"])
        write(suite, "APPROVE", sender=OWNER)
        suite.run_until_idle()
        assert carrier.done == ["dec_2"]


@pytest.mark.parametrize("body", ["ok", "yes", "👍", "go ahead", "Approve 👍", "yes approve", "¡Aprobado!", "मंज़ूर।"])
def test_a_yes_of_any_spelling_answers_the_only_question_that_waits(body: str):
    with salon() as suite, carrying() as carrier:
        ask(suite)
        write(suite, body, sender=OWNER)
        suite.run_until_idle()
        assert carrier.done == ["dec_1"]


def test_an_ok_to_one_of_several_questions_approves_nothing_but_one_under_the_question_does():
    with salon() as suite, carrying() as carrier:
        for number in ("1", "2"):
            ask(suite, number)
        write(suite, "ok", sender=OWNER)
        suite.run_until_idle()
        assert carrier.done == [] and purposes(suite, OWNER)[-1] == "owner_which_one"
        suite.reply(questions(suite)[0], body="ok")
        suite.run_until_idle()
        assert carrier.done == ["dec_1"]


def test_a_customers_approve_approves_nothing():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        write(suite, "APPROVE", sender=phone(0))
        suite.run_until_idle()
        assert (approval(suite, id)["status"], carrier.done) == ("pending", [])


def test_two_contacts_answering_at_once_get_one_answer_that_counts():
    with salon(contacts=BOTH) as suite, carrying() as carrier:
        id = ask(suite, starts_in=timedelta(hours=1))
        [olgas], [maxs] = questions(suite), questions(suite, MANAGER)
        suite.reply(olgas, button=0)
        suite.reply(maxs, button=1)
        suite.run_until_idle()
        assert standing(suite, id)[0] == "approved" and carrier.done == ["dec_1"]
        assert approval(suite, id)["response"]["responded_by"] == "Olga"
        assert purposes(suite, MANAGER) == ["owner_approval", "owner_already_decided"]
        assert "approved" in texts(suite, MANAGER)[-1]


def test_an_answer_repeated_does_nothing_and_says_what_stands():
    with salon() as suite, carrying() as carrier:
        ask(suite)
        suite.reply(questions(suite)[0], button=0, sid="SM" + "a" * 32)
        suite.reply(questions(suite)[0], button=0, sid="SM" + "a" * 32)
        suite.run_until_idle()
        assert purposes(suite, OWNER) == ["owner_approval", "owner_approved"], "the same message is the same answer"
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert carrier.done == ["dec_1"]
        assert purposes(suite, OWNER)[-1] == "owner_already_decided"


def test_an_approval_nobody_answers_reminds_once_and_expires_in_silence():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.advance(minutes=30, seconds=-1)
        assert purposes(suite, OWNER) == ["owner_approval"]
        suite.advance(seconds=1)
        assert purposes(suite, OWNER) == ["owner_approval", "owner_reminder"]
        suite.advance(minutes=30, seconds=-1)
        assert standing(suite, id) == ("pending", "pending", "pending")
        suite.advance(seconds=1)
        assert standing(suite, id) == ("expired", "expired", "expired")
        suite.advance(hours=3)
        assert purposes(suite, OWNER) == ["owner_approval", "owner_reminder"], "nobody hears of it again"
        assert approval(suite, id)["due_at"] is None and carrier.done == []


def test_who_was_not_asked_before_is_asked_with_the_reminder():
    with salon(contacts=BOTH) as suite:
        ask(suite)
        assert purposes(suite, MANAGER) == []
        suite.advance(minutes=31)
        assert purposes(suite, OWNER) == ["owner_approval", "owner_reminder"]
        assert purposes(suite, MANAGER) == ["owner_approval"]


def test_the_buttons_of_the_reminder_answer_too():
    with salon() as suite, carrying() as carrier:
        ask(suite)
        suite.advance(minutes=31)
        suite.reply(questions(suite)[1], button=0)
        suite.run_until_idle()
        assert carrier.done == ["dec_1"]


def test_an_approval_lives_no_longer_than_what_it_is_about():
    with salon() as suite:
        id = ask(suite, useful_for=timedelta(minutes=20))
        assert approval(suite, id)["expires_at"] == suite.clock.now() + timedelta(minutes=20)
        suite.advance(minutes=22)
        assert approval(suite, id)["status"] == "expired"


def test_an_approval_after_expiry_is_refused_with_the_reason():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        question = questions(suite)[0]
        suite.advance(minutes=62)
        suite.reply(question, button=0)
        suite.run_until_idle()
        assert standing(suite, id) == ("expired", "expired", "expired")
        assert carrier.done == [] and "out of time" in texts(suite, OWNER)[-1]


def by_console(suite: Suite, answer: str) -> None:
    [id] = suite.list(f"{ROOT}/approvals")
    suite.update(f"{ROOT}/approvals/{id}", status={"approve": "approved", "reject": "rejected"}[answer])


def by_link(suite: Suite, answer: str) -> None:
    [id] = suite.list(f"{ROOT}/approvals")
    suite.request("POST", link_of(texts(suite, OWNER)[0]), form={"approval": id, "answer": answer})


WAYS = {
    "button": lambda suite, answer: suite.reply(questions(suite)[0], button=["approve", "reject"].index(answer)),
    "words under the question": lambda suite, answer: suite.reply(questions(suite)[0], body={"approve": "ok", "reject": "no"}[answer]),
    "word alone": lambda suite, answer: write(suite, answer, sender=OWNER),
    "link": by_link,
    "console": by_console,
}  # fmt: skip


@pytest.mark.parametrize("answer", ["approve", "reject"])
@pytest.mark.parametrize("way", WAYS)
def test_by_every_way_an_answer_counts_until_the_last_second_and_none_after(way, answer):
    ended = {"approve": ("approved", "approved", "pending"), "reject": ("rejected", "rejected", "rejected")}[answer]
    for late, ends in ((timedelta(minutes=60, seconds=-1), ended), (timedelta(minutes=60), ("expired",) * 3)):
        with salon(messaging=BY_SMS if way == "link" else {**BY_SMS, "whatsapp_from": WHATSAPP}) as suite, carrying() as carrier:  # fmt: skip
            id = ask(suite)
            suite.clock.move_to(suite.clock.now() + late)
            WAYS[way](suite, answer)
            suite.run_until_idle()
            suite.advance(minutes=1)
            assert standing(suite, id) == ends
            assert carrier.done == (["dec_1"] if ends[0] == "approved" else [])
            assert approval(suite, id)["due_at"] is None


def test_a_yes_at_the_very_end_is_late_though_nobody_has_settled_it_yet():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.clock.move_to(suite.clock.now() + timedelta(minutes=60))
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert standing(suite, id) == ("expired", "expired", "expired") and carrier.done == []


def test_what_was_approved_and_is_possible_no_more_is_cancelled_and_the_owner_told():
    with salon() as suite, carrying("the customer has booked meanwhile"):
        id = ask(suite)
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert standing(suite, id) == ("cancelled", "cancelled", "failed")
        assert purposes(suite, OWNER) == ["owner_approval", "owner_approved", "owner_not_done"]
        assert "it's no longer possible" in texts(suite, OWNER)[-1]
        assert decision_of(suite, id)["outcome"]["result"] == "the customer has booked meanwhile"


def test_the_approvals_of_a_gap_that_closes_are_cancelled_and_no_others():
    with salon() as suite, carrying() as carrier:
        ours, others = ask(suite, "1", gap_id="gap_1"), ask(suite, "2", gap_id="gap_2")
        closed = {"agent": GAP_FILL_AGENT, "documents": suite.store.salon(SALON), "clock": suite.clock}
        assert cancel_approvals("gap_1", "the gap is filled", **closed) == 1
        assert cancel_approvals("gap_1", "the gap is filled", **closed) == 0
        suite.run_until_idle()
        assert standing(suite, ours) == ("cancelled", "cancelled", "failed")
        assert standing(suite, others)[0] == "pending"
        assert "that time has been taken" in texts(suite, OWNER)[-1]
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert carrier.done == [] and "called off" in texts(suite, OWNER)[-1]


def test_what_is_carried_out_is_not_cancelled_with_its_gap():
    with salon() as suite, carrying():
        id = ask(suite)
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert (
            cancel_approvals(
                "gap_1", "sold", agent=GAP_FILL_AGENT, documents=suite.store.salon(SALON), clock=suite.clock
            )
            == 0
        )
        assert standing(suite, id)[0] == "approved"


@pytest.mark.parametrize(("status", "action", "done"), [("approved", "approve", ["dec_1"]), ("rejected", "reject", [])])
def test_a_console_answers_by_writing_the_document(status, action, done):
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        now = suite.clock.now()
        a_moment_ago = now - timedelta(seconds=2)
        response = {"action": action, "responded_by": "uid-7", "responded_at": a_moment_ago, "notes": "fine"}
        suite.update(f"{ROOT}/approvals/{id}", status=status, response=response, updated_at=now)
        suite.run_until_idle()
        assert carrier.done == done
        assert standing(suite, id)[:2] == (status, status)
        assert approval(suite, id)["response"] == response
        assert decision_of(suite, id)["approval"]["approved_by"] == "uid-7"
        assert ("approval_granted" if done else "approval_rejected") in trail(suite, id)


def test_a_console_that_only_writes_the_status_is_heard():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.update(f"{ROOT}/approvals/{id}", status="approved", response={"action": None, "responded_at": "soon"})
        suite.run_until_idle()
        assert carrier.done == ["dec_1"]
        assert approval(suite, id)["response"] == {
            "action": "approve", "responded_by": "console", "responded_at": suite.clock.now(),
        }  # fmt: skip


@pytest.mark.parametrize("way", ["button", "link"])
def test_what_a_console_has_answered_and_nobody_has_heard_yet_is_said_as_it_was_answered(way):
    with salon(messaging=BY_SMS if way == "link" else {**BY_SMS, "whatsapp_from": WHATSAPP}) as suite, carrying():
        id = ask(suite)
        page = link_of(texts(suite, OWNER)[0]) if way == "link" else ""
        suite.update(f"{ROOT}/approvals/{id}", status="approved", response={"action": "approve"})
        suite.waiting.clear()
        if way == "link":
            said = body(suite.request("POST", page, form={"approval": id, "answer": "reject"}))
        else:
            suite.reply(questions(suite)[0], button=1)
            suite.run_until_idle()
            said = texts(suite, OWNER)[-1]
        assert "approved" in said and "pending" not in said and "out of time" not in said


def test_a_console_that_answers_after_somebody_else_changes_nothing():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.reply(questions(suite)[0], button=1)
        suite.run_until_idle()
        suite.update(f"{ROOT}/approvals/{id}", status="approved", response={"action": "approve"})
        suite.run_until_idle()
        assert standing(suite, id) == ("rejected", "rejected", "rejected") and carrier.done == []


def test_a_console_that_answers_too_late_finds_it_expired():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.clock.move_to(suite.clock.now() + timedelta(minutes=61))
        suite.update(f"{ROOT}/approvals/{id}", status="approved", response={"action": "approve"})
        suite.run_until_idle()
        assert standing(suite, id) == ("expired", "expired", "expired") and carrier.done == []


def test_a_console_that_contradicts_itself_carries_nothing_out():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.update(f"{ROOT}/approvals/{id}", status="approved", response={"action": "reject"})
        suite.run_until_idle()
        assert standing(suite, id)[0] == "cancelled" and carrier.done == []


@pytest.mark.parametrize(("status", "decided"), [("cancelled", "failed"), ("expired", "expired")])
def test_a_console_may_call_a_question_off(status, decided):
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.update(f"{ROOT}/approvals/{id}", status=status)
        suite.run_until_idle()
        assert standing(suite, id) == (status, status, decided) and carrier.done == []
        assert approval(suite, id)["due_at"] is None and trail(suite, id)[-1] == f"approval_{status}"


def test_an_action_changed_after_the_question_is_not_carried_out():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.update(f"{ROOT}/approvals/{id}", action_details={"customer_ids": ["everybody"], "price": 1})
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert standing(suite, id)[0] == "cancelled" and carrier.done == []
        assert "what you were asked about has been changed since" in texts(suite, OWNER)[-1]


def test_an_answer_whose_event_was_lost_is_carried_out_when_it_is_due():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.reply(questions(suite)[0], button=0)
        suite.waiting.clear()
        assert carrier.done == []
        suite.advance(minutes=4)
        assert carrier.done == ["dec_1"] and approval(suite, id)["carried_out_at"] is not None


def test_a_written_answer_whose_event_was_lost_is_heard_when_it_is_due():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        suite.update(f"{ROOT}/approvals/{id}", status="approved", response={"action": "approve"})
        suite.waiting.clear()
        suite.advance(minutes=32)
        assert carrier.done == ["dec_1"]


def test_an_approval_that_cannot_be_read_stops_nobody_and_is_set_aside():
    with salon() as suite:
        broken, other = ask(suite, "1"), ask(suite, "2")
        suite.update(f"{ROOT}/approvals/{broken}", priority="whatever")
        suite.advance(minutes=62)
        assert approval(suite, broken)["due_at"] is None
        assert approval(suite, other)["status"] == "expired"
        assert any(r["event_type"] == "data_set_aside" for r in suite.list(f"{ROOT}/audit_logs").values())


def test_a_link_shows_the_question_and_only_its_form_answers():
    with salon(messaging=BY_SMS) as suite, carrying() as carrier:
        id = ask(suite)
        link = link_of(texts(suite, OWNER)[0])
        shown = suite.request("GET", link)
        assert shown.status_code == 200 and "Offer 1: a cut for Vera" in body(shown) and id in body(shown)
        suite.request("GET", link)
        suite.run_until_idle()
        assert approval(suite, id)["status"] == "pending"
        after = suite.request("POST", link, form={"approval": id, "answer": "approve"})
        assert after.status_code == 200 and "approved" in body(after) and "<form" not in body(after)
        suite.run_until_idle()
        assert carrier.done == ["dec_1"] and approval(suite, id)["response"]["responded_by"] == "Olga"
        again = suite.request("POST", link, form={"approval": id, "answer": "reject"})
        assert "approved" in body(again) and approval(suite, id)["status"] == "approved"


def test_a_link_answers_only_for_what_it_was_made():
    with salon(messaging=BY_SMS) as suite:
        ask(suite, "1")
        other = ask(suite, "2")
        link = link_of(texts(suite, OWNER)[0])
        assert suite.request("POST", link, form={"approval": other, "answer": "approve"}).status_code == 404
        assert suite.request("POST", link, form={"approval": other}).status_code == 400
        assert suite.request("PUT", link).status_code in (404, 405)
        assert approval(suite, other)["status"] == "pending"


def test_the_page_of_a_question_has_its_form_until_the_last_second():
    with salon(messaging=BY_SMS) as suite:
        id = ask(suite)
        link = link_of(texts(suite, OWNER)[0])
        suite.clock.move_to(approval(suite, id)["expires_at"] - timedelta(microseconds=1))
        assert "<form" in body(suite.request("GET", link))
        suite.clock.move_to(approval(suite, id)["expires_at"])
        over = suite.request("GET", link)
        assert over.status_code == 200 and "<form" not in body(over)


def test_a_link_is_dead_when_another_action_is_asked_about_under_the_same_id():
    with salon(messaging=BY_SMS) as suite:
        id = ask(suite)
        link = link_of(texts(suite, OWNER)[0])
        suite.update(f"{ROOT}/approvals/{id}", action_hash="of another action")
        assert suite.request("GET", link).status_code == 404
        assert suite.request("POST", link, form={"approval": id, "answer": "approve"}).status_code == 404


def test_the_link_of_somebody_who_is_no_contact_any_more_is_dead():
    with salon(messaging=BY_SMS) as suite:
        id = ask(suite)
        link = link_of(texts(suite, OWNER)[0])
        suite.update(ROOT, contacts=[{"name": "New", "role": "owner", "phone": "+447700900777"}])
        assert suite.request("GET", link).status_code == 404
        assert suite.request("POST", link, form={"approval": id, "answer": "approve"}).status_code == 404
        assert approval(suite, id)["status"] == "pending"


@pytest.mark.parametrize(
    "forged",
    [
        lambda token: token,
        lambda token: ApprovalToken(token.salon_id, token.about, "link", "00" * 8, token.contact),
        lambda token: ApprovalToken("s2", token.about, "link", token.action, token.contact),
        lambda token: ApprovalToken(token.salon_id, "apr_unknown", "link", token.action, token.contact),
        lambda token: ApprovalToken(token.salon_id, token.about, "link", token.action, "00" * 8),
    ],
    ids=["a button's", "another action", "another salon", "another approval", "nobody's"],
)
def test_a_page_opens_for_no_other_token(forged):
    with salon() as suite:
        id = ask(suite)
        token = ApprovalToken(SALON, id, "approve", binding(approval(suite, id)["action_hash"]), "ab" * 8)
        path = f"/a/{sign_approval(KEY, forged(token))}"
        assert suite.request("GET", path).status_code == 404
        assert suite.request("GET", "/a/nonsense").status_code == 404
        assert suite.request("POST", path, form={"approval": id, "answer": "approve"}).status_code == 404


def press(suite, payload: str, sender: str = OWNER):
    """A button that the owner presses, with that payload."""
    return write(suite, "Approve", sender=sender, ButtonPayload=payload, ButtonText="Approve")


def test_a_forged_token_approves_nothing():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        token = ApprovalToken(SALON, id, "approve", binding(approval(suite, id)["action_hash"]), "ab" * 8)
        press(suite, sign_approval(b"not our key", token))
        suite.run_until_idle()
        assert (approval(suite, id)["status"], carrier.done) == ("pending", [])


def test_a_token_of_another_salon_approves_nothing_here():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        token = ApprovalToken("s2", id, "approve", binding(approval(suite, id)["action_hash"]), "ab" * 8)
        press(suite, sign_approval(KEY, token))
        suite.run_until_idle()
        assert (approval(suite, id)["status"], carrier.done) == ("pending", [])


def test_a_token_for_another_action_approves_nothing():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        press(suite, sign_approval(KEY, ApprovalToken(SALON, id, "approve", "00" * 8, "ab" * 8)))
        suite.run_until_idle()
        assert (approval(suite, id)["status"], carrier.done) == ("pending", [])


def test_a_button_forwarded_to_somebody_else_approves_nothing():
    with salon() as suite, carrying() as carrier:
        id = ask(suite)
        payload = questions(suite)[0].buttons[0].payload
        press(suite, payload, sender=phone(0))
        suite.run_until_idle()
        assert (approval(suite, id)["status"], carrier.done) == ("pending", [])
        assert "owner_message" in purposes(suite, OWNER)


def test_a_manager_may_answer_with_a_button_the_owner_forwarded():
    with salon(contacts=BOTH) as suite, carrying() as carrier:
        id = ask(suite)
        press(suite, questions(suite)[0].buttons[0].payload, sender=MANAGER)
        suite.run_until_idle()
        assert carrier.done == ["dec_1"] and approval(suite, id)["response"]["responded_by"] == "Max"
