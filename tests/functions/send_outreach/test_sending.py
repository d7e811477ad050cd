"""A message leaves at most once, whatever the platform, the provider and the clock do."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from functions.send_outreach.attempt import CLAIM_LEASE, MAX_ATTEMPTS
from functions.send_outreach.send_message import send_outreach
from local.conditions import Calm, Crash, Delivery, Fate
from local.in_process import ACCOUNT_SID, Suite
from local.outbox import Message
from shared.ports import Accepted, AnswerLost, Deployment, Refused, Sending
from tests.stories.salon import (
    NOW,
    ROOT,
    SALON,
    SMS,
    WHATSAPP,
    asked,
    booking,
    cancel,
    freed_gaps,
    hang_before_the_next_claim,
    offers,
    open_salon,
    ours,
    outreach_of,
    phone,
    purposes,
    regular,
    salon,
    write,
)

BUSY = Refused(20429, "too many requests", retry=True, provider_fault=True)
NO_NUMBER = Refused(21211, "no such number", retry=False, provider_fault=False)
LOST = AnswerLost("HTTP 502")
BOTH = {"service": True, "marketing": True}


def until_requested(suite: Suite) -> str:
    """A time is freed and the first ask is written, but nobody has sent it yet. Its path."""
    suite.update(f"{ROOT}/bookings/b1", status="cancelled", cancelled_by="customer", cancelled_at=suite.clock.now())
    while not (found := suite.list(f"{ROOT}/outreach")):
        suite._deliver(suite.waiting.pop(0))
    return f"outreach/{next(iter(found))}"


def send(suite: Suite, path: str) -> str:
    return send_outreach(
        path,
        documents=suite.store.salon(SALON),
        platform=suite.store.platform(),
        messenger=suite.messenger,
        clock=suite.clock,
        deployment=suite.deployment,
    )


def words(suite: Suite, customer_id: str = "c0") -> list[str]:
    """What happened to the ask of this customer, in order."""
    id = outreach_of(suite, customer_id)["id"]
    records = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["resource_id"] == id]
    return [r["event_type"].removeprefix("outreach_") for r in sorted(records, key=lambda r: r["revision"])]


def test_an_event_delivered_many_times_sends_one_message():
    with salon(waiting=1) as suite:
        path = until_requested(suite)
        assert [send(suite, path) for _ in range(3)] == ["sent", "not pending", "not pending"]
        suite.run_until_idle()
        assert len(offers(suite)) == 1


def test_of_many_senders_at_once_one_sends():
    with salon(waiting=1) as suite:
        path = until_requested(suite)
        with ThreadPoolExecutor(16) as threads:
            outcomes = list(threads.map(lambda _: send(suite, path), range(16)))
        assert outcomes.count("sent") == 1
        assert set(outcomes) <= {"sent", "not pending", "claimed by another"}
        assert len(offers(suite)) == 1


def test_a_throttled_message_is_tried_again_later_and_later_and_then_given_up():
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/waitlist/w0", windows=[])
        suite.outbox.answers.extend([BUSY] * MAX_ATTEMPTS)
        cancel(suite)
        tried = [outreach_of(suite, "c0")["due_at"] - NOW]
        while outreach_of(suite, "c0")["due_at"] is not None:
            suite.advance_to(outreach_of(suite, "c0")["due_at"] + timedelta(seconds=59))
            tried.append((outreach_of(suite, "c0")["due_at"] or suite.clock.now()) - suite.clock.now())
        outreach = outreach_of(suite, "c0")
        assert (outreach["status"], outreach["attempts"]) == ("failed", MAX_ATTEMPTS)
        assert tried[:4] == sorted(tried[:4]) and tried[0] == timedelta(minutes=1)
        assert offers(suite) == [] and words(suite)[-1] == "failed"


def test_a_message_throttled_once_goes_out_at_the_next_try():
    with salon(waiting=1) as suite:
        suite.outbox.answers.append(BUSY)
        cancel(suite)
        assert outreach_of(suite, "c0")["status"] == "pending" and offers(suite) == []
        suite.advance(minutes=2)
        assert outreach_of(suite, "c0")["status"] == "sent"
        assert (len(offers(suite)), outreach_of(suite, "c0")["attempts"]) == (1, 2)


def test_a_message_refused_for_good_fails_and_the_next_customer_is_asked_at_once():
    with salon(waiting=2, settings={"offers": {"max_wave_size": 1}}) as suite:
        suite.outbox.answers.append(NO_NUMBER)
        cancel(suite)
        assert outreach_of(suite, "c0")["status"] == "failed"
        assert outreach_of(suite, "c0")["delivery"]["error"] == "21211"
        assert asked(suite) == ["c0", "c1"]
        announced = [r["announces"] for r in suite.list(f"{ROOT}/audit_logs").values()]
        assert announced.count("OUTREACH_FAILED") == 1


def test_a_message_whose_answer_is_lost_is_never_sent_again_by_itself():
    with salon(waiting=1) as suite:
        suite.outbox.answers.append(LOST)
        cancel(suite)
        assert outreach_of(suite, "c0")["status"] == "unknown"
        path = f"outreach/{outreach_of(suite, 'c0')['id']}"
        assert send(suite, path) == "not pending"
        suite.advance(hours=3)
        assert offers(suite) == [] and outreach_of(suite, "c0")["attempts"] == 1
        assert outreach_of(suite, "c0")["status"] == "expired"


def lost_but_taken(suite: Suite) -> Message:
    """The provider took the message, and its answer never came."""
    path = until_requested(suite)
    sendings: list[Sending] = []

    class TakesAndIsSilent:
        def send(self, sending: Sending) -> Accepted | Refused | AnswerLost:
            sendings.append(sending)
            return LOST

    suite.messenger = TakesAndIsSilent()
    assert send(suite, path) == "unknown"
    suite.messenger = suite.outbox
    return Message("SMlost", sendings[0], suite.clock.now())


@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
def test_a_report_that_carries_our_reference_repairs_a_lost_answer(status: str):
    with salon(waiting=1) as suite:
        message = lost_but_taken(suite)
        suite.report(message, status)
        outreach = outreach_of(suite, "c0")
        assert (outreach["status"], outreach["delivery"]["message_id"]) == (status, "SMlost")
        # And a reply to that message is known by it.
        write(suite, "yes", sender=phone(0), OriginalRepliedMessageSid="SMlost")
        suite.run_until_idle()
        assert len(ours(suite)) == 1


def test_an_answer_to_a_message_we_never_knew_had_left_books():
    with salon(waiting=1) as suite:
        lost_but_taken(suite)
        write(suite, "BOOK", sender=phone(0))
        suite.run_until_idle()
        assert len(ours(suite)) == 1 and outreach_of(suite, "c0")["status"] == "responded"


def test_who_may_have_got_a_message_is_not_asked_again_within_the_hour():
    with salon(waiting=1) as suite:
        suite.outbox.answers.append(LOST)
        cancel(suite)
        suite.put(f"{ROOT}/bookings/again", booking(NOW.replace(hour=13, minute=0)))
        suite.advance(minutes=5)
        assert outreach_of(suite, "c0")["status"] == "expired"
        cancel(suite, "b15")
        assert asked(suite) == ["c0"]


@pytest.mark.parametrize(
    "order",
    [
        ["sent", "delivered", "read"],
        ["read", "delivered", "sent"],
        ["delivered", "sent", "delivered", "read", "read", "sent"],
        ["queued", "read", "failed"],
    ],
)
def test_reports_doubled_and_out_of_order_end_where_the_message_is(order: list[str]):
    with salon(waiting=1) as suite:
        cancel(suite)
        for status in order:
            assert suite.report(offers(suite)[0], status).status_code == 204
        suite.run_until_idle()
        assert outreach_of(suite, "c0")["status"] == "read"
        assert words(suite).count("delivered") <= 2


def test_a_report_may_come_before_our_own_answer():
    with salon(waiting=1) as suite:
        suite.outbox.on_message = lambda message: (suite.report(message, "delivered"), None)[1]
        cancel(suite)
        outreach = outreach_of(suite, "c0")
        assert (outreach["status"], outreach["delivery"]["message_id"]) == ("delivered", offers(suite)[0].sid)
        assert outreach["delivery"]["sent_at"] == NOW


def test_a_yes_may_come_before_our_own_answer():
    with salon(waiting=1) as suite:

        def at_once(message: Message) -> None:
            if message.purpose == "slot_offer":
                suite.reply(message, button=0)

        suite.outbox.on_message = at_once
        cancel(suite)
        suite.advance(minutes=5)
        assert len(ours(suite)) == 1
        outreach = outreach_of(suite, "c0")
        assert (outreach["status"], outreach["delivery"]["message_id"]) == ("responded", offers(suite)[0].sid)


def test_a_report_about_nothing_of_ours_changes_nothing():
    with salon(waiting=1) as suite:
        cancel(suite)
        [message] = offers(suite)
        before = suite.list(f"{ROOT}/outreach")
        for reference in ("", "s1", "s1/outreach/other", "s2/" + message.sending.reference.partition("/")[2], "../x/y",
                          "s1/bookings/b1", "s1/outreach/a/b/c"):  # fmt: skip
            sending = Sending(**{**message.sending.__dict__, "reference": reference})
            stranger = Message(message.sid, sending, NOW)
            assert suite.report(stranger, "failed").status_code == 204
        assert suite.list(f"{ROOT}/outreach") == before


def test_the_claim_of_a_sender_that_died_becomes_unknown_and_not_a_second_copy():
    class Dies:
        def send(self, sending: Sending) -> Accepted | Refused | AnswerLost:
            raise SystemError("the machine is gone")

    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=1)
        path = until_requested(suite)
        suite.messenger = Dies()
        with pytest.raises(SystemError):
            send(suite, path)
        suite.messenger = suite.outbox
        suite.run_until_idle()
        assert outreach_of(suite, "c0")["status"] == "sending"
        suite.advance_to(NOW + CLAIM_LEASE + timedelta(minutes=1))
        assert outreach_of(suite, "c0")["status"] == "unknown"
        suite.advance(hours=2)
        assert offers(suite) == [] and outreach_of(suite, "c0")["status"] == "expired"


def test_an_offer_whose_time_is_gone_before_it_is_sent_is_not_sent():
    with salon(waiting=1) as suite:
        path = until_requested(suite)
        suite.put(f"{ROOT}/bookings/again", booking(NOW.replace(hour=13, minute=0)))
        while freed_gaps(suite)[0]["status"] == "open":
            suite._deliver(suite.waiting.pop(-1))
        assert send(suite, path) == "expired"
        suite.run_until_idle()
        assert offers(suite) == [] and outreach_of(suite, "c0")["status"] == "expired"


def change(**fields: Any) -> Callable[[Suite], None]:
    return lambda suite: suite.update(f"{ROOT}/customers/c0", **fields)


@pytest.mark.parametrize(
    "meanwhile",
    [
        change(consents={}),
        change(blocked=True),
        change(open_complaint=True),
        change(phone="+447700900333"),
        lambda suite: suite.delete(f"{ROOT}/customers/c0"),
        lambda suite: suite.clock.move_to(NOW + timedelta(minutes=30)),
    ],
)
def test_what_was_right_when_it_was_requested_is_checked_again(meanwhile: Callable[[Suite], None]):
    with salon(waiting=1) as suite:
        path = until_requested(suite)
        suite.waiting.clear()
        meanwhile(suite)
        send(suite, path)
        assert outreach_of(suite, "c0")["status"] == "expired"
        assert phone(0) not in [message.sending.to for message in offers(suite)]


@pytest.mark.parametrize("paused", [True, False])
def test_what_was_looked_at_half_a_minute_before_its_claim_is_looked_at_again(paused: bool):
    """The machine stood still between the two, and meanwhile the salon was paused."""
    with salon(waiting=1) as suite:

        def pause() -> None:
            if paused:
                suite.update(ROOT, status="paused", updated_at=suite.clock.now())

        hung = hang_before_the_next_claim(suite, pause)
        cancel(suite)
        assert hung and offers(suite) == []
        assert (outreach_of(suite, "c0")["status"], outreach_of(suite, "c0")["attempts"]) == ("pending", 0)
        suite.advance(minutes=2)
        assert len(offers(suite)) == (0 if paused else 1)
        if paused:
            suite.update(ROOT, status="active", updated_at=suite.clock.now())
            suite.advance(minutes=16)
            assert len(offers(suite)) == 1


def test_what_was_claimed_too_late_by_a_machine_that_then_died_becomes_unknown():
    """Nobody can tell any more that it did not go out."""
    with salon(waiting=1) as suite:
        path, commit = until_requested(suite), suite.database.commit

        def dies_once_claimed(writes: Any, reads: Any = None) -> bool:
            if outreach_of(suite, "c0")["status"] == "sending":
                raise Crash("the machine is gone")
            return commit(writes, reads)

        suite.database.commit = dies_once_claimed  # type: ignore[method-assign]
        hung = hang_before_the_next_claim(suite)
        with pytest.raises(Crash):
            send(suite, path)
        suite.database.commit = commit  # type: ignore[method-assign]
        assert hung and outreach_of(suite, "c0")["status"] == "sending"
        suite.advance_to(hung[0] + CLAIM_LEASE + timedelta(minutes=2))
        assert outreach_of(suite, "c0")["status"] == "unknown"
        suite.advance(hours=2)
        assert offers(suite) == []


def test_an_offer_that_falls_into_quiet_hours_on_its_way_is_not_sent_in_them():
    """Requested at 20:29, and everything was late by a minute."""
    evening = NOW.replace(hour=20, minute=29)
    with salon(now=evening, waiting=1) as suite:
        suite.put(f"{ROOT}/bookings/x", booking((NOW + timedelta(days=7)).replace(hour=13, minute=0)))
        suite.run_until_idle()
        suite.update(f"{ROOT}/bookings/x", status="cancelled", cancelled_by="customer", cancelled_at=evening)
        while not (found := suite.list(f"{ROOT}/outreach")):
            suite._deliver(suite.waiting.pop(0))
        suite.clock.move_to(evening + timedelta(minutes=1))
        assert send(suite, f"outreach/{next(iter(found))}") == "expired"
        suite.run_until_idle()
        assert offers(suite) == []


def test_an_offer_with_a_long_deadline_waits_through_quiet_hours():
    evening = NOW.replace(hour=20, minute=29)
    day_long = {"offers": {"response_deadline_minutes": 1440}}
    with salon(now=evening, waiting=1, settings=day_long) as suite:
        suite.put(f"{ROOT}/bookings/x", booking((NOW + timedelta(days=7)).replace(hour=13, minute=0)))
        suite.run_until_idle()
        suite.update(f"{ROOT}/bookings/x", status="cancelled", cancelled_by="customer", cancelled_at=evening)
        while not (found := suite.list(f"{ROOT}/outreach")):
            suite._deliver(suite.waiting.pop(0))
        suite.clock.move_to(evening + timedelta(minutes=1))
        assert send(suite, f"outreach/{next(iter(found))}") == "held"
        morning = (NOW + timedelta(days=1)).replace(hour=9, minute=0)
        suite.advance_to(morning - timedelta(seconds=1))
        assert offers(suite) == []
        suite.advance_to(morning)
        [offer] = offers(suite)
        assert "until 20:29" in offer.text


def test_without_consent_for_whatsapp_the_offer_goes_by_sms_with_a_link():
    both = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    with salon(waiting=1, messaging=both) as suite:
        suite.update(f"{ROOT}/customers/c0", consents={"sms": {"service": True}})
        cancel(suite)
        [offer] = offers(suite)
        assert (offer.sending.channel, offer.sending.sender) == ("sms", SMS)
        assert "BOOK" in offer.text and "YES" not in offer.text
        link = next(word for word in offer.text.split() if "/o/" in word).removeprefix(suite.deployment.public_base_url)
        assert suite.request("GET", link).status_code == 200
        suite.request("POST", link, form={"answer": "accept"})
        suite.run_until_idle()
        assert [b["customer_id"] for b in ours(suite)] == ["c0"]
        assert suite.outbox.messages[-2].sending.channel == "sms"


def test_an_answer_by_sms_books_too():
    both = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    with salon(waiting=1, messaging=both) as suite:
        suite.update(f"{ROOT}/customers/c0", consents={"sms": {"service": True}})
        cancel(suite)
        write(suite, "Book", sender=phone(0), channel="sms")
        suite.run_until_idle()
        assert len(ours(suite)) == 1


def test_where_nobody_can_answer_an_sms_it_only_carries_the_link():
    both = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    with salon(waiting=1, messaging=both) as suite:
        suite.update(f"{ROOT}/customers/c0", phone="+919876543210", consents={"sms": {"service": True}})
        cancel(suite)
        [offer] = offers(suite)
        assert "BOOK" not in offer.text and "/o/" in offer.text


def test_promotion_by_sms_keeps_to_the_hours_of_the_law():
    """In India from ten; an offer from the waitlist is no promotion."""
    both = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    all_day = {"mon": [{"start": "00:00", "end": "24:00"}]}
    morning = NOW.replace(hour=4, minute=29)  # 9:59 there
    with salon(now=morning, waiting=1, messaging=both, timezone="Asia/Kolkata", opening_hours=all_day) as suite:
        sms = {"sms": {"service": True, "marketing": True}}
        suite.update(f"{ROOT}/customers/c0", phone="+919876543210", consents=sms)
        regular(suite, "fan", phone="+919876543211", consents=sms)
        cancel(suite)
        assert asked(suite) == ["c0"]
        suite.advance(minutes=31)
        assert asked(suite) == ["c0", "fan"]


def test_a_message_says_how_long_the_provider_may_try():
    with salon(waiting=1) as suite:
        cancel(suite)
        assert offers(suite)[0].sending.validity == timedelta(minutes=30)


@pytest.mark.parametrize(("who", "quiet", "minutes"), [
    ({"phone": "+14165550123", "consents": {"sms": BOTH}}, ("21:00", "09:00"), 8),
    ({"phone": "+919876543210", "consents": {"sms": BOTH}}, ("21:30", "10:00"), 8),  # promotion: the law's nine
    ({"phone": "+447700900100", "consents": {"sms": BOTH}}, ("21:30", "10:00"), 30),
    ({"consents": {"whatsapp": BOTH}}, ("21:02", "09:00"), 10),
    ({"consents": {"whatsapp": BOTH}, "timezone": "Europe/Madrid"}, ("22:00", "09:00"), 8),
])  # fmt: skip
def test_no_provider_delivers_an_offer_in_the_quiet_hours_of_its_customer(
    who: dict[str, Any], quiet: tuple[str, str], minutes: int
) -> None:
    late = NOW.replace(hour=20, minute=52)
    both = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    hours = {"mon": [{"start": "10:00", "end": "24:00"}]}
    night = {"quiet_hours": {"start": quiet[0], "end": quiet[1]}}
    with salon(now=late, waiting=0, messaging=both, opening_hours=hours, settings=night) as suite:
        suite.put(f"{ROOT}/bookings/late", booking(NOW.replace(hour=23)))
        regular(suite, "fan", **who)
        cancel(suite, "late")
        [offer] = offers(suite)
        assert offer.sending.validity == timedelta(minutes=minutes)


def test_without_a_template_or_a_conversation_whatsapp_is_not_tried():
    with Suite(now=NOW, deployment=Deployment("https://x.example", b"key", {})) as suite:
        open_salon(suite, waiting=2)
        cancel(suite)
        suite.advance(hours=1)
        assert suite.outbox.messages == []
        assert {outreach["status"] for outreach in suite.list(f"{ROOT}/outreach").values()} == {"failed"}
        # Each was tried once, and not once a round.
        assert sorted(asked(suite)) == ["c0", "c1"]
        # Who writes to us opens the conversation for a day.
        write(suite, "hello?", sender=phone(0))
        suite.run_until_idle()
        assert len(suite.outbox.messages) == 1


class Twice(Calm):
    """Every event is delivered twice, the last one first."""

    def next(self, waiting: Sequence[Delivery]) -> int:
        return len(waiting) - 1

    def fate(self, delivery: Delivery) -> Fate:
        return "twice"


def test_whatever_is_delivered_twice_is_said_once():
    with salon(waiting=3, conditions=Twice()) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.advance(hours=1)
        assert sorted(message.sending.to for message in offers(suite)) == [phone(0), phone(1), phone(2)]
        for number in range(3):
            theirs = purposes(suite, phone(number))
            assert len(theirs) == len(set(theirs))
        assert suite.failures == []
