"""What one of the salon's own people writes: an answer to the question that waits, one of their words, or something else, which is
answered too."""

from datetime import timedelta
from typing import Any

import pytest

from functions.answer_message.owner_words import owner_word
from functions.answer_message.spoken_today import LONGEST, fitting
from local.in_process import ACCOUNT_SID, Suite
from shared.messaging.phrases import phrases
from shared.values.language import LANGUAGES
from tests.stories.approvals import BOTH, MANAGER, approval, ask, carrying
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SMS,
    cancel,
    customer,
    offers,
    ours,
    outreach_of,
    phone,
    salon,
    settle,
    texts,
    write,
)


def told(suite: Suite, body: str, **form: str) -> list[str]:
    """What the owner is told when they write this."""
    before = len(texts(suite, OWNER))
    write(suite, body, sender=OWNER, **form)
    suite.run_until_idle()
    return texts(suite, OWNER)[before:]


def states(suite: Suite) -> set[str]:
    return {state["status"] for state in suite.list(f"{ROOT}/agent_states").values()}


WAYS_TO_SAY_YES = [
    "yes", "Ok", "go ahead", "1", "👍", "Approve 👍", "yes approve", "approve please", "¡Aprobado!", "Aprobada",
    "मंज़ूर।", "मं\u095bूर", "manzoor", "oui", "J'approuve",
]  # fmt: skip


def test_a_plain_yes_in_any_of_our_languages_answers_the_only_question():
    with salon(waiting=0) as suite, carrying():
        for number, body in enumerate(WAYS_TO_SAY_YES):
            suite.advance(minutes=61)
            id = ask(suite, str(number))
            [answer] = told(suite, body)
            assert (approval(suite, id)["status"], "approved" in answer) == ("approved", True), body


def test_a_yes_with_a_condition_is_told_how_to_answer():
    with salon(waiting=0) as suite, carrying():
        id = ask(suite)
        [question] = [m for m in suite.outbox.messages if m.sending.to == OWNER]
        suite.reply(question, body="yes but only 10%")
        suite.run_until_idle()
        assert approval(suite, id)["status"] == "pending"
        assert "Offer 1: a cut for Vera" in texts(suite, OWNER)[-1] and "APPROVE or REJECT" in texts(suite, OWNER)[-1]
        # What was named can be answered under its name.
        suite.reply(suite.outbox.messages[-1], body="ok")
        suite.run_until_idle()
        assert approval(suite, id)["status"] == "approved"


def test_a_question_that_we_only_named_can_be_answered_by_a_word():
    """It waits for a digest, or somebody else was asked."""
    with salon(waiting=0, contacts=BOTH) as suite, carrying():
        id = ask(suite)
        write(suite, "what now?", sender=MANAGER)
        suite.run_until_idle()
        assert "Offer 1" in texts(suite, MANAGER)[-1]
        write(suite, "approve", sender=MANAGER)
        suite.run_until_idle()
        assert approval(suite, id)["response"]["responded_by"] == "Max"


def test_a_thumbs_up_under_another_notice_answers_no_question():
    with salon(waiting=1) as suite, carrying():
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        [sold] = [m for m in suite.outbox.messages if m.purpose == "owner_sold"]
        id = ask(suite)
        before = len(texts(suite, OWNER))
        suite.reply(sold, body="👍")
        suite.run_until_idle()
        assert approval(suite, id)["status"] == "pending" and len(texts(suite, OWNER)) == before
        suite.reply(sold, body="approve")
        suite.run_until_idle()
        assert approval(suite, id)["status"] == "approved"


def test_a_yes_by_sms_answers_the_question_though_twilio_calls_it_a_start():
    sms = {"account_sid": ACCOUNT_SID, "sms_from": SMS}
    with salon(waiting=0, messaging=sms) as suite, carrying():
        id = ask(suite)
        write(suite, "YES", sender=OWNER, channel="sms", OptOutType="START")
        suite.run_until_idle()
        assert approval(suite, id)["status"] == "approved"


def test_an_owner_who_is_a_customer_too_is_asked_whether_the_offer_or_the_question_is_meant():
    with salon(waiting=0) as suite, carrying():
        suite.put(f"{ROOT}/customers/olga", {**customer(0), "phone": OWNER, "name": "Olga"})
        suite.put(f"{ROOT}/waitlist/olga", waiting_for("olga"))
        cancel(suite)
        id = ask(suite)
        [answer] = told(suite, "yes")
        assert "our own offer to you today at 13:00" in answer and "Offer 1: a cut for Vera" in answer
        assert ours(suite) == [] and approval(suite, id)["status"] == "pending"
        told(suite, "approve")
        assert ours(suite) == [] and approval(suite, id)["status"] == "approved"
        told(suite, "yes")
        assert outreach_of(suite, "olga")["response"]["action"] == "booked"


def waiting_for(customer_id: str) -> dict[str, Any]:
    waits = {"customer_id": customer_id, "service_ids": ["cut"], "windows": [], "status": "waiting"}
    return {**waits, "created_at": NOW - timedelta(hours=9)}


def test_pause_stops_all_asking_and_resume_lets_it_go_on():
    with salon(waiting=1) as suite:
        for _ in range(2):
            [answer] = told(suite, "PAUSE")
            assert "asks nobody" in answer and "RESUME" in answer
        assert states(suite) == {"paused"}
        records = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["action"] == "Paused by the owner"]
        assert {record["actor"] for record in records} == {"Olga"} and len(records) == len({r["id"] for r in records})
        assert len(records) == len(suite.list(f"{ROOT}/agent_states")), "what is paused is not paused again"
        cancel(suite)
        suite.advance(minutes=16)
        assert offers(suite) == []
        assert "goes on asking" in told(suite, "resume please")[0]
        assert states(suite) == {"active"}
        suite.advance(minutes=16)
        assert len(offers(suite)) == 1


def test_who_resumes_asking_does_not_close_a_breaker_that_is_open():
    with salon(waiting=0) as suite:
        told(suite, "pause")
        path = f"{ROOT}/agent_states/gap_fill_agent"
        breaker = (suite.get(path) or {})["circuit_breaker"]
        suite.update(path, circuit_breaker={**breaker, "state": "open", "opened_at": NOW})
        told(suite, "resume")
        assert (suite.get(path) or {})["status"] == "circuit_breaker"


def test_today_says_what_waits_what_was_sold_what_is_out_and_what_is_free():
    with salon(waiting=2, settings={"offers": {"max_wave_size": 1}}) as suite, carrying():
        assert "nothing waits for you" in told(suite, "today")[0]
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        cancel(suite, "b15")
        ask(suite)
        write(suite, "do you have parking?", sender=phone(0))
        suite.run_until_idle()
        [day] = told(suite, "What's on today?")
        assert day.splitlines()[1:-1] == [
            "Waits for your okay until 10:30: Offer 1: a cut for Vera",
            "Waits for an answer: Customer 0, wrote today at 09:30",
            "Sold: Customer 0, today at 13:00, £50.00",
            "Offered: Customer 1, today at 15:00, until 10:00",
            "Free: Mia, today at 15:00 until 16:00",
        ]
        assert "parking" not in day, "their words stand where they can be read in full"


def test_a_day_that_is_longer_than_a_message_is_cut_at_whole_lines_and_counted():
    lines = [f"Sold: Customer {number}, today at 13:00, £50.00" for number in range(40)]
    text = fitting(lines, more="and {count} more")
    shown = text.splitlines()
    assert len(text) <= LONGEST and shown[:-1] == lines[: len(shown) - 1]
    assert shown[-1] == f"and {40 - len(shown) + 1} more"
    assert fitting(lines[:3], more="and {count} more").splitlines() == lines[:3]


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_names_the_owners_words_and_each_of_them_is_understood(language: str):
    contacts = [{"name": "Olga", "role": "owner", "phone": OWNER, "locale": language}]
    with salon(waiting=0, contacts=contacts) as suite:
        [help] = told(suite, "help")
        named = [word for word in help.replace(",", " ").split() if word.isupper() and len(word) > 2]
        assert {owner_word(word) for word in named} >= {"today", "pause", "resume"}
        assert set(phrases(help_file(), language)["owner_words"]) == {"pause", "resume", "today", "help"}


def help_file() -> str:
    return str(owner_word.__code__.co_filename)


def test_whatever_else_an_owner_writes_is_answered_once_in_half_an_hour():
    with salon(waiting=0) as suite, carrying():
        assert "Nothing is waiting" in told(suite, "who is Mina?")[0]
        assert told(suite, "hello?") == []
        ask(suite)
        suite.advance(minutes=1)
        assert "Offer 1: a cut for Vera" in told(suite, "hmm, let me think")[0], "something else waits by now"
        suite.advance(minutes=28)
        assert told(suite, "still thinking") == []
        suite.advance(minutes=3)
        assert len(told(suite, "still thinking")) == 1
        assert suite.list(f"{ROOT}/conversations") == {}, "they need not answer themselves"


def test_an_owner_is_answered_in_a_dry_run_too_and_in_their_quiet_hours():
    contacts = [{"name": "Olga", "role": "owner", "phone": OWNER, "quiet_hours": {"start": "09:00", "end": "12:00"}}]
    with salon(waiting=0, contacts=contacts) as suite:
        settle(suite, mode="dry_run")
        assert "asks nobody" in told(suite, "pause")[0]


def test_an_owner_who_writes_stop_hears_that_notices_go_on_and_how_to_end_them():
    with salon(waiting=0) as suite, carrying():
        [answer] = told(suite, "STOP")
        assert "Notices for the team of Salon One still come here" in answer and "PAUSE" in answer
        assert {entry["granted"] for entry in suite.list(f"{ROOT}/consents").values()} == {False}


def test_the_same_word_twice_is_one_message():
    with salon(waiting=0) as suite:
        for _ in range(3):
            write(suite, "today", sender=OWNER, sid="SMtoday")
        suite.run_until_idle()
        assert len(texts(suite, OWNER)) == 1


def test_a_customers_pause_pauses_nothing():
    with salon(waiting=1) as suite:
        write(suite, "pause", sender=phone(0))
        suite.run_until_idle()
        assert "paused" not in states(suite)
