"""STOP and START: at once, on every channel, without touching what is booked."""

from typing import Any

import pytest

from local.in_process import ACCOUNT_SID, Suite
from tests.stories.salon import (
    NOW,
    ROOT,
    SMS,
    WHATSAPP,
    asked,
    cancel,
    customer,
    just_before,
    offer_link,
    offers,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    texts,
    waits,
    why_not,
    write,
)

BOTH = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
EVERYTHING = {(channel, purpose) for channel in ("whatsapp", "sms") for purpose in ("service", "marketing")}


def ledger(suite: Suite) -> list[dict[str, Any]]:
    return sorted(suite.list(f"{ROOT}/consents").values(), key=lambda entry: entry["at"])


@pytest.mark.parametrize(
    ("channel", "body", "form"),
    [
        ("whatsapp", "STOP", {}),
        ("whatsapp", "stop messaging me please", {}),
        ("whatsapp", "बंद करो", {}),
        ("whatsapp", "Baja", {}),
        ("whatsapp", "anything", {"OptOutType": "STOP"}),
        ("sms", "STOP", {}),
        ("sms", "UNSUBSCRIBE", {"OptOutType": "STOP"}),
        ("sms", "end", {}),
    ],
)
def test_a_stop_ends_the_asks_of_every_channel_at_once(channel: str, body: str, form: dict[str, str]):
    with salon(waiting=1, messaging=BOTH) as suite:
        cancel(suite)
        write(suite, body, sender=phone(0), channel=channel, **form)
        suite.run_until_idle()
        assert {(entry["channel"], entry["purpose"]) for entry in ledger(suite)} == EVERYTHING
        assert all(not entry["granted"] and entry["customer_ids"] == ["c0"] for entry in ledger(suite))
        assert outreach_of(suite, "c0")["response"]["action"] == "opted_out"
        suite.advance(minutes=61)
        cancel(suite, "b15")
        assert asked(suite) == ["c0"]


def test_who_stopped_is_considered_and_not_asked_with_the_reason():
    with salon(waiting=2) as suite:
        write(suite, "STOP", sender=phone(0))
        suite.run_until_idle()
        cancel(suite)
        assert asked(suite) == ["c1"] and why_not(suite) == {"c0": "opted out"}


@pytest.mark.parametrize(("body", "form", "times"), [
    ("Stop!", {}, 1), ("stop texting me", {}, 1), ("STOP.", {}, 1), ("please stop", {}, 1),
    ("STOP", {}, 0), (" stop ", {}, 0), ("Unsubscribe", {}, 0), ("Stop!", {"OptOutType": "STOP"}, 0),
])  # fmt: skip
def test_by_sms_a_stop_is_confirmed_once_by_whoever_answers_it(body: str, form: dict[str, str], times: int) -> None:
    """The carrier answers its own words, each alone, and no other."""
    with salon(waiting=1, messaging=BOTH) as suite:
        cancel(suite)
        write(suite, body, sender=phone(0), channel="sms", **form)
        suite.run_until_idle()
        assert outreach_of(suite, "c0")["response"]["action"] == "opted_out"
        assert sum("won't get any more offers" in text for text in texts(suite, phone(0))) == times


def test_on_whatsapp_a_stop_is_confirmed_and_where_somebody_else_answered_it_is_not():
    with salon(waiting=3, messaging=BOTH) as suite:
        cancel(suite)
        write(suite, "STOP", sender=phone(0))
        write(suite, "STOP", sender=phone(1), OptOutType="STOP")
        write(suite, "STOP", sender=phone(2), channel="sms")
        suite.run_until_idle()
        assert [purposes(suite, phone(number))[1:] for number in range(3)] == [["stop_confirmed"], [], []]


def test_a_stop_tops_the_round_up():
    with salon(waiting=2, settings={"offers": {"max_wave_size": 1}}) as suite:
        cancel(suite)
        assert asked(suite) == ["c0"]
        suite.reply(offers(suite)[0], body="STOP")
        suite.run_until_idle()
        assert asked(suite) == ["c0", "c1"]


def test_a_stop_touches_no_booking():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        standing = ours(suite)
        write(suite, "STOP", sender=phone(0))
        suite.advance(hours=1)
        assert ours(suite) == standing and standing[0]["status"] == "confirmed"
        assert outreach_of(suite, "c0")["response"]["action"] == "booked"


def test_a_stop_is_of_everybody_at_that_phone():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/customers/twin", customer(0))
        write(suite, "STOP", sender=phone(0))
        suite.run_until_idle()
        assert {tuple(entry["customer_ids"]) for entry in ledger(suite)} == {("c0", "twin")}
        waits(suite, "third", 0)
        cancel(suite)
        assert asked(suite) == []


def test_a_stop_of_somebody_unknown_is_remembered_for_when_they_are_known():
    with salon(waiting=0) as suite:
        write(suite, "STOP", sender=phone(33))
        suite.run_until_idle()
        waits(suite, "new", 33)
        cancel(suite)
        assert asked(suite) == []


def test_a_start_restores_only_the_channel_it_came_by():
    consents = {"whatsapp": {"service": True, "marketing": True}, "sms": {"service": True, "marketing": True}}
    with salon(waiting=1, messaging=BOTH) as suite:
        suite.update(f"{ROOT}/customers/c0", consents=consents)
        write(suite, "STOP", sender=phone(0))
        suite.advance(minutes=1)
        write(suite, "START", sender=phone(0), channel="sms")
        suite.advance(minutes=1)
        cancel(suite)
        assert [(offer.sending.channel, offer.sending.to) for offer in offers(suite)] == [("sms", phone(0))]


def test_a_start_is_no_consent_where_there_was_none():
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/customers/c0", consents={})
        write(suite, "START", sender=phone(0))
        cancel(suite)
        assert asked(suite) == []


def test_of_a_stop_and_a_start_the_later_counts():
    with salon(waiting=1) as suite:
        for word in ("STOP", "START", "STOP", "START"):
            write(suite, word, sender=phone(0))
            suite.advance(minutes=1)
        cancel(suite)
        assert asked(suite) == ["c0"]
        assert purposes(suite, phone(0))[:4] == ["stop_confirmed", "start_confirmed"] * 2


def test_the_ledger_only_grows_and_says_who_said_what_when():
    with salon(waiting=1) as suite:
        write(suite, "STOP", sender=phone(0), sid="SMstop")
        suite.run_until_idle()
        first = ledger(suite)
        suite.advance(minutes=1)
        write(suite, "START", sender=phone(0))
        write(suite, "STOP", sender=phone(0), sid="SMstop")
        suite.run_until_idle()
        assert ledger(suite)[: len(first)] == first and len(ledger(suite)) == 6
        assert {(entry["source"], entry["text"], entry["at"]) for entry in first} == {("message", "STOP", NOW)}


@pytest.mark.parametrize(("word", "entries"), [("STOP", 4), ("START", 2)])
def test_a_word_that_is_said_again_is_not_entered_again(word: str, entries: int):
    """The ledger is kept for ever: it must not grow by repetition."""
    with salon(waiting=1) as suite:
        for _ in range(5):
            write(suite, word, sender=phone(0))
            suite.advance(minutes=1)
        assert len(ledger(suite)) == entries


def test_a_stop_that_changes_nothing_is_confirmed_once_a_day():
    with salon(waiting=0) as suite:
        for _ in range(4):
            write(suite, "STOP", sender=phone(0))
            suite.advance(hours=8)
        assert purposes(suite, phone(0)) == ["stop_confirmed"] * 2


def test_a_stop_after_a_start_by_the_other_channel_is_entered():
    """What a person has withdrawn follows from the entries of all their addresses."""
    with salon(waiting=1, messaging=BOTH) as suite:
        for body, channel in (("STOP", "whatsapp"), ("START", "sms"), ("STOP", "whatsapp")):
            write(suite, body, sender=phone(0), channel=channel)
            suite.advance(minutes=1)
        suite.update(f"{ROOT}/customers/c0", consents={"sms": {"service": True, "marketing": True}})
        cancel(suite)
        assert asked(suite) == [] and len(ledger(suite)) == 8


@pytest.mark.parametrize(
    ("body", "confirmed"), [("STOP", False), ("stop ", False), ("Stop!", True), ("stop texting me", True)]
)
def test_by_sms_a_stop_is_confirmed_unless_the_carrier_has_done_so(body: str, confirmed: bool):
    """The carrier answers its exact words alone."""
    with salon(waiting=0, messaging=BOTH) as suite:
        write(suite, body, sender=phone(0), channel="sms")
        suite.run_until_idle()
        assert len(ledger(suite)) == 4 and (texts(suite, phone(0)) != []) is confirmed


def test_a_stop_before_the_offer_has_left_keeps_it_from_leaving():
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/bookings/b1", status="cancelled", cancelled_by="customer", cancelled_at=NOW)
        while not suite.list(f"{ROOT}/outreach"):
            suite._deliver(suite.waiting.pop(0))
        write(suite, "STOP", sender=phone(0))
        suite.run_until_idle()
        assert offers(suite) == []


def test_the_links_page_ends_all_offers_at_any_time():
    with salon(waiting=2) as suite:
        cancel(suite)
        link = offer_link(suite, "c0")
        # Pressed again, at a clock that stands still and later, it says the same and writes nothing.
        for seconds in (0, 0, 1, 60):
            page = suite.request("POST", link, form={"answer": "stop"}).get_data(as_text=True)
            assert "any more offers" in page and "<form" not in page
            suite.advance(seconds=seconds)
        assert outreach_of(suite, "c0")["response"]["action"] == "opted_out"
        assert [(entry["source"], entry["granted"]) for entry in ledger(suite)] == [("link", False)] * 4
        assert "any more offers" in suite.request("GET", link).get_data(as_text=True)
        assert purposes(suite, phone(0)) == ["slot_offer"]
        before = len(offers(suite))
        cancel(suite, "b17")
        assert phone(0) not in [offer.sending.to for offer in offers(suite)[before:]]


def test_the_end_of_offers_pressed_in_two_tabs_at_once_is_entered_once():
    with salon(waiting=1) as suite:
        cancel(suite)
        link = offer_link(suite, "c0")

        def press() -> None:
            assert suite.request("POST", link, form={"answer": "stop"}).status_code == 200

        raced = just_before(suite, lambda write: "/consents/" in write.path, press)
        press()
        assert raced and len(ledger(suite)) == 4


def test_who_begins_again_after_the_links_stop_can_stop_there_once_more():
    with salon(waiting=1) as suite:
        cancel(suite)
        link = offer_link(suite, "c0")
        suite.request("POST", link, form={"answer": "stop"})
        for _ in range(2):
            suite.advance(minutes=1)
            write(suite, "START", sender=phone(0))
        suite.advance(minutes=1)
        suite.request("POST", link, form={"answer": "stop"})
        assert [entry["granted"] for entry in ledger(suite)] == [False] * 4 + [True] * 2 + [False] * 2
        suite.advance(hours=2)
        before = len(offers(suite))
        cancel(suite, "b17")
        assert len(offers(suite)) == before


def test_who_has_declined_by_the_link_can_still_end_all_offers_there():
    with salon(waiting=1) as suite:
        cancel(suite)
        link = offer_link(suite, "c0")
        declined = suite.request("POST", link, form={"answer": "decline"}).get_data(as_text=True)
        assert 'value="stop"' in declined
        suite.request("POST", link, form={"answer": "stop"})
        suite.run_until_idle()
        assert outreach_of(suite, "c0")["response"]["action"] == "declined" and len(ledger(suite)) == 4


def test_the_links_page_opens_and_ends_all_offers_though_the_salon_cannot_be_read():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.update(ROOT, timezone="Nowhere/Nowhere")
        suite.waiting.clear()
        link = offer_link(suite, "c0")
        assert suite.request("GET", link).status_code == 200
        assert suite.request("POST", link, form={"answer": "stop"}).status_code == 200
        assert len(ledger(suite)) == 4
        suite.waiting.clear()


def test_a_yes_by_sms_is_a_yes_though_twilio_calls_it_a_start():
    with salon(waiting=1, messaging=BOTH) as suite:
        suite.update(f"{ROOT}/customers/c0", consents={"sms": {"marketing": True, "service": True}})
        cancel(suite)
        write(suite, "YES", sender=phone(0), channel="sms", OptOutType="START")
        suite.run_until_idle()
        assert [each["customer_id"] for each in ours(suite)] == ["c0"] and ledger(suite) == []
        write(suite, "YES", sender=phone(0), channel="sms", OptOutType="START")
        suite.run_until_idle()
        assert ledger(suite) != []


def test_a_help_that_twilio_has_answered_is_not_answered_again():
    with salon(waiting=1, messaging=BOTH) as suite:
        write(suite, "HELP", sender=phone(0), channel="sms", OptOutType="HELP")
        suite.run_until_idle()
        assert purposes(suite, phone(0)) == []


def test_help_says_who_we_are_and_changes_nothing():
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "HELP", sender=phone(0))
        suite.run_until_idle()
        assert purposes(suite, phone(0)) == ["slot_offer", "help"]
        assert outreach_of(suite, "c0")["response"]["received"] is False
