"""What the fields of a webhook mean. Twilio adds and drops fields without notice."""

from typing import Any

import pytest

from shared.adapters.twilio import delivery_report, inbound_message
from shared.messaging.inbound import DeliveryReport
from shared.records.invalid import InvalidEvent
from tests.twilio_cases import ACCOUNT_SID, ANA, SMS_NUMBER, WHATSAPP_NUMBER, webhooks

WEBHOOKS = webhooks()
TEXT = WEBHOOKS["incoming_whatsapp_text"].fields
STATUS = WEBHOOKS["status_wa_undelivered_63049"].fields


def test_a_whatsapp_text_is_read_without_its_prefixes() -> None:
    message = inbound_message(TEXT)
    assert (message.channel, message.sender, message.recipient) == ("whatsapp", ANA, WHATSAPP_NUMBER)
    assert (message.message_sid, message.account_sid) == (TEXT["MessageSid"], ACCOUNT_SID)
    assert message.body == "Hola, ¿puedo cambiar la hora? 👍"
    assert (message.button_payload, message.replied_to_sid, message.opt_out) == (None, None, None)
    assert message.media_count == 0


def test_a_tapped_button_says_its_payload_and_the_message_it_was_on() -> None:
    message = inbound_message(WEBHOOKS["incoming_whatsapp_button"].fields)
    assert message.button_payload == "confirm:booking-42"
    assert message.replied_to_sid == "MM" + "1" * 32
    assert message.body == "Sí, confirmo"


def test_a_button_without_payload_is_only_its_words() -> None:
    message = inbound_message(WEBHOOKS["incoming_whatsapp_button_no_payload"].fields)
    assert (message.button_payload, message.body) == (None, "Sí, confirmo")


def test_a_picture_without_words_has_a_blank_body() -> None:
    message = inbound_message(WEBHOOKS["incoming_whatsapp_media"].fields)
    assert (message.body, message.media_count) == ("", 1)


def test_an_sms_is_told_by_its_bare_number() -> None:
    message = inbound_message(WEBHOOKS["incoming_sms"].fields)
    assert (message.channel, message.sender, message.recipient) == ("sms", ANA, SMS_NUMBER)


def test_a_stop_that_twilio_has_answered_is_marked() -> None:
    stop = WEBHOOKS["incoming_sms_stop"].fields
    assert inbound_message(stop).opt_out is None
    assert inbound_message({**stop, "OptOutType": "STOP"}).opt_out == "STOP"
    assert inbound_message({**stop, "OptOutType": "PAUSE"}).opt_out is None


def test_a_whatsapp_user_may_have_no_number() -> None:
    without_number = {name: value for name, value in TEXT.items() if name not in ("From", "WaId")}
    by_id = {**without_number, "ExternalUserId": "whatsapp:US.13491208655302741918"}
    assert inbound_message({**TEXT, "From": "whatsapp:US.1349"}).sender == "US.1349"
    assert inbound_message(by_id).sender == "US.13491208655302741918"
    with_both = inbound_message({**TEXT, "ExternalUserId": "whatsapp:US.1349"})
    assert (with_both.sender, with_both.user_id) == (inbound_message(TEXT).sender, "US.1349")


@pytest.mark.parametrize("name", sorted(TEXT.keys() - {"MessageSid", "From", "To"}))
def test_any_other_field_may_be_missing(name: str) -> None:
    fields = {key: value for key, value in TEXT.items() if key != name}
    assert inbound_message({**fields, "NewField": "x"}).message_sid == TEXT["MessageSid"]


@pytest.mark.parametrize("name", ["MessageSid", "From", "To"])
def test_without_who_wrote_to_whom_nothing_can_be_done(name: str) -> None:
    with pytest.raises(InvalidEvent, match=f"expected {name}") as raised:
        inbound_message({key: value for key, value in TEXT.items() if key != name})
    assert "34600000001" not in str(raised.value)


def test_what_comes_by_rcs_is_heard_as_an_sms() -> None:
    """A STOP must not be dropped because of the way it came; the opt-outs of both are one."""
    message = inbound_message({**TEXT, "From": f"rcs:{ANA}", "To": f"rcs:{SMS_NUMBER}", "Body": "STOP"})
    assert (message.channel, message.sender, message.recipient) == ("sms", ANA, SMS_NUMBER)


def test_a_channel_we_do_not_speak_is_refused_without_naming_the_person() -> None:
    with pytest.raises(InvalidEvent, match="'messenger'") as raised:
        inbound_message({**TEXT, "From": "messenger:12345"})
    assert "12345" not in str(raised.value)


@pytest.mark.parametrize("count", ["", "many", "-1", "²", "9" * 30, "9" * 5000], ids=len)
def test_a_count_that_is_no_number_counts_nothing(count: str) -> None:
    assert inbound_message({**TEXT, "NumMedia": count}).media_count == 0


def test_a_report_carries_our_reference_and_the_error() -> None:
    report = delivery_report(STATUS, {"mid": "42"})
    assert report == DeliveryReport("SM" + "9" * 32, "undelivered", 63049, "42")


def test_a_report_may_lack_reference_and_error() -> None:
    report = delivery_report(WEBHOOKS["status_sms_sent"].fields, {})
    assert report == DeliveryReport("SM" + "8" * 32, "sent", None, None)


@pytest.mark.parametrize("missing", [{"MessageSid", "SmsSid"}, {"MessageStatus", "SmsStatus"}])
def test_what_names_no_message_or_no_status_is_no_report(missing: set[str]) -> None:
    fields: dict[str, Any] = {key: value for key, value in STATUS.items() if key not in missing}
    assert delivery_report(fields, {"mid": "42"}) is None


def test_a_call_is_no_message() -> None:
    assert delivery_report(WEBHOOKS["voice_call_status_completed"].fields, {"mid": "42"}) is None
