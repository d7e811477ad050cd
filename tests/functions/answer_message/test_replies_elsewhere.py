"""A reply that quotes a message, or carries a button, that is not ours is about something else: a person reads it, and nothing
is booked, declined or asked back. One that quotes an offer of ours is about that offer, however old it is."""

from datetime import timedelta

import pytest

from local.in_process import Suite
from shared.messaging.replies import understand
from shared.messaging.texts import texts as all_texts
from shared.ports import AnswerLost
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    booking,
    cancel,
    offers,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    texts,
    waits,
    write,
)

ELSEWHERE = "SM" + "f" * 32


def reads(suite: Suite) -> str:
    """Why the message waits for a person; its sender has heard that somebody reads it, and nothing else."""
    assert ours(suite) == [] and outreach_of(suite, "c0")["response"]["action"] is None
    assert purposes(suite, phone(0)) == ["slot_offer", "holding_answer"]
    [conversation] = suite.list(f"{ROOT}/conversations").values()
    return str(conversation["reason"])


@pytest.mark.parametrize("body", ["Yes", "1", "no", "yes today", "START", "help"])
def test_words_under_a_message_of_somebody_else_are_read_by_a_person(body: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, body, sender=phone(0), OriginalRepliedMessageSid=ELSEWHERE)
        suite.run_until_idle()
        assert reads(suite) == "not_ours" and suite.list(f"{ROOT}/consents") == {}
        assert "a message that didn't come from us" in texts(suite, OWNER)[-1]


def test_a_reaction_to_a_message_of_somebody_else_is_no_yes():
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "👍", sender=phone(0), OriginalRepliedMessageSid=ELSEWHERE, MessageType="reaction")
        suite.run_until_idle()
        assert reads(suite) == "not_ours"


@pytest.mark.parametrize("title", ["Confirm", "👍", "No"])
@pytest.mark.parametrize("quoted", [{}, {"OriginalRepliedMessageSid": ELSEWHERE}])
def test_a_button_that_is_not_ours_answers_no_offer(title: str, quoted: dict[str, str]):
    with salon(waiting=1) as suite:
        cancel(suite)
        form = {"ButtonPayload": "appt-778-confirm", "ButtonText": title, **quoted}
        write(suite, title, sender=phone(0), **form)
        suite.run_until_idle()
        assert reads(suite) == "not_ours"


@pytest.mark.parametrize("form", [{"ListId": "1", "ListTitle": "1"}, {"ButtonText": "1"}])
def test_what_was_chosen_from_a_list_or_pressed_without_a_payload_is_not_ours_either(form: dict[str, str]):
    """Our messages have no lists, and every button of ours has a payload."""
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "1", sender=phone(0), **form)
        suite.run_until_idle()
        assert reads(suite) == "not_ours"


def test_who_quotes_what_they_wrote_themselves_answers_no_offer():
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "Do you have parking?", sender=phone(0), sid="SMparking")
        suite.run_until_idle()
        write(suite, "yes please", sender=phone(0), OriginalRepliedMessageSid="SMparking")
        suite.run_until_idle()
        assert reads(suite) == "not_ours"


@pytest.mark.parametrize("form", [{}, {"ButtonPayload": "marketing-7", "ButtonText": "Stop promotions"}])
def test_a_stop_still_stops_whatever_it_answers(form: dict[str, str]):
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "Stop", sender=phone(0), OriginalRepliedMessageSid=ELSEWHERE, **form)
        suite.run_until_idle()
        assert outreach_of(suite, "c0")["response"]["action"] == "opted_out"


def test_no_button_of_ours_reads_as_a_stop():
    titles = {title for text in all_texts().values() for titles in text.titles.values() for title in titles}
    assert [title for title in titles if understand(title, locale="en").meaning == "stop"] == []


def an_old_and_an_open_offer(suite: Suite) -> None:
    """One of Monday a week ahead, made 26 hours ago, and one of that week's Tuesday, open."""
    for id, days in (("x1", 7), ("x2", 8)):
        start = NOW.replace(hour=13, minute=0) + timedelta(days=days)
        suite.put(f"{ROOT}/bookings/{id}", booking(start))
    suite.update(ROOT, opening_hours={day: [{"start": "10:00", "end": "18:00"}] for day in ("mon", "tue")})
    suite.run_until_idle()
    cancel(suite, "x1")
    suite.advance(hours=26)
    cancel(suite, "x2")
    assert "30 Nov" in offers(suite)[0].text and "1 Dec" in offers(suite)[-1].text


def test_a_yes_under_an_old_offer_is_about_that_one_and_never_about_the_open_one():
    with salon(waiting=1) as suite:
        an_old_and_an_open_offer(suite)
        suite.reply(offers(suite)[0], body="yes")
        suite.run_until_idle()
        assert [b["start_time"] for b in ours(suite)] == [NOW.replace(hour=13, minute=0) + timedelta(days=7)]


def test_a_yes_under_what_we_said_about_an_old_offer_is_about_that_offer():
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "yes today", sender=phone(0))
        suite.run_until_idle()
        asked = suite.outbox.messages[-1]
        suite.advance(hours=30)
        suite.reply(asked, body="yes")
        suite.run_until_idle()
        assert ours(suite) == [] and purposes(suite, phone(0))[-1] == "slot_no_longer_free"


def test_a_yes_under_the_help_that_tells_how_to_answer_takes_the_open_offer():
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "HELP", sender=phone(0))
        suite.run_until_idle()
        suite.reply(suite.outbox.messages[-1], body="BOOK")
        suite.run_until_idle()
        assert len(ours(suite)) == 1


def test_a_yes_under_an_offer_whose_sid_was_lost_takes_it():
    """We cannot tell their quote from any other; the offer is the only thing that they can have from us."""
    with salon(waiting=1) as suite:
        suite.outbox.answers.append(AnswerLost("reset"))
        cancel(suite)
        assert outreach_of(suite, "c0")["delivery"]["message_id"] is None
        write(suite, "yes", sender=phone(0), OriginalRepliedMessageSid=ELSEWHERE)
        suite.run_until_idle()
        assert len(ours(suite)) == 1


def test_a_pressed_button_of_ours_that_arrived_damaged_is_read_by_its_words():
    """Its message names the offer, and has no buttons but ours."""
    with salon(waiting=1) as suite:
        cancel(suite)
        [offer] = offers(suite)
        damaged = {"ButtonPayload": offer.buttons[0].payload.swapcase(), "ButtonText": "Book it"}
        write(suite, "Book it", sender=phone(0), OriginalRepliedMessageSid=offer.sid, **damaged)
        suite.run_until_idle()
        assert len(ours(suite)) == 1


@pytest.mark.parametrize("body", ["yes", "approve", "👍"])
def test_an_owner_who_answers_a_message_of_somebody_else_approves_nothing(body: str):
    with salon(waiting=0, settings={"autonomy": {"gap_fill": "supervised"}}) as suite:
        waits(suite, "c0", 0)
        cancel(suite)
        [question] = suite.list(f"{ROOT}/approvals").values()
        write(suite, body, sender=OWNER, OriginalRepliedMessageSid=ELSEWHERE)
        suite.run_until_idle()
        assert (suite.get(f"{ROOT}/approvals/{question['id']}") or {})["status"] == "pending"
