"""What only a person can answer reaches the owner with everything said before, and the customer hears that it has arrived."""

from datetime import timedelta
from typing import Any

import pytest

from functions.clean_up.clean_salon import clean_up
from local.audit_chain import AgedOut, broken_links
from local.in_process import Suite
from shared.messaging.conversation import HOLDING_FOR
from shared.records.audit import AuditRecord
from shared.records.retention import HALF_A_YEAR
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SALON,
    cancel,
    customer,
    offers,
    outreach_of,
    phone,
    purposes,
    salon,
    texts,
    waits,
    write,
)


def conversations(suite: Suite) -> list[dict[str, Any]]:
    return list(suite.list(f"{ROOT}/conversations").values())


@pytest.mark.parametrize("body", ["5:30?", "with Priya?", "how much?", "can I bring my dog"])
def test_a_counter_offer_goes_to_the_owner_and_leaves_the_offer_open(body: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, body, sender=phone(0))
        suite.run_until_idle()
        [conversation] = conversations(suite)
        offer = outreach_of(suite, "c0")
        assert (conversation["reason"], conversation["outreach_id"]) == ("other_words", offer["id"])
        assert conversation["customer_names"] == ["Customer 0"] and conversation["waiting_since"] == NOW
        assert offer["status"] == "sent"
        notice = texts(suite, OWNER)[-1]
        assert "Customer 0" in notice and body in notice and "our offer for today at 13:00" in notice
        assert phone(0) in notice


def test_everything_said_before_is_kept_with_it_in_order_and_on_both_sides():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.advance(minutes=1)
        write(suite, "how much is a fringe?", sender=phone(0))
        suite.advance(minutes=1)
        write(suite, "and with Priya?", sender=phone(0))
        suite.run_until_idle()
        [conversation] = conversations(suite)
        said = [(line["by"], line["text"].split(".")[0]) for line in conversation["lines"]]
        assert [by for by, _ in said] == ["us", "them", "us", "them"]
        assert "A spot has opened up" in said[0][1] and "Thanks for your message!" in said[2][1]
        assert (said[1][1], said[3][1]) == ("how much is a fringe?", "and with Priya?")
        assert conversation["waiting_since"] == NOW + timedelta(minutes=1), "since the first of them"


def had_offers(suite: Suite, many: int, *, every: timedelta) -> None:
    """Offers to c0 before the one that stands open, each with its own words."""
    model = outreach_of(suite, "c0")
    for number in range(1, many + 1):
        at = suite.clock.now() - number * every
        words = f"A spot has opened up for Cut number {number}."
        past = {"id": f"old{number}", "created_at": at, "status": "expired", "due_at": None, "message": words}
        suite.put(f"{ROOT}/outreach/old{number}", {**model, **past, "delivery": {**model["delivery"], "sent_at": at}})


@pytest.mark.parametrize("many", [18, 19, 60])
def test_of_all_that_was_said_the_last_twenty_are_kept(many: int):
    """However many offers a month has had: the latest of them are among it."""
    with salon(waiting=1) as suite:
        cancel(suite)
        had_offers(suite, many, every=timedelta(hours=11))
        write(suite, "how much is a fringe?", sender=phone(0))
        suite.run_until_idle()
        [conversation] = conversations(suite)
        said = [line["text"] for line in conversation["lines"]]
        assert len(said) == 20 and said[-1] == "how much is a fringe?" and "A spot has opened up" in said[-2]
        assert ["number 1." in said[-3], "number 18." in said[0]] == [True, True]


def test_of_a_long_talk_the_last_twenty_lines_are_kept():
    with salon(waiting=1) as suite:
        for number in range(25):
            suite.advance(minutes=1)
            write(suite, f"how much is number {number}?", sender=phone(0))
        suite.run_until_idle()
        [conversation] = conversations(suite)
        # Of what we said, that a person will answer was said once, at the beginning.
        assert [line["text"] for line in conversation["lines"]] == [f"how much is number {n}?" for n in range(5, 25)]


@pytest.mark.parametrize(("ago", "kept"), [(timedelta(days=30, seconds=-1), True), (timedelta(days=30), False)])
def test_an_offer_of_a_month_ago_is_no_part_of_what_was_said(ago: timedelta, kept: bool):
    with salon(waiting=1) as suite:
        cancel(suite)
        had_offers(suite, 1, every=ago)
        write(suite, "how much is a fringe?", sender=phone(0))
        suite.run_until_idle()
        [conversation] = conversations(suite)
        assert any("number 1." in line["text"] for line in conversation["lines"]) is kept


def test_a_voice_note_waits_for_a_person_and_is_named_as_what_it_is():
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "", sender=phone(0), NumMedia="1", MediaUrl0="https://x", MediaContentType0="audio/ogg")
        suite.run_until_idle()
        [conversation] = conversations(suite)
        assert (conversation["lines"][-1]["text"], conversation["lines"][-1]["attachments"]) == ("", 1)
        assert "a voice message or a picture" in texts(suite, OWNER)[-1]
        assert purposes(suite, phone(0))[-1] == "holding_answer"


@pytest.mark.parametrize(
    ("later", "answers"), [(timedelta(minutes=1), 1), (HOLDING_FOR - timedelta(seconds=1), 1), (HOLDING_FOR, 2)]
)
def test_that_somebody_will_answer_is_said_once_in_some_hours(later: timedelta, answers: int):
    with salon(waiting=1) as suite:
        write(suite, "do you do perms?", sender=phone(0))
        suite.advance_to(NOW + later)
        write(suite, "hello?", sender=phone(0))
        suite.run_until_idle()
        assert purposes(suite, phone(0)) == ["holding_answer"] * answers
        # The owner hears of both.
        assert len([text for text in texts(suite, OWNER) if "needs your answer" in text]) == 2


def test_the_owner_reads_why_in_their_own_language():
    contacts = [{"name": "Olga", "role": "owner", "phone": OWNER, "locale": "es-ES"}]
    with salon(waiting=1, contacts=contacts) as suite:
        cancel(suite)
        write(suite, "5:30?", sender=phone(0))
        suite.run_until_idle()
        assert "nuestra oferta de hoy a las 13:00, con otras palabras que sí o no" in texts(suite, OWNER)[-1]


def test_of_several_customers_on_one_phone_all_are_named():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/customers/mother", customer(0, name="Mother"))
        write(suite, "is Mia there?", sender=phone(0))
        suite.run_until_idle()
        [conversation] = conversations(suite)
        assert sorted(conversation["customer_names"]) == ["Customer 0", "Mother"]


def test_the_same_message_twice_waits_once():
    with salon(waiting=1) as suite:
        for _ in range(3):
            write(suite, "5:30?", sender=phone(0), sid="SMsame")
        suite.run_until_idle()
        assert conversations(suite)[0]["revision"] == 1
        assert purposes(suite, phone(0)) == ["holding_answer"] and purposes(suite, OWNER) == ["owner_message"]


def test_who_writes_again_when_all_they_wrote_is_forgotten_is_heard_as_the_first_time():
    with salon(waiting=1) as suite:
        write(suite, "how much?", sender=phone(0))
        suite.run_until_idle()
        suite.clock.move_to(NOW + HALF_A_YEAR + timedelta(minutes=1))
        clean_up(SALON, store=suite.store, clock=suite.clock)
        assert conversations(suite) == []
        write(suite, "do you do perms?", sender=phone(0))
        suite.run_until_idle()
        [conversation] = conversations(suite)
        assert (conversation["revision"], [line["text"] for line in conversation["lines"]]) == (1, ["do you do perms?"])
        assert "do you do perms?" in texts(suite, OWNER)[-1]
        # Each life has its own chain.
        audit = [AuditRecord.model_validate(each) for each in suite.list(f"{ROOT}/audit_logs").values()]
        lives = [record for record in audit if record.resource_type == "conversation"]
        aged_out = AgedOut(suite.clock.now(), {"conversation": HALF_A_YEAR})
        assert len(lives) == 2 and broken_links(lives, [conversation], aged_out=aged_out) == []


def test_what_is_said_to_others_is_in_nobody_elses_conversation():
    with salon(waiting=1) as suite:
        waits(suite, "other", 40)
        cancel(suite)
        write(suite, "5:30?", sender=phone(0))
        suite.run_until_idle()
        assert len(offers(suite)) == 2
        [conversation] = conversations(suite)
        assert "Customer 40" not in repr(conversation) and len(conversation["lines"]) == 2
