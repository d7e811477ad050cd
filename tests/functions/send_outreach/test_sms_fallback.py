"""An offer that WhatsApp could not deliver goes out by SMS: once, in time, and only to who wants that."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from local.in_process import ACCOUNT_SID, Suite
from local.outbox import Message
from shared.ports import AnswerLost, Refused, Sending
from tests.stories.salon import (
    NOW,
    ROOT,
    SMS,
    WHATSAPP,
    arrive,
    cancel,
    customer,
    offers,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    settle,
    waits,
)

BOTH = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
CONSENT = {"marketing": True, "service": True}
BY_BOTH = {"whatsapp": CONSENT, "sms": CONSENT}


@pytest.fixture
def suite() -> Iterator[Suite]:
    """Cara may be asked by both channels, and nobody else is there to ask."""
    with salon(waiting=0, messaging=BOTH) as suite:
        waits(suite, "cara", 1, consents=BY_BOTH)
        yield suite


def undelivered(suite: Suite, code: int | None = 63024) -> Message:
    cancel(suite)
    [first] = offers(suite)
    suite.report(first, "undelivered", error_code=code)
    suite.run_until_idle()
    return first


def ways(suite: Suite) -> list[str]:
    return [message.sending.channel for message in offers(suite)]


def ask(suite: Suite) -> dict[str, Any]:
    return outreach_of(suite, "cara")


def ledger(suite: Suite) -> set[tuple[str, str, bool, str]]:
    entries = suite.list(f"{ROOT}/consents").values()
    return {(e["channel"], e["purpose"], e["granted"], e["source"]) for e in entries}


@pytest.mark.parametrize("code", [63003, 63024, 63049, 63016, None])
def test_what_whatsapp_could_not_deliver_goes_out_by_sms(suite: Suite, code: int | None) -> None:
    first = undelivered(suite, code)
    assert ways(suite) == ["whatsapp", "sms"]
    second = offers(suite)[1]
    assert second.sending.sender == SMS and second.sid != first.sid
    assert (ask(suite)["status"], ask(suite)["channel"], ask(suite)["purpose"]) == ("sent", "sms", "slot_offer_sms")
    assert ask(suite)["delivery"]["message_id"] == second.sid


def test_what_is_kept_is_what_was_read_there_without_its_link(suite: Suite) -> None:
    undelivered(suite)
    kept, read = ask(suite)["message"], offers(suite)[1].text
    before, link, after = re.fullmatch(r"(.*)(https://\S+)(.*)", read).groups()  # type: ignore[union-attr]
    assert kept == f"{before}-{after}" and "BOOK or SKIP" in kept and link not in kept


def test_what_was_refused_at_once_goes_out_by_sms_too(suite: Suite) -> None:
    suite.outbox.answers.append(Refused(63003, "HTTP 400", retry=False, provider_fault=False))
    cancel(suite)
    assert ways(suite) == ["sms"] and ask(suite)["status"] == "sent"


def test_a_message_of_unknown_fate_moves_on_when_it_is_reported_as_undelivered(suite: Suite) -> None:
    sendings: list[Sending] = []

    class TakesAndIsSilent:
        def send(self, sending: Sending) -> AnswerLost:
            sendings.append(sending)
            suite.messenger = suite.outbox
            return AnswerLost("HTTP 502")

    suite.messenger = TakesAndIsSilent()
    cancel(suite)
    assert ask(suite)["status"] == "unknown"
    lost = Message("SM" + "9" * 32, sendings[0], NOW)
    suite.report(lost, "undelivered", error_code=63024)
    suite.run_until_idle()
    assert ways(suite) == ["sms"] and ask(suite)["status"] == "sent"


def test_a_yes_to_the_sms_books(suite: Suite) -> None:
    undelivered(suite)
    suite.reply(offers(suite)[1], body="BOOK")
    suite.run_until_idle()
    assert ask(suite)["response"]["action"] == "booked"


def test_it_stays_one_ask_to_all_limits(suite: Suite) -> None:
    undelivered(suite)
    assert len(suite.list(f"{ROOT}/outreach")) == 1
    assert suite.list(f"{ROOT}/counters")["asks"]["day_counts"] == {"gap_fill_agent": 1}


@pytest.mark.parametrize("status", ["sent", "delivered", "read", "failed"])
def test_what_is_still_reported_about_the_first_message_no_longer_counts(suite: Suite, status: str) -> None:
    first = undelivered(suite)
    before = ask(suite)
    suite.report(first, status, error_code=63024 if status == "failed" else None)
    suite.run_until_idle()
    assert ask(suite) == before and len(offers(suite)) == 2


def test_an_sms_that_fails_as_well_ends_the_ask(suite: Suite) -> None:
    undelivered(suite)
    suite.report(offers(suite)[1], "undelivered", error_code=30003)
    suite.run_until_idle()
    assert ask(suite)["status"] == "failed" and len(offers(suite)) == 2


def test_in_india_the_sms_carries_the_link() -> None:
    with salon(waiting=0, messaging=BOTH) as suite:
        waits(suite, "cara", 1, consents=BY_BOTH, phone="+919800000001")
        undelivered(suite)
        assert ask(suite)["purpose"] == "slot_offer_link"
        assert "/o/" in offers(suite)[1].text


@pytest.mark.parametrize("minutes_left", [10, 9])
def test_at_least_ten_minutes_of_the_offer_must_be_left(suite: Suite, minutes_left: int) -> None:
    cancel(suite)
    arrive_at = ask(suite)["expires_at"] - timedelta(minutes=minutes_left)
    suite.advance_to(arrive_at)
    suite.report(offers(suite)[0], "undelivered", error_code=63024)
    suite.run_until_idle()
    assert ways(suite) == (["whatsapp", "sms"] if minutes_left == 10 else ["whatsapp"])


@pytest.mark.parametrize(
    ("consents", "messaging"),
    [
        ({"whatsapp": CONSENT}, BOTH),
        ({"whatsapp": CONSENT, "sms": {"marketing": True, "service": False}}, BOTH),
        (BY_BOTH, {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP}),
    ],
    ids=["no consent", "consent to something else", "no number"],
)
def test_without_consent_or_a_number_the_next_customer_is_asked(
    consents: dict[str, Any], messaging: dict[str, Any]
) -> None:
    with salon(waiting=0, messaging=messaging) as suite:
        settle(suite, offers={"max_wave_size": 1})
        waits(suite, "cara", 1, consents=consents)
        waits(suite, "dora", 2)
        undelivered(suite)
        assert ask(suite)["status"] == "failed"
        assert [message.sending.to for message in offers(suite)] == [customer(1)["phone"], customer(2)["phone"]]
        assert ways(suite) == ["whatsapp", "whatsapp"]


def test_who_stopped_meanwhile_gets_no_sms() -> None:
    with salon(waiting=0, messaging=BOTH) as suite:
        waits(suite, "cara", 1, consents=BY_BOTH)
        cancel(suite)
        [first] = offers(suite)
        suite.reply(first, body="STOP")
        suite.run_until_idle()
        suite.report(first, "undelivered", error_code=63024)
        suite.run_until_idle()
        assert ways(suite) == ["whatsapp"]


def test_whoever_blocked_us_on_whatsapp_has_opted_out_of_it_and_gets_no_sms(suite: Suite) -> None:
    undelivered(suite, 63014)
    assert ways(suite) == ["whatsapp"] and ask(suite)["status"] == "failed"
    assert ledger(suite) == {
        ("whatsapp", "service", False, "carrier"),
        ("whatsapp", "marketing", False, "carrier"),
    }


def test_what_the_carrier_calls_a_stop_is_an_opt_out_of_sms(suite: Suite) -> None:
    cancel(suite)
    suite.outbox.answers.append(Refused(21610, "HTTP 400", retry=False, provider_fault=False))
    suite.report(offers(suite)[0], "undelivered", error_code=63024)
    suite.run_until_idle()
    assert ask(suite)["status"] == "failed"
    assert ledger(suite) == {("sms", "service", False, "carrier"), ("sms", "marketing", False, "carrier")}


@pytest.mark.parametrize("closed_by", ["time", "its answer", "an earlier report"])
def test_an_opt_out_that_is_told_when_the_offer_is_closed_is_entered_all_the_same(suite: Suite, closed_by: str) -> None:
    cancel(suite)
    [first] = offers(suite)
    match closed_by:
        case "time":
            suite.advance(hours=4)
        case "its answer":
            suite.reply(first, button=1)
        case _:
            suite.report(first, "undelivered", error_code=63033)
    suite.run_until_idle()
    closed = ask(suite)
    assert closed["status"] in ("expired", "responded", "failed") and ledger(suite) == set()
    for _ in range(2):
        suite.report(first, "undelivered", error_code=63014)
        suite.run_until_idle()
    assert ask(suite) == closed
    assert ledger(suite) == {
        ("whatsapp", "service", False, "carrier"),
        ("whatsapp", "marketing", False, "carrier"),
    }


def test_an_opt_out_by_which_a_message_is_refused_is_entered_though_the_offer_was_closed_on_its_way(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(sending: Sending) -> Refused:
        suite.update(f"{ROOT}/outreach/{ask(suite)['id']}", status="expired", due_at=None)
        return Refused(63014, "HTTP 400", retry=False, provider_fault=False)

    monkeypatch.setattr(suite.outbox, "send", refuse)
    cancel(suite)
    assert ask(suite)["status"] == "expired"
    assert ledger(suite) == {
        ("whatsapp", "service", False, "carrier"),
        ("whatsapp", "marketing", False, "carrier"),
    }


def test_silence_sends_no_second_message_but_tops_the_round_up_after_five_minutes() -> None:
    with salon(waiting=0, messaging=BOTH, settings={"offers": {"max_wave_size": 1}}) as suite:
        waits(suite, "cara", 1, consents=BY_BOTH)
        waits(suite, "dora", 2)
        cancel(suite)
        suite.advance(minutes=4, seconds=59)
        assert len(offers(suite)) == 1
        suite.advance(minutes=1)
        assert [message.sending.to for message in offers(suite)] == [customer(1)["phone"], customer(2)["phone"]]
        assert ask(suite)["status"] == "sent"
        records = suite.list(f"{ROOT}/audit_logs").values()
        assert [r["resource_type"] for r in records if r["announces"] == "OUTREACH_NOT_ARRIVED"] == ["outreach"]


def test_an_offer_that_arrived_is_waited_for() -> None:
    with salon(waiting=2, settings={"offers": {"max_wave_size": 1}}) as suite:
        cancel(suite)
        arrive(suite)
        suite.advance(minutes=9)
        assert len(offers(suite)) == 1


def test_a_yes_to_an_offer_no_longer_waited_for_counts() -> None:
    with salon(waiting=2, settings={"offers": {"max_wave_size": 1}}) as suite:
        cancel(suite)
        suite.advance(minutes=6)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert outreach_of(suite, "c0")["response"]["action"] == "booked"


def test_the_offer_ends_at_its_time_all_the_same(suite: Suite) -> None:
    cancel(suite)
    suite.advance_to(NOW + timedelta(minutes=45))
    assert ask(suite)["status"] == "expired"


def test_a_tap_in_whatsapp_on_what_went_on_by_sms_is_theirs_too(suite: Suite):
    first = undelivered(suite)
    assert ways(suite) == ["whatsapp", "sms"]
    suite.reply(first, button=0)
    suite.run_until_idle()
    assert [each["customer_id"] for each in ours(suite)] == ["cara"]
    assert purposes(suite, phone(1))[-1] == "booking_confirmed"
