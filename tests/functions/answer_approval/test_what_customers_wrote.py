"""Nothing that a customer wrote is cut away from the owner: a notice is short, and the page behind its link has every word, who
wrote it, how to reach them, when, what about, and what was said before. There the owner closes it, or ends the offers."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from local.audit_chain import broken_links
from local.in_process import Suite
from shared.records.audit import AuditRecord
from shared.values.language import LANGUAGES
from tests.functions.notify_owner.test_notify_owner import alert
from tests.html import Element, answers, read_page
from tests.stories.approvals import ask, carrying
from tests.stories.salon import NOW, OWNER, ROOT, cancel, outreach_of, phone, purposes, salon, texts, waits, write

LONG = "I have an allergy to ammonia, is the colour ok? " * 30 + "Please call me on 07700 900 444."


def link(text: str) -> str:
    return "/a/" + text.split("/a/")[1].split()[0]


def opened(suite: Suite, text: str) -> Element:
    answer = suite.request("GET", link(text))
    assert answer.status_code == 200
    return read_page(answer.get_data(as_text=True))


def pressed(suite: Suite, text: str, answer: str, form: Element) -> Element:
    """The page after that button of the form."""
    fields = {str(each.attributes["name"]): str(each.attributes["value"]) for each in form.all("input")}
    shown = suite.request("POST", link(text), form={**fields, "answer": answer})
    suite.run_until_idle()
    return read_page(shown.get_data(as_text=True))


def eight_write(suite: Suite, words: Sequence[str]) -> None:
    for number, said in enumerate(words):
        waits(suite, f"w{number}", 20 + number, name=f"Aurelia Featherstonehaugh-Cholmondeley {number}")
        write(suite, said, sender=phone(20 + number))
        suite.run_until_idle()


def waiting_since(suite: Suite) -> list[Any]:
    return [each["waiting_since"] for each in suite.list(f"{ROOT}/conversations").values()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_digest_counts_stands_in_full_behind_its_link(language: str):
    said = [
        "I will be 20 minutes late!",
        "my new number is 07700 900 555",
        "Can I move to 5 pm?",
        LONG,
        "<b>hi</b>\nthere",
    ]
    contacts = [{"name": "Olga", "role": "owner", "phone": OWNER, "locale": language}]
    with salon(waiting=0, contacts=contacts) as suite:
        eight_write(suite, ["one?", "two?", "three?", *said])
        suite.advance(minutes=31)
        assert purposes(suite, OWNER) == ["owner_message"] * 3 + ["owner_digest"]
        digest = texts(suite, OWNER)[-1]
        assert "5" in digest and "..." not in digest
        page = opened(suite, digest)
        assert [next(each.text for each in section.all("span")) for section in page.all("section")] == said
        for number, section in enumerate(page.all("section"), 3):
            assert f"Aurelia Featherstonehaugh-Cholmondeley {number}" in section.text
            assert f"tel:{phone(20 + number)}" in [each.attributes.get("href") for each in section.all("a")]
            assert "9:30" in section.text


def test_a_notice_says_how_to_reach_them_and_leads_to_all_of_a_long_message():
    with salon(waiting=1) as suite:
        write(suite, LONG, sender=phone(0))
        suite.run_until_idle()
        [notice] = texts(suite, OWNER)
        assert "Customer 0" in notice and phone(0) in notice
        assert LONG.strip() in opened(suite, notice).text


def test_each_notice_says_its_own_message_however_late_it_is_told():
    with salon(waiting=1) as suite:
        for number in range(3):
            write(suite, f"question {number}?", sender=phone(0))
        suite.run_until_idle()
        assert [[f"question {number}?" in text for number in range(3)].index(True) for text in texts(suite, OWNER)] == [
            0,
            1,
            2,
        ]


def test_the_page_shows_what_was_said_before_and_what_it_is_about():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.advance(minutes=1)
        write(suite, "5:30?", sender=phone(0), NumMedia="2", MediaUrl0="https://x", MediaContentType0="image/png")
        suite.run_until_idle()
        page = opened(suite, texts(suite, OWNER)[-1])
        [before, theirs] = [each.text for each in page.all("li")]
        assert before.startswith("We wrote, today at 9:30") or before.startswith("We wrote, today at 09:30")
        assert "A spot has opened up" in before
        assert theirs.endswith("5:30? [2 voice messages or pictures]")
        assert "It's about our offer for today at 13:00, in other words than yes or no" in page.text


def test_of_a_long_talk_every_word_stands_on_the_page():
    with salon(waiting=1) as suite:
        for number in range(25):
            write(suite, f"how much is number {number}?", sender=phone(0))
            suite.advance(minutes=1)
        suite.advance(minutes=31)
        said = [each.text for each in opened(suite, texts(suite, OWNER)[-1]).all("span")]
        assert [each for each in said if "how much" in each] == [f"how much is number {n}?" for n in range(25)]


def test_a_digest_of_all_kinds_shows_all_of_them_in_full():
    with salon(waiting=1) as suite, carrying():
        for number in range(3):
            alert(suite, number)
        ask(suite)
        alert(suite, 4, payload={"reason": "this is wrong " * 60 + "and here is the end"})
        write(suite, "how much?", sender=phone(0))
        suite.run_until_idle()
        suite.advance(minutes=31)
        digest = texts(suite, OWNER)[-1]
        assert "1 to answer" in digest and "1 message from customers" in digest and "1 to look at" in digest
        page = opened(suite, digest)
        assert "and here is the end" in page.text and "how much?" in page.text
        assert [answers(form) for form in page.all("form")] == [
            {"approve": "Approve", "reject": "Reject"},
            {"close": "I've answered them", "opt_out": "No more offers to them"},
        ]


def test_looking_changes_nothing():
    with salon(waiting=1) as suite:
        write(suite, "how much?", sender=phone(0))
        suite.run_until_idle()
        before = suite.list(f"{ROOT}/audit_logs")
        for _ in range(3):
            opened(suite, texts(suite, OWNER)[-1])
        assert suite.list(f"{ROOT}/audit_logs") == before and waiting_since(suite) != [None]


def test_the_owner_closes_what_they_have_answered_once_however_often_they_press():
    with salon(waiting=1) as suite:
        write(suite, "how much?", sender=phone(0))
        suite.run_until_idle()
        notice = texts(suite, OWNER)[-1]
        [form] = opened(suite, notice).all("form")
        for _ in range(2):
            page = pressed(suite, notice, "close", form)
            assert "You've answered this." in page.text and "how much?" in page.text
            assert answers(page) == {"opt_out": "No more offers to them"}
        assert waiting_since(suite) == [None]
        [record] = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["event_type"] == "conversation_closed"]
        assert record["actor"] == "Olga"
        kept = [AuditRecord.model_validate(each) for each in suite.list(f"{ROOT}/audit_logs").values()]
        talks = list(suite.list(f"{ROOT}/conversations").values())
        assert broken_links([each for each in kept if each.resource_type == "conversation"], talks) == []


def test_what_nobody_has_read_yet_is_not_closed():
    with salon(waiting=1) as suite:
        write(suite, "how much?", sender=phone(0))
        suite.run_until_idle()
        notice = texts(suite, OWNER)[-1]
        [form] = opened(suite, notice).all("form")
        write(suite, "and I have an allergy", sender=phone(0))
        suite.run_until_idle()
        page = pressed(suite, notice, "close", form)
        assert waiting_since(suite) == [NOW] and "They have just written again" in page.text
        assert "and I have an allergy" in page.text
        pressed(suite, notice, "close", page.all("form")[0])
        assert waiting_since(suite) == [None]


def test_who_writes_again_after_it_was_closed_waits_again_and_hears_so():
    with salon(waiting=1) as suite:
        write(suite, "how much?", sender=phone(0))
        suite.run_until_idle()
        notice = texts(suite, OWNER)[-1]
        [form] = opened(suite, notice).all("form")
        pressed(suite, notice, "close", form)
        suite.advance(minutes=1)
        write(suite, "and with a fringe?", sender=phone(0))
        suite.run_until_idle()
        pressed(suite, notice, "close", form)
        assert waiting_since(suite) == [NOW + timedelta(minutes=1)], "an old page closes nothing new"
        assert purposes(suite, phone(0)) == ["holding_answer"] * 2


def test_the_owner_ends_the_offers_to_somebody_as_their_own_stop_would():
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "please take me off your list of whatever this is", sender=phone(0))
        suite.run_until_idle()
        notice = texts(suite, OWNER)[-1]
        [form] = opened(suite, notice).all("form")
        left = len(texts(suite, phone(0)))
        for _ in range(3):
            page = pressed(suite, notice, "opt_out", form)
            assert "They get no more offers." in page.text and list(answers(page)) == ["close"]
            suite.advance(minutes=1)
        entries = list(suite.list(f"{ROOT}/consents").values())
        assert len(entries) == 4 and {(e["source"], e["granted"], tuple(e["customer_ids"])) for e in entries} == {
            ("owner", False, ("c0",))
        }
        records = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["event_type"] == "consent_changed"]
        assert {record["actor"] for record in records} == {"Olga"}
        offer = outreach_of(suite, "c0")
        assert (offer["status"], offer["response"]["action"]) == ("responded", "opted_out")
        assert len(texts(suite, phone(0))) == left and waiting_since(suite) == [NOW]
        write(suite, "START", sender=phone(0))
        suite.run_until_idle()
        assert "opt_out" in answers(opened(suite, notice)), "they have begun again"
        pressed(suite, notice, "opt_out", form)
        assert len(suite.list(f"{ROOT}/consents")) == 4 + 2 + 2, "the START gave back one channel"


def test_a_link_does_nothing_about_people_it_does_not_tell_of():
    with salon(waiting=2) as suite:
        for number in range(2):
            write(suite, "how much?", sender=phone(number))
            suite.run_until_idle()
        mine, other = (opened(suite, text).all("form")[0] for text in texts(suite, OWNER))
        for answer in ("close", "opt_out"):
            fields = {str(each.attributes["name"]): str(each.attributes["value"]) for each in other.all("input")}
            refused = suite.request("POST", link(texts(suite, OWNER)[0]), form={**fields, "answer": answer})
            assert refused.status_code == 404
        assert None not in waiting_since(suite) and suite.list(f"{ROOT}/consents") == {}
        assert mine.text != "" and phone(1) not in opened(suite, texts(suite, OWNER)[0]).text


def test_who_is_no_contact_any_more_reads_nothing():
    with salon(waiting=1) as suite:
        write(suite, "how much?", sender=phone(0))
        suite.run_until_idle()
        suite.update(ROOT, contacts=[{"name": "Nora", "role": "owner", "phone": "+447700900666"}])
        assert suite.request("GET", link(texts(suite, OWNER)[-1])).status_code == 404


def test_no_text_sends_anybody_to_a_console_that_is_not_there():
    from shared.messaging.texts import texts as said

    for purpose, text in said().items():
        assert not [
            words for words in text.words.values() if "console" in words or "consola" in words or "कंसोल" in words
        ], purpose
