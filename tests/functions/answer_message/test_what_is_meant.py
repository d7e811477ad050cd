"""What a message is bound to, and what it is never taken for, case by case as people met them."""

import pytest

from local.in_process import Suite
from tests.stories.salon import (
    OWNER,
    ROOT,
    cancel,
    offers,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    write,
)


def says(suite: Suite, *bodies: str, **form: str) -> list[str]:
    """What they have been told by us beside the offer."""
    for body in bodies:
        write(suite, body, sender=phone(0), **form)
        suite.run_until_idle()
    return purposes(suite, phone(0))[1:]


@pytest.mark.parametrize("body", ["ok", "👍", "yes", "1"])
def test_whoever_booked_and_stopped_is_booked_still_and_a_later_yes_changes_nothing(body: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        assert says(suite, "BOOK", "STOP", body) == ["booking_confirmed", "stop_confirmed"]
        assert [each["status"] for each in ours(suite)] == ["confirmed"]


@pytest.mark.parametrize(("first", "then"), [("no thanks", "yes"), ("STOP", "BOOK"), ("STOP", "yes"), ("SKIP", "1")])
def test_a_yes_after_a_no_or_a_stop_in_words_books_nothing(first: str, then: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        says(suite, first, then)
        assert ours(suite) == [] and outreach_of(suite, "c0")["response"]["action"] in ("declined", "opted_out")


@pytest.mark.parametrize(
    "form",
    [
        {"NumMedia": "1", "MediaContentType0": "audio/ogg", "MessageType": "audio"},
        {"NumMedia": "1", "MediaContentType0": "image/webp", "MessageType": "sticker"},
        {"Latitude": "51.5", "Longitude": "-0.12", "MessageType": "location"},
        {"NumMedia": "1", "MediaContentType0": "text/vcard", "MessageType": "contacts"},
        {"MessageType": "reaction"},
    ],
    ids=["voice", "sticker", "location", "contact", "reaction taken back"],
)
def test_what_has_no_words_is_read_by_a_person(form: dict[str, str]):
    with salon(waiting=1) as suite:
        cancel(suite)
        assert says(suite, "", **form) == ["holding_answer"]
        assert ours(suite) == [] and purposes(suite, OWNER) == ["owner_message"]


def test_a_thumbs_up_under_the_offer_takes_it_and_under_the_confirmation_nothing():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], body="👍")
        suite.run_until_idle()
        [confirmation] = [m for m in suite.outbox.messages if m.purpose == "booking_confirmed"]
        suite.reply(confirmation, body="👍")
        suite.run_until_idle()
        assert len(ours(suite)) == 1 and purposes(suite, phone(0)) == ["slot_offer", "booking_confirmed"]


def test_a_yes_under_the_notice_of_a_sale_says_nothing():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        before = suite.list(f"{ROOT}/bookings")
        [sold] = [m for m in suite.outbox.messages if m.purpose == "owner_sold"]
        suite.reply(sold, body="👍")
        suite.run_until_idle()
        assert suite.list(f"{ROOT}/bookings") == before and purposes(suite, OWNER) == ["owner_sold"]


def test_a_forwarded_yes_is_a_yes_of_whoever_sent_it():
    with salon(waiting=1) as suite:
        cancel(suite)
        assert says(suite, "yes", Forwarded="true") == ["booking_confirmed"]
