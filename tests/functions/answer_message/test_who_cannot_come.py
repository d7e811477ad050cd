"""Whoever cannot come is heard, also where it may be said about an offer, or is taken back."""

from datetime import timedelta

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


def says(suite: Suite, *bodies: str) -> str:
    for body in bodies:
        write(suite, body, sender=phone(0))
        suite.run_until_idle()
    return purposes(suite, phone(0))[-1]


def has_an_offer_today_and_a_booking_on_wednesday(suite: Suite) -> None:
    cancel(suite)
    start = NOW.replace(hour=17, minute=0) + timedelta(days=2)
    suite.put(f"{ROOT}/bookings/theirs", booking(start, customer_id="c0", staff_id="noah"))


def test_what_may_be_said_about_an_open_offer_too_is_passed_on_and_the_offer_is_not_left_open_in_silence():
    with salon(waiting=1) as suite:
        has_an_offer_today_and_a_booking_on_wednesday(suite)
        assert says(suite, "sorry, I can't make it") == "cancel_request_or_offer"
        answer = texts(suite, phone(0))[-1]
        assert "25 Nov at 17:00" in answer and "our offer for today at 13:00" in answer and "SKIP" in answer
        assert outreach_of(suite, "c0")["response"]["action"] is None
        says(suite, "SKIP")
        assert outreach_of(suite, "c0")["response"]["action"] == "declined"


@pytest.mark.parametrize(("body", "purpose"), [("can't make it today", "offer_declined"), ("can't come", None)])
def test_the_day_they_name_or_the_message_they_answer_says_which_is_meant(body: str, purpose: str | None):
    with salon(waiting=1) as suite:
        has_an_offer_today_and_a_booking_on_wednesday(suite)
        if purpose is None:
            suite.reply(offers(suite)[0], body=body)
            suite.run_until_idle()
        else:
            assert says(suite, body) == purpose
        assert outreach_of(suite, "c0")["response"]["action"] == "declined"
        assert "owner_message" not in purposes(suite, OWNER)


@pytest.mark.parametrize("body", ["BOOK", "yes", "1"])
def test_a_yes_after_they_could_not_come_is_no_silence_and_the_owner_hears_of_it(body: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        assert says(suite, "BOOK", "sorry, I can't come", body) == "still_booked"
        assert "still booked in today at 13:00" in texts(suite, phone(0))[-1]
        assert [each["status"] for each in ours(suite)] == ["confirmed"]
        assert "a yes after all" in texts(suite, OWNER)[-1]
        said = len(texts(suite, phone(0)))
        says(suite, body)
        assert len(texts(suite, phone(0))) == said, "once is enough"


@pytest.mark.parametrize("body", ["ok", "👍", "ok thanks"])
def test_an_ok_to_the_cancellation_does_not_take_it_back(body: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        assert says(suite, "BOOK", "sorry, I can't come", body) == "cancel_request_received"


def test_a_yes_to_what_was_cancelled_for_them_is_answered_though_they_were_answered_before():
    with salon(waiting=1) as suite:
        cancel(suite)
        says(suite, "BOOK", "sorry, I can't come")
        [sold] = [id for id, each in suite.list(f"{ROOT}/bookings").items() if each["source"] == "smart_fill"]
        cancel(suite, sold)
        assert says(suite, "BOOK") == "holding_answer" and "a yes after all" in texts(suite, OWNER)[-1]
