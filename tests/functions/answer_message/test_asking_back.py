"""What is probably a yes is asked back, once, with the buttons of that very offer: no yes ends in silence, and no guess books."""

from datetime import datetime, timedelta

import pytest

from local.in_process import Suite
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
    write,
)


def answer_of(suite: Suite) -> str | None:
    return outreach_of(suite, "c0")["response"]["action"]


@pytest.mark.parametrize("body", ["yes today", "Great", "sorry, yes please", "Yes I told Zelda", "yes 🦄"])
def test_what_is_probably_a_yes_is_asked_back(body: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, body, sender=phone(0))
        suite.run_until_idle()
        assert ours(suite) == [] and answer_of(suite) is None
        assert purposes(suite, phone(0)) == ["slot_offer", "asked_back"]
        assert "today at 13:00" in texts(suite, phone(0))[-1]
        assert purposes(suite, OWNER) == []


@pytest.mark.parametrize(("button", "answer"), [(0, "booked"), (1, "declined")])
def test_its_buttons_are_those_of_the_offer(button: int, answer: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "yes today", sender=phone(0))
        suite.run_until_idle()
        asked = suite.outbox.messages[-1]
        assert [each.payload for each in asked.buttons] == [each.payload for each in offers(suite)[0].buttons]
        suite.reply(asked, button=button)
        suite.run_until_idle()
        assert answer_of(suite) == answer


@pytest.mark.parametrize("body", ["yes", "ok", "👍"])
def test_a_yes_to_the_question_books(body: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "Great", sender=phone(0))
        suite.run_until_idle()
        write(suite, body, sender=phone(0))
        suite.run_until_idle()
        assert answer_of(suite) == "booked"


def test_it_is_asked_once_and_a_person_reads_what_stays_unsure():
    with salon(waiting=1) as suite:
        cancel(suite)
        for _ in range(2):
            write(suite, "yes today", sender=phone(0))
            suite.run_until_idle()
        assert purposes(suite, phone(0)) == ["slot_offer", "asked_back", "holding_answer"]
        assert purposes(suite, OWNER) == ["owner_message"] and ours(suite) == []


@pytest.mark.parametrize(
    ("first", "then", "waiting_since"),
    [
        ("Can I come at 5 instead?", "yes", NOW),
        ("Do you have parking?", "1", NOW),
        ("", "👍", NOW),
        ("How much?", "BOOK", None),
    ],
)
def test_a_bare_yes_after_a_question_that_only_a_person_can_answer_is_asked_back(
    first: str, then: str, waiting_since: datetime | None
):
    """It may be said to what the owner has answered, whatever they had asked and whether or not that was closed since."""
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, first, sender=phone(0), NumMedia="0" if first else "1")
        suite.run_until_idle()
        for id in suite.list(f"{ROOT}/conversations"):
            suite.update(f"{ROOT}/conversations/{id}", waiting_since=waiting_since)
        write(suite, then, sender=phone(0))
        suite.run_until_idle()
        assert ours(suite) == [] and purposes(suite, phone(0))[-1] == "asked_back"
        suite.reply(suite.outbox.messages[-1], button=0)
        suite.run_until_idle()
        assert answer_of(suite) == "booked"


def test_a_yes_after_a_message_about_something_else_is_asked_back_too():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/bookings/theirs", booking(NOW + timedelta(days=2), customer_id="c0", staff_id="noah"))
        for body in ("I can't come to my appointment", "yes"):
            write(suite, body, sender=phone(0))
            suite.run_until_idle()
        assert answer_of(suite) is None and purposes(suite, phone(0))[-1] == "asked_back"


def test_a_yes_after_more_was_said_than_we_asked_back_is_read_by_a_person():
    """We ask once; what they said after it may be what the yes is about."""
    with salon(waiting=1) as suite:
        cancel(suite)
        for body in ("Can I come at 5 instead?", "yes", "or at 6?", "yes"):
            write(suite, body, sender=phone(0))
            suite.run_until_idle()
        assert ours(suite) == [] and answer_of(suite) is None


def test_a_yes_to_our_asking_back_books_though_a_question_waited_before_it():
    with salon(waiting=1) as suite:
        cancel(suite)
        for body in ("Can I come at 5 instead?", "yes", "yes"):
            write(suite, body, sender=phone(0))
            suite.run_until_idle()
        assert answer_of(suite) == "booked"


def test_a_yes_under_the_offer_itself_needs_no_asking_back():
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "Can I come at 5 instead?", sender=phone(0))
        suite.run_until_idle()
        suite.reply(offers(suite)[0], body="yes")
        suite.run_until_idle()
        assert answer_of(suite) == "booked"


def test_nobody_is_asked_back_about_an_offer_that_has_its_answer():
    with salon(waiting=1) as suite:
        cancel(suite)
        for body in ("yes", "Great"):
            write(suite, body, sender=phone(0))
            suite.run_until_idle()
        assert "asked_back" not in purposes(suite, phone(0))
