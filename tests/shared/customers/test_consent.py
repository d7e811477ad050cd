from datetime import UTC, datetime, timedelta

import pytest

from shared.customers.consent import NoChannel, Statement, channel_for, standing, started, stopped, withdrawn
from shared.customers.customer import Customer
from shared.salon.salon import Salon

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
BOTH = {"whatsapp": {"marketing": True, "service": True}, "sms": {"marketing": True, "service": True}}


def customer(**fields) -> Customer:
    return Customer.from_document("c1", {"name": "Priya", "phone": "+919876543210", "consents": BOTH, **fields})


def salon(**messaging) -> Salon:
    sends = {"account_sid": "AC1", "whatsapp_from": "+14155238886", "sms_from": "+14155550100", **messaging}
    return Salon.from_document(
        "s1", {"name": "Glow", "timezone": "Asia/Kolkata", "currency": "INR", "messaging": sends}
    )


def said(kind, identity="wa", at=NOW, said_id="SM1", **more):
    return kind(Statement(identity, said_id, "s1", ["c1"], "message", "x", at), **more)


def test_whatsapp_comes_first_and_sms_where_it_cannot_be():
    assert channel_for(customer(), salon(), "marketing") == "whatsapp"
    assert channel_for(customer(), salon(whatsapp_from=None), "marketing") == "sms"
    only_sms = customer(consents={"sms": {"service": True}})
    assert channel_for(only_sms, salon(), "service") == "sms"
    assert channel_for(customer(), salon(), "marketing", {("whatsapp", "marketing")}) == "sms"


@pytest.mark.parametrize(
    ("who", "place", "withdrawals", "reason"),
    [
        ({"phone": None}, {}, set(), "no address"),
        ({"consents": {}}, {}, set(), "no consent for marketing"),
        ({"consents": {"whatsapp": {"service": True}}}, {}, set(), "no consent for marketing"),
        ({"consents": {"voice": {"marketing": True}}}, {}, set(), "no consent for marketing"),
        ({}, {}, {("whatsapp", "marketing"), ("sms", "marketing")}, "opted out"),
        ({}, {"whatsapp_from": None, "sms_from": None}, set(), "the salon has no number for whatsapp or sms"),
    ],
)
def test_without_consent_address_and_number_nobody_is_asked(who, place, withdrawals, reason):
    assert channel_for(customer(**who), salon(**place), "marketing", withdrawals) == NoChannel(reason)


def test_a_stop_ends_the_asks_of_every_channel():
    opted_out = withdrawn(said(stopped))
    assert isinstance(channel_for(customer(), salon(), "marketing", opted_out), NoChannel)
    assert isinstance(channel_for(customer(), salon(), "service", opted_out), NoChannel)


def test_a_start_restores_only_the_channel_it_came_by():
    ledger = [
        *said(stopped, identity="sms-address"),
        *said(started, identity="wa-address", channel="whatsapp", said_id="SM2", at=NOW + timedelta(hours=1)),
    ]
    assert withdrawn(ledger) == {("sms", "service"), ("sms", "marketing")}


def test_a_start_is_no_consent_where_none_was_recorded():
    opted_out = withdrawn(said(started, channel="whatsapp"))
    assert channel_for(customer(consents={}), salon(), "service", opted_out) == NoChannel("no consent for service")


def test_the_latest_word_counts_in_whatever_order_it_is_read_and_of_two_at_once_the_no():
    stop, start = said(stopped), said(started, channel="whatsapp", said_id="SM2")
    for ledger in ([*stop, *start], [*start, *stop]):
        assert standing(ledger)["whatsapp", "marketing"] is False
    later = said(started, channel="whatsapp", said_id="SM3", at=NOW + timedelta(seconds=1))
    for ledger in ([*stop, *later], [*later, *stop]):
        assert standing(ledger)["whatsapp", "marketing"] is True


def test_the_same_message_worked_on_again_makes_the_same_records():
    assert [record.path for record in said(stopped)] == [record.path for record in said(stopped)]
    assert len({record.path for record in [*said(stopped), *said(stopped, said_id="SM2")]}) == 8
