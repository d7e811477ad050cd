"""The phone behaves as Twilio does, as far as it is known, and lies where it is told to."""

import json
from collections import deque
from datetime import timedelta
from http.client import RemoteDisconnected
from urllib.parse import urldefrag

import pytest

from local.phone.core import ReplyRefused
from shared.adapters.twilio import authentic, delivery_report, inbound_message
from shared.messaging.inbound import DeliveryReport
from tests.phones import BUSINESS, CALLBACK, INCOMING, PERSON, Desk
from tests.twilio_cases import ACCOUNT_SID, ANA, AUTH_TOKEN, SMS_NUMBER, webhooks


@pytest.fixture
def desk() -> Desk:
    return Desk()


# Delivery


def test_a_whatsapp_message_is_sent_delivered_and_read(desk: Desk) -> None:
    status, answer = desk.asked()
    assert (status, answer["status"]) == (201, "queued")
    assert desk.statuses() == ["sent", "delivered", "read"]
    assert desk.shown["status"] == "read"


def test_an_sms_is_sent_and_delivered(desk: Desk) -> None:
    desk.sms()
    assert desk.statuses() == ["sent", "delivered"]


def test_the_first_status_is_only_in_the_answer(desk: Desk) -> None:
    desk.asked()
    assert desk.posted == []
    assert desk.shown["status"] == "queued"


def test_every_call_is_signed_with_its_url_but_not_the_fragment(desk: Desk) -> None:
    desk.asked(StatusCallback=f"{CALLBACK}#rc=3&rp=all")
    desk.phone.reply(sender=PERSON, to=BUSINESS, body="¿Sí? 👍 + & =")
    desk.later.run()
    assert {posted.url for posted in desk.posted} == {CALLBACK, INCOMING}
    for posted in desk.posted:
        assert authentic(
            url=posted.url,
            pairs=list(posted.fields.items()),
            signature=posted.headers["X-Twilio-Signature"],
            auth_token=AUTH_TOKEN,
        )


def test_a_report_is_one_of_ours_to_read(desk: Desk) -> None:
    _, answer = desk.asked()
    desk.later.run()
    assert delivery_report(desk.posted[-1].fields, {"mid": "42"}) == DeliveryReport(answer["sid"], "read", None, "42")


@pytest.mark.parametrize("name", ["status_wa_sent", "status_wa_read", "status_sms_sent"])
def test_a_report_has_the_fields_of_twilios(desk: Desk, name: str) -> None:
    sample = webhooks()[name]
    desk.asked() if "_wa_" in name else desk.sms()
    desk.later.run()
    posted = next(posted for posted in desk.posted if posted.status == sample.fields["MessageStatus"])
    assert posted.fields.keys() == sample.fields.keys()


def test_a_message_is_what_a_person_sees(desk: Desk) -> None:
    _, answer = desk.asked(ContentVariables='{"1": "Ana", "2": "yes-token", "3": "no-token"}')
    assert desk.shown == {
        "sid": answer["sid"],
        "to": PERSON,
        "from": BUSINESS,
        "body": "Hi Ana! A slot is free.",
        "content_sid": desk.content_sid,
        "content_variables": {"1": "Ana", "2": "yes-token", "3": "no-token"},
        "buttons": [{"title": "Book it", "payload": "yes-token"}, {"title": "No, thanks", "payload": "no-token"}],
        "status": "queued",
        "error_code": None,
        "created_at": "2026-11-21T12:00:00Z",
    }


def test_the_same_template_has_no_buttons_on_sms(desk: Desk) -> None:
    desk.phone.create_message({"To": ANA, "From": SMS_NUMBER, "ContentSid": desk.content_sid})
    assert (desk.shown["body"], desk.shown["buttons"]) == ("Hi guest! A slot is free.", [])


def test_messages_are_listed_oldest_first_and_without_those_of_people(desk: Desk) -> None:
    desk.asked()
    desk.phone.reply(sender=PERSON, to=BUSINESS, body="hola")
    desk.sms()
    assert [message["to"] for message in desk.phone.messages()] == [PERSON, ANA]


def test_one_person_has_one_phone_for_all_channels_and_both_ways(desk: Desk) -> None:
    desk.asked()
    desk.sms()
    desk.phone.reply(sender=PERSON, to=BUSINESS, body="hola")
    desk.asked(To="whatsapp:+34600000002")
    desk.phone.names[ANA] = "Ana"
    ana, other = desk.phone.phones()
    assert (ana["person"], ana["name"], other["person"]) == (ANA, "Ana", "+34600000002")
    assert [message["direction"] for message in ana["messages"]] == ["outbound-api", "outbound-api", "inbound"]


def test_phones_show_the_clock_of_where_they_lie(desk: Desk) -> None:
    desk.asked()
    assert [each["zone"] for each in desk.phone.phones()] == [None], "the viewer's own, as long as nobody says"
    desk.phone.zone = "America/Toronto"
    assert [each["zone"] for each in desk.phone.phones()] == ["America/Toronto"]


# What Twilio and WhatsApp do not allow


def test_outside_the_24_hours_free_text_fails_only_after_it_was_accepted(desk: Desk) -> None:
    assert desk.asked(Body="hola")[0] == 201
    assert desk.statuses() == ["failed"]
    assert desk.posted[0].fields["ErrorCode"] == "63016"
    assert (desk.shown["status"], desk.shown["error_code"]) == ("failed", 63016)


@pytest.mark.parametrize(
    ("later", "reached"),
    [(timedelta(hours=24), "read"), (timedelta(hours=24, seconds=1), "failed")],
)
def test_for_24_hours_after_a_person_wrote_free_text_is_delivered(desk: Desk, later: timedelta, reached: str) -> None:
    desk.phone.reply(sender=PERSON, to=BUSINESS, body="hola")
    desk.now += later
    desk.asked(Body="hola")
    assert desk.statuses()[-1] == reached


def test_the_window_is_between_one_person_and_one_number(desk: Desk) -> None:
    desk.phone.reply(sender=PERSON, to="whatsapp:+14155550000", body="hola")
    desk.phone.reply(sender="whatsapp:+34600000002", to=BUSINESS, body="hola")
    desk.asked(Body="hola")
    assert desk.statuses()[-1] == "failed"


def test_a_template_opens_a_conversation_only_once_it_is_approved(desk: Desk) -> None:
    body = {"friendly_name": "x", "language": "en", "types": {"twilio/text": {"body": "Hi"}}}
    sid = desk.phone.create_content(body)[1]["sid"]
    desk.asked(ContentSid=sid)
    assert desk.statuses() == ["failed"]
    desk.phone.request_approval(sid, {"name": "x", "category": "UTILITY"})
    desk.asked(ContentSid=sid)
    assert desk.statuses()[1:] == ["sent", "delivered", "read"]


@pytest.mark.parametrize("word", ["STOP", "stop", " Unsubscribe ", "CANCEL", "End"])
def test_after_stop_an_sms_is_refused_until_start(desk: Desk, word: str) -> None:
    desk.phone.reply(sender=ANA, to=SMS_NUMBER, body=word)
    assert (desk.sms()[0], desk.sms()[1]["code"]) == (400, 21610)
    assert desk.sms(From="+15005550010")[0] == 201
    desk.phone.reply(sender=ANA, to=SMS_NUMBER, body="start")
    assert desk.sms()[0] == 201


@pytest.mark.parametrize("body", ["STOP PLEASE", "please stop", "BOOK"])
def test_only_the_bare_word_stops_sms(desk: Desk, body: str) -> None:
    desk.phone.reply(sender=ANA, to=SMS_NUMBER, body=body)
    assert desk.sms()[0] == 201


def test_on_whatsapp_nobody_but_us_heeds_a_stop(desk: Desk) -> None:
    desk.phone.reply(sender=PERSON, to=BUSINESS, body="STOP")
    assert desk.asked()[0] == 201


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": "+15005550001"}, 21211),
        ({"To": "+15005550002"}, 21612),
        ({"To": "+15005550003"}, 21408),
        ({"To": "+15005550004"}, 21610),
        ({"To": "+15005550009"}, 21614),
        ({"From": "+15005550001"}, 21212),
        ({"From": "+15005550007"}, 21606),
        ({"From": "+15005550008"}, 21611),
    ],
)
def test_magic_numbers_are_refused_with_their_code(desk: Desk, form: dict[str, str], code: int) -> None:
    status, answer = desk.sms(**form)
    assert (status, answer["code"]) == (400, code)
    assert desk.phone.messages() == []


@pytest.mark.parametrize("code", ["30008", "63024", "63049"])
def test_a_number_that_ends_in_a_code_fails_late_with_it(desk: Desk, code: str) -> None:
    desk.asked(To=f"whatsapp:+346000{code}")
    desk.later.run()
    assert desk.posted[-1].status in ("undelivered", "failed")
    assert desk.posted[-1].fields["ErrorCode"] == code


def test_a_template_nobody_has_written_is_refused(desk: Desk) -> None:
    assert desk.asked(ContentSid="HX" + "0" * 32)[1]["code"] == 21655


def test_a_seeded_template_has_the_same_sid_on_every_start(desk: Desk) -> None:
    assert Desk().content_sid == desk.content_sid


# People


def test_a_tap_is_the_button_its_words_and_the_message_it_was_on(desk: Desk) -> None:
    sid = desk.asked()[1]["sid"]
    desk.phone.reply(message_sid=sid, button="decline")
    fields = desk.heard()[0].fields
    sample = webhooks()["incoming_whatsapp_button"].fields
    assert fields.keys() == sample.keys() - {"MessagingServiceSid"}
    message = inbound_message(fields)
    assert (message.sender, message.body, message.button_payload) == (ANA, "No, thanks", "decline")
    assert (message.replied_to_sid, message.account_sid) == (sid, ACCOUNT_SID)


def test_a_tap_is_found_by_its_payload_too(desk: Desk) -> None:
    sid = desk.asked()[1]["sid"]
    desk.phone.reply(sender=PERSON, to=BUSINESS, button="accept")
    fields = desk.heard()[0].fields
    assert (fields["OriginalRepliedMessageSid"], fields["ButtonText"]) == (sid, "Book it")


def test_a_forwarded_offer_can_be_tapped_by_somebody_else(desk: Desk) -> None:
    sid = desk.asked()[1]["sid"]
    desk.phone.reply(message_sid=sid, sender="whatsapp:+34600000002", button="accept")
    message = inbound_message(desk.heard()[0].fields)
    assert (message.sender, message.button_payload) == ("+34600000002", "accept")


def test_a_button_nobody_offered_is_still_a_tap(desk: Desk) -> None:
    desk.phone.reply(sender=ANA, to=BUSINESS, button="forged", body="Book it")
    message = inbound_message(desk.heard()[0].fields)
    assert (message.channel, message.button_payload, message.body) == ("whatsapp", "forged", "Book it")


@pytest.mark.parametrize("name", ["incoming_whatsapp_text", "incoming_sms"])
def test_a_text_has_the_fields_of_twilios(desk: Desk, name: str) -> None:
    on_whatsapp = "whatsapp" in name
    sender, to = (PERSON, BUSINESS) if on_whatsapp else (ANA, SMS_NUMBER)
    desk.phone.reply(sender=sender, to=to, body="hola")
    assert desk.heard()[0].fields.keys() == webhooks()[name].fields.keys()


def test_a_swipe_answers_a_message_and_an_sms_cannot(desk: Desk) -> None:
    desk.phone.reply(message_sid=desk.asked()[1]["sid"], body="mejor mañana")
    desk.phone.reply(message_sid=desk.sms()[1]["sid"], body="BOOK")
    swiped, sms = (inbound_message(posted.fields) for posted in desk.heard())
    assert (swiped.replied_to_sid is None, sms.replied_to_sid is None) == (False, True)
    assert (sms.sender, sms.recipient) == (ANA, SMS_NUMBER)


def test_a_whatsapp_user_without_a_number_can_write(desk: Desk) -> None:
    desk.phone.reply(sender="whatsapp:US.13491208655302741918", to=BUSINESS, body="hi")
    fields = desk.heard()[0].fields
    assert "WaId" not in fields
    assert inbound_message(fields).sender == "US.13491208655302741918"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"message_sid": "SM0", "body": "x"}, "the SID of a message we sent"),
        ({"body": "x"}, "a message_sid, or from and to"),
        ({"sender": ANA, "to": SMS_NUMBER}, "a button or a body"),
        ({"sender": ANA, "to": SMS_NUMBER, "button": "accept"}, "SMS has no buttons"),
    ],
)
def test_what_a_phone_cannot_do_is_refused(desk: Desk, reply: dict[str, str], expected: str) -> None:
    with pytest.raises(ReplyRefused, match=expected):
        desk.phone.reply(**reply)
    assert desk.posted == []


# Webhooks that are not answered


@pytest.mark.parametrize("answer", [500, 403, ConnectionRefusedError(), TimeoutError(), RemoteDisconnected()], ids=repr)
def test_a_failed_webhook_is_tried_again_under_the_same_token(desk: Desk, answer: int | Exception) -> None:
    desk.answers.extend([answer, answer, 200])
    desk.phone.reply(sender=PERSON, to=BUSINESS, body="hola")
    desk.later.run()
    assert len(desk.posted) == 3
    assert len({posted.headers["I-Twilio-Idempotency-Token"] for posted in desk.posted}) == 1
    assert desk.later.delays[1:] == [0.25, 0.75]


def test_a_webhook_is_given_up_after_three_retries(desk: Desk) -> None:
    desk.answers.extend([500] * 9)
    desk.phone.reply(sender=PERSON, to=BUSINESS, body="hola")
    desk.later.run()
    assert len(desk.posted) == 4
    assert desk.phone.in_flight == 0


@pytest.mark.parametrize(("answer", "attempts"), [(500, 1), (TimeoutError(), 1), (ConnectionRefusedError(), 2)])
def test_without_overrides_only_a_connection_that_failed_is_tried_again(answer: int | Exception, attempts: int) -> None:
    desk = Desk(answers=deque([answer] * 5), incoming_url=urldefrag(Desk.incoming_url).url)
    desk.phone.reply(sender=PERSON, to=BUSINESS, body="hola")
    desk.later.run()
    assert len(desk.posted) == attempts


def test_in_flight_counts_until_the_last_callback_is_answered(desk: Desk) -> None:
    desk.asked()
    desk.phone.reply(sender=PERSON, to=BUSINESS, body="hola")
    assert desk.phone.in_flight == 2
    desk.later.run()
    assert desk.phone.in_flight == 0


# Faults


@pytest.mark.parametrize(
    ("code", "status"), [(None, 500), (503, 503), (429, 429), (20429, 429), (20003, 401), (21610, 400), (63016, 400)]
)
def test_error_refuses_and_sends_nothing(desk: Desk, code: int | None, status: int) -> None:
    desk.phone.faults.add("error", code)
    assert desk.asked()[0] == status
    assert desk.phone.messages() == []
    assert desk.asked()[0] == 201


@pytest.mark.parametrize(("code", "status"), [(None, 0), (500, 500)])
def test_lose_response_sends_without_saying_so(desk: Desk, code: int | None, status: int) -> None:
    desk.phone.faults.add("lose_response", code)
    assert desk.asked()[0] == status
    assert desk.statuses() == ["sent", "delivered", "read"]


def test_late_calls_back_seconds_later(desk: Desk) -> None:
    desk.phone.faults.add("late")
    desk.asked()
    assert desk.later.delays[0] >= 2
    desk.sms()
    assert desk.later.delays[1] < 1


def test_duplicate_calls_back_twice(desk: Desk) -> None:
    desk.phone.faults.add("duplicate")
    desk.asked()
    assert desk.statuses() == ["sent", "sent", "delivered", "delivered", "read", "read"]


def test_duplicate_meets_a_persons_message_too_under_another_token(desk: Desk) -> None:
    desk.phone.faults.add("duplicate")
    desk.phone.reply(sender=PERSON, to=BUSINESS, body="hola")
    desk.later.run()
    first, second = desk.posted
    assert first.fields == second.fields
    assert first.headers["I-Twilio-Idempotency-Token"] != second.headers["I-Twilio-Idempotency-Token"]


def test_reorder_reports_the_last_first(desk: Desk) -> None:
    desk.phone.faults.add("reorder")
    desk.asked()
    assert desk.statuses() == ["read", "delivered", "sent"]
    assert desk.shown["status"] == "read"


@pytest.mark.parametrize(("code", "reported"), [(None, "63024"), (63049, "63049")])
def test_undelivered_never_arrives(desk: Desk, code: int | None, reported: str) -> None:
    desk.phone.faults.add("undelivered", code)
    desk.asked()
    assert desk.statuses() == ["sent", "undelivered"]
    assert desk.posted[-1].fields["ErrorCode"] == reported


def test_no_callback_delivers_in_silence(desk: Desk) -> None:
    desk.phone.faults.add("no_callback")
    desk.asked()
    assert desk.statuses() == []
    assert desk.shown["status"] == "read"


def test_a_fault_is_used_up_as_often_as_it_was_asked_for(desk: Desk) -> None:
    desk.phone.faults.add("error", 429, times=2)
    assert [desk.asked()[0] for _ in range(3)] == [429, 429, 201]


def test_faults_of_several_kinds_meet_in_one_message(desk: Desk) -> None:
    desk.phone.faults.add("lose_response")
    desk.phone.faults.add("duplicate")
    desk.phone.faults.add("reorder")
    assert desk.asked()[0] == 0
    assert desk.statuses() == ["read", "read", "delivered", "delivered", "sent", "sent"]


def test_a_fault_nobody_knows_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="expected a fault of error, lose_response"):
        desk.phone.faults.add("explode")  # type: ignore[arg-type]


def test_templates_can_be_written_fetched_and_approved(desk: Desk) -> None:
    body = {"friendly_name": "x", "language": "en", "types": {"twilio/text": {"body": "Hi"}}, "variables": {"1": "a"}}
    created = desk.phone.create_content(body)[1]
    assert desk.phone.fetch_content(created["sid"]) == (200, created)
    assert desk.phone.fetch_approval(created["sid"])[1]["whatsapp"]["status"] == "unsubmitted"
    assert json.dumps(created)
    assert desk.phone.fetch_content("HX1")[0] == desk.phone.fetch_approval("HX1")[0] == 404
