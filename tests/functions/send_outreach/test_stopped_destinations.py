"""Where messages do not arrive because of how the salon is set up, nobody more is asked, the owner hears once what is wrong, and
whoever was asked in vain can be asked when it is mended."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.in_process import ACCOUNT_SID, Suite
from shared.asking.destination import STOPPED_FOR
from shared.ports import Refused
from tests.stories.salon import OWNER, ROOT, SMS, WHATSAPP, cancel, offers, phone, salon, texts, waits

BOTH = {"marketing": True, "service": True}
CUSTOMERS = 8


@pytest.fixture
def suite() -> Iterator[Suite]:
    """Eight customers may be asked by SMS, two at a time; the owner reads WhatsApp."""
    messaging = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    with salon(waiting=0, messaging=messaging, settings={"offers": {"max_wave_size": 2}}) as suite:
        for number in range(CUSTOMERS):
            waits(suite, f"c{number}", number, consents={"sms": BOTH})
        yield suite


def destination(suite: Suite, name: str = "sms-GB") -> dict[str, Any]:
    return dict(suite.list(f"{ROOT}/destinations")[name])


def undelivered(suite: Suite, code: int) -> None:
    """Every offer that is out is reported so."""
    out = {
        each["delivery"]["message_id"] for each in suite.list(f"{ROOT}/outreach").values() if each["status"] == "sent"
    }
    for message in [each for each in offers(suite) if each.sid in out]:
        suite.report(message, "undelivered", error_code=code)
    suite.run_until_idle()


def alerts(suite: Suite) -> list[str]:
    return [text for text in texts(suite, OWNER) if "needs a look" in text]


@pytest.mark.parametrize("code", [30034, 30007, 21408, 63021])
def test_two_in_a_row_stop_it_before_the_customers_are_used_up_and_the_owner_hears_once(
    suite: Suite, code: int
) -> None:
    cancel(suite)
    for _ in range(6):
        undelivered(suite, code)
        suite.advance(minutes=3)
    assert len({message.sending.to for message in offers(suite)}) == 2
    [alert] = alerts(suite)
    assert "our SMS messages to numbers with +44 don't arrive" in alert and str(code) in alert
    assert suite.list(f"{ROOT}/agent_states") == {}, "other channels and countries go on"


@pytest.mark.parametrize("answer", [
    Refused(401, "HTTP 401", retry=False, provider_fault=True), Refused(403, "HTTP 403", retry=False, provider_fault=True),
    Refused(20003, "HTTP 401", retry=False, provider_fault=True), Refused(21606, "HTTP 400", retry=False, provider_fault=True),
])  # fmt: skip
def test_what_is_refused_at_once_stops_it_too(suite: Suite, answer: Refused) -> None:
    suite.outbox.answers.extend([answer] * 2)
    cancel(suite)
    suite.advance(minutes=20)
    tried = [each for each in suite.list(f"{ROOT}/outreach").values() if each["attempts"]]
    assert len(tried) == 2 and offers(suite) == [] and len(alerts(suite)) == 1


def test_one_alone_stops_nothing_and_a_delivery_ends_the_run(suite: Suite) -> None:
    cancel(suite)
    first, second = offers(suite)
    suite.report(first, "undelivered", error_code=30007)
    suite.report(second, "sent")
    suite.run_until_idle()
    assert destination(suite)["faults"] == 1, "what a carrier was handed may be filtered yet"
    suite.report(second, "delivered")
    suite.run_until_idle()
    assert destination(suite)["faults"] == 0 and alerts(suite) == []


def test_a_report_that_comes_twice_counts_once(suite: Suite) -> None:
    cancel(suite)
    for _ in range(3):
        suite.report(offers(suite)[0], "undelivered", error_code=30034)
    suite.run_until_idle()
    assert destination(suite)["faults"] == 1


def test_another_country_and_another_channel_go_on(suite: Suite) -> None:
    cancel(suite)
    undelivered(suite, 21408)
    waits(suite, "abroad", 50, phone="+33612345678", consents={"sms": BOTH})
    waits(suite, "chats", 51, consents={"whatsapp": BOTH})
    suite.advance(minutes=10)
    assert {message.sending.to for message in offers(suite)[2:]} == {"+33612345678", phone(51)}


def test_after_half_an_hour_one_is_tried_and_a_delivery_lets_all_be_asked_again(suite: Suite) -> None:
    cancel(suite)
    undelivered(suite, 30034)
    asked = len(offers(suite))
    suite.advance(seconds=STOPPED_FOR.seconds + 60)
    assert len(offers(suite)) == asked + 1, "one alone"
    undelivered(suite, 30034)
    suite.advance(minutes=10)
    assert len(offers(suite)) == asked + 1 and len(alerts(suite)) == 1, "the owner knows"
    suite.advance(seconds=STOPPED_FOR.seconds)
    suite.report(offers(suite)[-1], "delivered")
    suite.run_until_idle()
    assert destination(suite)["stopped_until"] is None
    suite.advance(minutes=31)
    assert len(offers(suite)) > asked + 3, "two together again, once the time of the trial is over"


def test_a_trial_of_which_nothing_bad_is_heard_ends_the_stop_too(suite: Suite) -> None:
    cancel(suite)
    undelivered(suite, 30034)
    suite.advance(seconds=2 * STOPPED_FOR.seconds + 300)
    assert len(offers(suite)) > 4 and destination(suite)["faults"] == 2
    suite.report(offers(suite)[-1], "undelivered", error_code=30034)
    suite.run_until_idle()
    assert destination(suite)["stopped_until"] > suite.clock.now(), "and the next fault is enough"


def test_whoever_was_asked_in_vain_is_asked_about_the_same_time_when_it_is_mended() -> None:
    messaging = {"account_sid": ACCOUNT_SID, "sms_from": SMS}
    with salon(waiting=0, messaging=messaging) as suite:
        for number in range(2):
            waits(suite, f"c{number}", number, consents={"sms": BOTH})
        cancel(suite)
        undelivered(suite, 30034)
        first = [message.sending.to for message in offers(suite)]
        assert sorted(first) == [phone(0), phone(1)]
        suite.advance(seconds=STOPPED_FOR.seconds + 60)
        suite.report(offers(suite)[-1], "delivered")
        suite.advance(minutes=31)
        assert sorted(message.sending.to for message in offers(suite)[2:]) == sorted(first)


def test_by_sms_is_asked_whoever_wants_that_where_whatsapp_reaches_nobody() -> None:
    messaging = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    with salon(waiting=0, messaging=messaging, settings={"offers": {"max_wave_size": 2}}) as suite:
        for number in range(4):
            waits(suite, f"c{number}", number, consents={"whatsapp": BOTH, "sms": BOTH})
        cancel(suite)
        for message in offers(suite):
            suite.report(message, "undelivered", error_code=63016)
        suite.run_until_idle()
        suite.advance(minutes=12)
        later = [(message.sending.channel, message.sending.to) for message in offers(suite)[2:]]
        assert {channel for channel, _ in later} == {"sms"} and len({to for _, to in later}) == 4


def test_a_confirmation_is_sent_all_the_same(suite: Suite) -> None:
    cancel(suite)
    suite.report(offers(suite)[0], "delivered")
    there = {"id": "sms-GB", "salon_id": "s1", "created_at": suite.clock.now(), "updated_at": suite.clock.now()}
    until = suite.clock.now() + STOPPED_FOR
    suite.put(
        f"{ROOT}/destinations/sms-GB",
        {**there, "channel": "sms", "country": "GB", "faults": 2, "error": 30007, "stopped_until": until},
    )
    suite.reply(offers(suite)[0], body="BOOK")
    suite.run_until_idle()
    assert any("booked" in text for text in texts(suite, offers(suite)[0].sending.to))
