"""What customers answer, by button, word, reply and link, and what becomes of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from local.in_process import ACCOUNT_SID, Suite
from shared.adapters import twilio
from shared.messaging.tokens import OfferToken, sign
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SALON,
    SMS,
    WHATSAPP,
    booking,
    cancel,
    customer,
    decisions,
    freed_gaps,
    offer_link,
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

START = NOW.replace(hour=13, minute=0)


def answer_of(suite: Suite, customer_id: str = "c0") -> str | None:
    return outreach_of(suite, customer_id)["response"]["action"]


def everything(suite: Suite) -> dict[str, object]:
    return {path: suite.database.get([path])[0] for path in _paths(suite)}


def _paths(suite: Suite) -> list[str]:
    return [
        f"{name}/{id}"
        for name, collection in suite.database._collections.items()
        for id in sorted(collection.documents)
    ]


@pytest.mark.parametrize(
    ("body", "locale"),
    [
        ("BOOK", "en-GB"),
        ("book it please", "en-GB"),
        ("1", "en-GB"),
        ("Yes!", "en-GB"),
        ("👍", "en-GB"),
        ("हाँ", "hi-IN"),
        ("haan ji", "hi-IN"),
        ("sí", "es-ES"),
        ("Lo quiero", "es-ES"),
    ],
)
def test_a_yes_in_words_books(body: str, locale: str):
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/customers/c0", locale=locale)
        cancel(suite)
        write(suite, body, sender=phone(0))
        suite.run_until_idle()
        assert [(b["customer_id"], b["start_time"]) for b in ours(suite)] == [("c0", START)]
        assert purposes(suite, phone(0)) == ["slot_offer", "booking_confirmed"]


@pytest.mark.parametrize(
    ("body", "locale"),
    [
        ("SKIP", "en-GB"),
        ("2", "en-GB"),
        ("no thanks", "en-GB"),
        ("can't make it", "en-GB"),
        ("👎", "en-GB"),
        ("नहीं", "hi-IN"),
        ("ahora no", "es-ES"),
    ],
)
def test_a_no_in_words_declines(body: str, locale: str):
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/customers/c0", locale=locale)
        cancel(suite)
        write(suite, body, sender=phone(0))
        suite.run_until_idle()
        assert ours(suite) == [] and answer_of(suite) == "declined"
        assert purposes(suite, phone(0)) == ["slot_offer", "offer_declined"]


@pytest.mark.parametrize(("button", "action"), [(0, "booked"), (1, "declined")])
def test_a_button_says_what_it_says_whatever_language_its_words_are_in(button: int, action: str):
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/customers/c0", locale="hi-IN")
        cancel(suite)
        suite.reply(offers(suite)[0], button=button)
        suite.run_until_idle()
        assert answer_of(suite) == action


def test_the_customer_is_told_time_staff_service_price_and_address():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        confirmation = texts(suite, phone(0))[-1]
        for part in ("Cut", "Mia", "today at 13:00", "Salon One", "1 High Street", "£50", "can't come"):
            assert part in confirmation


def two_offers(suite: Suite) -> None:
    """One phone, two customers, each with an open offer: c0 at 13:00, twin (by the salon's own doing) at 15:00."""
    waits(suite, "twin", 40)
    cancel(suite)
    suite.advance(minutes=1)
    cancel(suite, "b15")
    twin = outreach_of(suite, "twin")
    suite.update(
        f"{ROOT}/outreach/{twin['id']}",
        address_key=outreach_of(suite, "c0")["address_key"],
        customer_phone=phone(0),
        slot={**twin["slot"], "start": START.replace(hour=15), "end": START.replace(hour=16)},
    )
    suite.update(f"{ROOT}/customers/twin", phone=phone(0))


def test_a_reply_to_an_earlier_message_is_about_that_message():
    with salon(waiting=1) as suite:
        two_offers(suite)
        first, second = offers(suite)
        write(suite, "yes", sender=phone(0), OriginalRepliedMessageSid=second.sid)
        suite.run_until_idle()
        assert [b["customer_id"] for b in ours(suite)] == ["twin"]
        assert answer_of(suite, "c0") is None
        write(suite, "no", sender=phone(0), OriginalRepliedMessageSid=first.sid)
        suite.run_until_idle()
        assert answer_of(suite, "c0") == "declined"


@pytest.mark.parametrize("body", ["yes", "no"])
def test_who_could_mean_several_offers_is_asked_which_one(body: str):
    with salon(waiting=1) as suite:
        two_offers(suite)
        write(suite, body, sender=phone(0))
        suite.run_until_idle()
        assert ours(suite) == [] and answer_of(suite, "c0") is None and answer_of(suite, "twin") is None
        question = texts(suite, phone(0))[-1]
        assert "today at 13:00" in question and "today at 15:00" in question
        # Their answer under the question is asked again, not guessed.
        asked = suite.outbox.messages[-1]
        suite.reply(asked, body=body)
        suite.run_until_idle()
        assert purposes(suite, phone(0))[-2:] == ["which_one", "which_one"]


def test_a_button_is_clear_however_many_offers_are_open():
    with salon(waiting=1) as suite:
        two_offers(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert [b["customer_id"] for b in ours(suite)] == ["c0"]


def test_customers_who_share_a_phone_are_called_by_no_name():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/customers/mother", customer(0, name="Mother"))
        cancel(suite)
        write(suite, "is Mia there?", sender=phone(0))
        suite.run_until_idle()
        assert "Customer 0" not in texts(suite, phone(0))[-1] and "Mother" not in texts(suite, phone(0))[-1]


def test_a_forwarded_offer_goes_to_the_inbox_and_books_nobody():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/customers/friend", customer(70))
        cancel(suite)
        [offer] = offers(suite)
        pressed = offer.buttons[0]
        write(suite, pressed.title, sender=phone(70), ButtonPayload=pressed.payload, ButtonText=pressed.title)
        suite.run_until_idle()
        assert ours(suite) == [] and answer_of(suite) is None
        assert purposes(suite, phone(70)) == ["unknown_offer_forwarded"]
        assert "somebody else" in texts(suite, OWNER)[-1]
        # It is still open to whom it was made.
        suite.reply(offer, button=0)
        suite.run_until_idle()
        assert answer_of(suite) == "booked"


def test_what_nobody_understands_is_acknowledged_and_kept_for_the_owner():
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "Could Mia do a fringe as well?", sender=phone(0))
        suite.run_until_idle()
        assert answer_of(suite) is None and ours(suite) == []
        assert purposes(suite, phone(0)) == ["slot_offer", "holding_answer"]
        assert purposes(suite, OWNER) == ["owner_message"]


def test_a_yes_with_a_question_mark_is_no_yes():
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "yes?", sender=phone(0))
        suite.run_until_idle()
        assert ours(suite) == [] and purposes(suite, OWNER) == ["owner_message"]


@pytest.mark.parametrize("how", ["button", "words", "link"])
def test_a_yes_after_the_deadline_counts_while_the_time_is_free(how: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.advance(minutes=45)
        assert outreach_of(suite, "c0")["status"] == "expired"
        if how == "button":
            suite.reply(offers(suite)[0], button=0)
        elif how == "words":
            write(suite, "yes", sender=phone(0))
        else:
            suite.request("POST", offer_link(suite, "c0"), form={"answer": "accept"})
        suite.run_until_idle()
        assert [b["customer_id"] for b in ours(suite)] == ["c0"]
        assert purposes(suite, phone(0))[-1] == "booking_confirmed"


@pytest.mark.parametrize(
    ("ago", "means"),
    [(timedelta(hours=24, seconds=-1), ["booking_confirmed"]), (timedelta(hours=24), ["holding_answer"])],
)
def test_a_yes_in_words_is_about_an_offer_that_is_over_within_24_hours(ago: timedelta, means: list[str]):
    with salon(waiting=1) as suite:
        start = (NOW + timedelta(days=7)).replace(hour=13, minute=0)
        suite.put(f"{ROOT}/bookings/x1", booking(start))
        suite.run_until_idle()
        cancel(suite, "x1")
        suite.delete(f"{ROOT}/waitlist/w0")
        suite.advance_to(NOW + ago)
        write(suite, "yes", sender=phone(0))
        suite.run_until_idle()
        assert purposes(suite, phone(0))[1:] == means


@pytest.mark.parametrize(("minute", "action"), [(29, "booked"), (30, "booked"), (31, "too_late")])
def test_a_yes_within_the_salons_notice_is_refused_kindly(minute: int, action: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.advance_to(NOW.replace(hour=12, minute=minute))
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert answer_of(suite) == action
        assert purposes(suite, phone(0))[-1] == ("booking_confirmed" if action == "booked" else "slot_no_longer_free")


def test_a_walk_in_that_the_app_booked_meanwhile_comes_first():
    with salon(waiting=2) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/bookings/walk-in", booking(START, source="walk_in", customer_id=None))
        # Nobody has heard of it yet but the bookings themselves.
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert ours(suite) == [] and answer_of(suite) == "slot_taken"
        assert purposes(suite, phone(0))[-1] == "slot_taken"
        [gap] = freed_gaps(suite)
        assert (gap["status"], gap["filled_by"]) == ("filled", "walk-in")
        # Whoever has not answered hears nothing of it.
        assert outreach_of(suite, "c1")["status"] == "expired" and purposes(suite, phone(1)) == ["slot_offer"]


def colouring(suite: Suite) -> None:
    """Mia colours somebody from one to three, and is free while it takes effect, from half past one to half past two."""
    processing = {"after_minutes": 30, "minutes": 60}
    suite.put(
        f"{ROOT}/services/colour",
        {"name": "Colour", "duration_minutes": 120, "price": 90, "processing": processing},
    )
    suite.put(f"{ROOT}/services/fringe", {"name": "Fringe", "duration_minutes": 30, "price": 15})
    suite.update(f"{ROOT}/staff/mia", service_ids=["cut", "colour", "fringe"])
    suite.delete(f"{ROOT}/bookings/b14")
    suite.put(f"{ROOT}/bookings/b1", booking(START, minutes=120, service_ids=["colour"]))
    fringe = booking(START.replace(minute=30), minutes=30, service_ids=["fringe"], customer_id="somebody")
    suite.put(f"{ROOT}/bookings/fringe", fringe)
    suite.run_until_idle()


def test_time_in_which_a_colour_takes_effect_is_sold_like_any_other():
    with salon(waiting=0) as suite:
        colouring(suite)
        waits(suite, "c0", 0, entry={"service_ids": ["fringe"]})
        cancel(suite, "fringe")
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert [b["service_ids"] for b in ours(suite)] == [["fringe"]] and answer_of(suite) == "booked"
        assert purposes(suite, OWNER) == ["owner_sold"]


@pytest.mark.parametrize(("end", "action"), [(START, "slot_taken"), (START - timedelta(minutes=15), "booked")])
def test_the_cleaning_after_a_booking_is_time_that_is_taken(end: datetime, action: str):
    """Written a moment ago: no gap says so yet, the bookings do."""
    with salon(waiting=1) as suite:
        suite.put(
            f"{ROOT}/services/perm", {"name": "Perm", "duration_minutes": 30, "price": 9, "buffer_after_minutes": 15}
        )
        cancel(suite, "b12")
        cancel(suite)
        start = outreach_of(suite, "c0")["slot"]["start"]
        suite.update(f"{ROOT}/customers/c0", minimum_notice_minutes=0)
        assert start in (START, START - timedelta(hours=1))
        suite.put(
            f"{ROOT}/bookings/perm",
            booking(end - START + start - timedelta(minutes=30), minutes=30, service_ids=["perm"]),
        )
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert answer_of(suite) == action


def test_a_booking_that_cannot_be_understood_stops_no_yes():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/bookings/broken", {**booking(START), "status": "maybe"})
        suite.put(f"{ROOT}/customers/broken", {"phone": phone(0), "name": None})
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert answer_of(suite) == "booked"


def test_nobody_is_booked_in_two_places_at_once():
    with salon(waiting=1) as suite:
        cancel(suite)
        elsewhere = booking(START - timedelta(minutes=30), customer_id="c0", staff_id="noah")
        suite.put(f"{ROOT}/bookings/elsewhere", elsewhere)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert ours(suite) == [] and answer_of(suite) == "customer_busy"


def test_a_second_yes_changes_nothing():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.advance(minutes=2)
        standing, sent = ours(suite), len(suite.outbox.messages)
        suite.reply(offers(suite)[0], button=0)
        write(suite, "BOOK", sender=phone(0))
        suite.request("POST", offer_link(suite, "c0"), form={"answer": "accept"})
        suite.advance(minutes=2)
        assert (ours(suite), len(suite.outbox.messages)) == (standing, sent)


def test_an_ok_to_the_confirmation_books_nothing_else():
    """An earlier offer that has expired is not what they mean."""
    with salon(waiting=1, settings={"offers": {"response_deadline_minutes": 10}}) as suite:
        cancel(suite)
        suite.advance(minutes=61)
        assert outreach_of(suite, "c0")["status"] == "expired"
        cancel(suite, "b15")
        suite.reply(offers(suite)[1], button=0)
        suite.run_until_idle()
        write(suite, "ok", sender=phone(0))
        suite.reply(suite.outbox.messages[-1], body="👍")
        suite.run_until_idle()
        assert [b["start_time"].hour for b in ours(suite)] == [15]


def test_an_ok_after_a_no_takes_no_offer_that_was_over_before():
    with salon(waiting=1, settings={"offers": {"response_deadline_minutes": 10}}) as suite:
        cancel(suite)
        suite.advance(minutes=61)
        cancel(suite, "b15")
        suite.reply(offers(suite)[1], button=1)
        suite.run_until_idle()
        write(suite, "ok", sender=phone(0))
        suite.run_until_idle()
        assert ours(suite) == []


@pytest.mark.parametrize("body", ["I can't come", "sorry, can't make it", "cancel my booking please"])
def test_who_cannot_come_to_what_they_booked_asks_the_salon_and_is_heard(body: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        confirmation = suite.outbox.messages[-2]
        assert confirmation.purpose == "booking_confirmed"
        suite.reply(confirmation, body=body)
        suite.run_until_idle()
        assert purposes(suite, phone(0))[-1] == "cancel_request_received"
        assert "not being able to come" in texts(suite, OWNER)[-1]
        assert [b["status"] for b in ours(suite)] == ["confirmed"]


def test_who_cannot_come_is_not_taken_to_decline_the_offer_that_stands_open():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/bookings/theirs", booking(START.replace(hour=17), customer_id="c0", staff_id="noah"))
        write(suite, "I can't come today", sender=phone(0))
        suite.run_until_idle()
        assert answer_of(suite) is None
        assert "today at 17:00" in texts(suite, phone(0))[-1]
        # Under the offer itself it is an answer to that.
        suite.reply(offers(suite)[0], body="can't make it")
        suite.run_until_idle()
        assert answer_of(suite) == "declined"


def test_who_cannot_come_today_does_not_mean_a_booking_of_another_day():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/bookings/theirs", booking(START + timedelta(days=14), customer_id="c0", staff_id="noah"))
        write(suite, "sorry, can't make it today", sender=phone(0))
        suite.run_until_idle()
        assert answer_of(suite) == "declined"
        write(suite, "I can't come", sender=phone(0))
        suite.run_until_idle()
        assert purposes(suite, phone(0)) == ["slot_offer", "offer_declined", "cancel_request_received"]


def test_who_cannot_come_tomorrow_means_the_booking_of_tomorrow_though_another_is_sooner():
    with salon(waiting=1) as suite:
        for id, days in (("today", 0), ("tomorrow", 1)):
            at = START.replace(hour=17) + timedelta(days=days)
            suite.put(f"{ROOT}/bookings/{id}", booking(at, customer_id="c0", staff_id="noah"))
        write(suite, "I can't come tomorrow", sender=phone(0))
        suite.run_until_idle()
        assert "tomorrow at 17:00" in texts(suite, phone(0))[-1]


def test_an_ok_after_something_else_we_said_is_no_yes_to_the_offer_before():
    for first in ("how much?", "who is this?", "only if it is with Priya"):
        with salon(waiting=1) as suite:
            cancel(suite)
            suite.advance(minutes=1)
            write(suite, first, sender=phone(0))
            suite.run_until_idle()
            write(suite, "ok thanks", sender=phone(0))
            suite.run_until_idle()
            assert ours(suite) == [] and answer_of(suite) is None
            suite.reply(offers(suite)[0], body="BOOK")
            suite.run_until_idle()
            assert answer_of(suite) == "booked"


def test_an_ok_to_a_cancellation_passed_on_moves_no_booking():
    with salon(waiting=0) as suite:
        suite.put(f"{ROOT}/customers/mover", customer(51, name="Moira", sooner_opt_in=True))
        suite.put(f"{ROOT}/bookings/later", booking(START + timedelta(days=7), customer_id="mover"))
        suite.run_until_idle()
        cancel(suite)
        for body in ("sorry, I can't make it", "ok thanks"):
            write(suite, body, sender=phone(51))
            suite.run_until_idle()
        assert purposes(suite, phone(51)) == ["slot_offer", "cancel_request_or_offer", "asked_back"]
        assert ours(suite) == []


def test_an_ok_to_an_offer_is_a_yes_whatever_was_said_before_it():
    with salon(waiting=1) as suite:
        write(suite, "how much is a cut?", sender=phone(0))
        suite.run_until_idle()
        [said] = suite.list(f"{ROOT}/conversations")
        suite.update(f"{ROOT}/conversations/{said}", waiting_since=None)
        suite.advance(minutes=1)
        cancel(suite)
        write(suite, "ok 👍", sender=phone(0))
        suite.run_until_idle()
        assert answer_of(suite) == "booked"


@pytest.mark.parametrize("first", ["button", "link", "stop"])
def test_a_yes_after_a_no_is_kept_for_the_owner_and_they_hear_so(first: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        if first == "button":
            suite.reply(offers(suite)[0], button=1)
        elif first == "link":
            suite.request("POST", offer_link(suite, "c0"), form={"answer": "decline"})
        else:
            write(suite, "STOP", sender=phone(0))
        suite.advance(minutes=1)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert purposes(suite, phone(0))[-1] == "holding_answer" and ours(suite) == []
        [waiting] = suite.list(f"{ROOT}/conversations").values()
        assert waiting["reason"] == "another_answer"


def test_a_yes_to_what_the_salon_has_cancelled_is_kept_for_the_owner():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        [sold] = [id for id, each in suite.list(f"{ROOT}/bookings").items() if each["source"] == "smart_fill"]
        cancel(suite, sold, by="salon")
        write(suite, "BOOK", sender=phone(0))
        suite.run_until_idle()
        assert purposes(suite, phone(0))[-1] == "holding_answer"
        shown = suite.request("GET", offer_link(suite, "c0")).get_data(as_text=True)
        assert "This booking has been cancelled." in shown and "booked" not in shown


def test_a_no_after_the_booking_is_a_request_to_cancel_it():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.reply(offers(suite)[0], button=1)
        suite.run_until_idle()
        assert answer_of(suite) == "booked"
        assert purposes(suite, phone(0))[-1] == "cancel_request_received"


def test_looking_at_the_link_changes_nothing():
    with salon(waiting=1) as suite:
        cancel(suite)
        before = everything(suite)
        for _ in range(3):
            response = suite.request("GET", offer_link(suite, "c0"))
            assert response.status_code == 200
            page = response.get_data(as_text=True)
            assert "Cut" in page and "today at 13:00" in page and "<form" in page
        suite.run_until_idle()
        assert everything(suite) == before


@pytest.mark.parametrize(("answer", "action"), [("accept", "booked"), ("decline", "declined")])
def test_the_links_form_answers_and_says_so_afterwards(answer: str, action: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        link = offer_link(suite, "c0")
        said = suite.request("POST", link, form={"answer": answer}).get_data(as_text=True)
        suite.run_until_idle()
        assert answer_of(suite) == action
        assert len(purposes(suite, phone(0))) == 2
        again = suite.request("POST", link, form={"answer": answer}).get_data(as_text=True)
        seen = suite.request("GET", link).get_data(as_text=True)
        assert said == again == seen and 'value="accept"' not in seen
        assert len(ours(suite)) == (answer == "accept")


@pytest.mark.parametrize("form", [{}, {"answer": ""}, {"answer": "yes"}])
def test_a_form_without_an_answer_answers_nothing(form: dict[str, str]):
    with salon(waiting=1) as suite:
        cancel(suite)
        before = everything(suite)
        assert suite.request("POST", offer_link(suite, "c0"), form=form).status_code == 400
        assert everything(suite) == before


def test_a_link_that_we_did_not_sign_as_it_is_leads_nowhere():
    with salon(waiting=1) as suite:
        cancel(suite)
        key, offer = suite.deployment.signing_key, outreach_of(suite, "c0")["id"]
        good = sign(key, OfferToken(SALON, offer, "link"))
        bad = [
            good[:-1] + ("A" if good[-1] != "A" else "B"),
            good[:-1],
            good + "A",
            good.lower(),
            sign(b"another key", OfferToken(SALON, offer, "link")),
            sign(key, OfferToken("s2", offer, "link")),
            sign(key, OfferToken(SALON, "out_unknown", "link")),
            # A button's token is for the chat that says who taps it.
            sign(key, OfferToken(SALON, offer, "accept")),
            "x",
            "..",
            "%2e%2e",
        ]
        before = everything(suite)
        for token in bad:
            for method, form in (("GET", None), ("POST", {"answer": "accept"})):
                assert suite.request(method, f"/o/{token}", form=form).status_code == 404
        assert everything(suite) == before


def test_a_token_of_another_salon_does_nothing_here():
    """Signed by us, but for a salon whose number this is not."""
    with salon(waiting=1) as suite:
        cancel(suite)
        foreign = sign(suite.deployment.signing_key, OfferToken("s2", outreach_of(suite, "c0")["id"], "accept"))
        write(suite, "Book it", sender=phone(0), ButtonPayload=foreign, ButtonText="Book it")
        suite.run_until_idle()
        assert ours(suite) == [] and suite.list("salons/s2/outreach") == {}
        assert purposes(suite, OWNER) == ["owner_message"]


@pytest.mark.parametrize("recipient", ["+15005550006", "", "whatsapp"])
def test_a_message_to_a_number_of_nobody_is_ignored_politely(recipient: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        before = everything(suite)
        response = write(suite, "yes", sender=phone(0), recipient=recipient or "+1")
        assert (response.status_code, response.get_data(as_text=True)) == (200, twilio.EMPTY_TWIML)
        suite.run_until_idle()
        assert everything(suite) == before


def test_a_message_whose_sid_is_another_persons_message_is_ignored_politely():
    with salon(waiting=1) as suite:
        write(suite, "Is Mia in today?", sender=phone(0), sid="SMfirst")
        suite.run_until_idle()
        before = everything(suite)
        response = write(suite, "yes", sender="+447700900777", sid="SMfirst")
        assert (response.status_code, response.get_data(as_text=True)) == (200, twilio.EMPTY_TWIML)
        suite.run_until_idle()
        assert everything(suite) == before


def test_a_message_of_somebody_unknown_is_kept_and_answers_no_offer():
    with salon(waiting=1) as suite:
        cancel(suite)
        response = write(suite, "hello, do you do perms?", sender="+447700900777")
        assert (response.status_code, response.get_data(as_text=True)) == (200, twilio.EMPTY_TWIML)
        suite.advance(minutes=5)
        [told] = texts(suite, "+447700900777")
        assert "somebody will get back to you" in told
        assert ours(suite) == [] and answer_of(suite) is None


@pytest.mark.parametrize(
    "headers", [{}, {"X-Twilio-Signature": ""}, {"X-Twilio-Signature": "bm90IGEgc2lnbmF0dXJl"}]
)  # fmt: skip
@pytest.mark.parametrize("path", [twilio.INCOMING_PATH, f"{twilio.STATUS_PATH}?mid=s1/outreach/o1"])
def test_what_twilio_did_not_sign_is_refused_and_writes_nothing(path: str, headers: dict[str, str]):
    with salon(waiting=1) as suite:
        cancel(suite)
        before = everything(suite)
        form = {
            "AccountSid": ACCOUNT_SID, "MessageSid": "SMx", "From": f"whatsapp:{phone(0)}", "To": f"whatsapp:{WHATSAPP}",
            "Body": "yes", "MessageStatus": "delivered",
        }  # fmt: skip
        assert suite.request("POST", path, form=form, headers=headers).status_code == 403
        other = {**form, "AccountSid": "AC" + "9" * 32}
        assert suite.request("POST", path, form=other, headers=headers).status_code == 403
        assert everything(suite) == before


def test_the_same_message_twice_is_one_message():
    with salon(waiting=2) as suite:
        cancel(suite)
        for _ in range(3):
            suite.reply(offers(suite)[0], button=0, sid="SMsame")
        suite.run_until_idle()
        before = everything(suite)
        suite.reply(offers(suite)[0], button=0, sid="SMsame")
        # Not even the same SID with other words: the first delivery counts.
        suite.reply(offers(suite)[0], body="STOP", sid="SMsame")
        suite.run_until_idle()
        assert everything(suite) == before
        assert len(ours(suite)) == 1 and answer_of(suite) == "booked"


def test_an_answer_goes_back_the_way_it_came():
    both = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    with salon(waiting=1, messaging=both) as suite:
        cancel(suite)
        suite.request("POST", offer_link(suite, "c0"), form={"answer": "decline"})
        write(suite, "hello", sender=phone(0), channel="sms")
        suite.run_until_idle()
        ways = [(message.sending.channel, message.sending.sender, message.purpose) for message in suite.outbox.messages]
        assert ("whatsapp", WHATSAPP, "offer_declined") in ways
        assert ("sms", SMS, None) in ways


def test_the_owner_hears_of_the_sale_at_once_and_once():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.advance(hours=1)
        assert purposes(suite, OWNER) == ["owner_sold"]
        assert "Customer 0" in texts(suite, OWNER)[0] and "today at 13:00" in texts(suite, OWNER)[0]


def test_a_sale_concludes_its_decision():
    with salon(waiting=3, settings={"offers": {"max_wave_size": 1}}) as suite:
        cancel(suite)
        suite.report(offers(suite)[0], "delivered")
        suite.advance(minutes=10)
        suite.reply(offers(suite)[1], button=0)
        suite.run_until_idle()
        outcomes = [decision["outcome"] for decision in decisions(suite)]
        assert [outcome["status"] for outcome in outcomes] == ["failed", "success"]
        assert suite.get(f"{ROOT}/bookings/{outcomes[1]['booking_created_id']}") == ours(suite)[0]
        assert decisions(suite)[1]["revenue_impact"]["actual"] == 50


@pytest.mark.parametrize("word", ["STOP", "START"])
def test_what_is_said_after_another_try_is_of_the_moment_at_which_it_was_said(word: str):
    with salon(waiting=1) as suite:
        commit, tries = suite.database.commit, []

        def beaten_once(writes: Any, reads: Any = None) -> bool:
            if any("stop_confirmed" in str(write) or "start_confirmed" in str(write) for write in writes):
                tries.append(suite.clock.now())
                if len(tries) == 1:
                    suite.clock.move_to(suite.clock.now() + timedelta(seconds=31))
                    return False
            return commit(writes, reads)

        suite.database.commit = beaten_once  # type: ignore[method-assign]
        write(suite, word, sender=phone(0))
        suite.run_until_idle()
        [said] = [suite.get(f"salons/{message.sending.reference}") for message in suite.outbox.messages[-1:]]
        assert said["purpose"].endswith("_confirmed") and said["created_at"] == tries[1]
