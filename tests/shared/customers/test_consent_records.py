"""What the ledger of consents holds of what somebody said, and by which keys they are found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from local.memory.memory import MemoryDatabase, MemoryStore
from shared.customers.address_keys import keys_of
from shared.customers.consent import ConsentRecord, Statement, barred, started, stopped
from shared.customers.read_consents import entered, withdrawal_records
from shared.ports import Create
from shared.records.stored import natural_id
from shared.values.identity import address_key
from tests.shared.customers.test_consent import customer

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SAID = Statement("idn_1", "SM1", "s1", ("c1", "c2"), "carrier", "STOP", NOW)
WHATSAPP = [("whatsapp", "service"), ("whatsapp", "marketing")]
SMS = [("sms", "service"), ("sms", "marketing")]


@pytest.mark.parametrize(
    ("said", "pairs", "granted"),
    [
        (stopped, [*WHATSAPP, *SMS], False),
        (lambda said: started(said, "sms"), SMS, True),
        (lambda said: barred(said, "whatsapp"), WHATSAPP, False),
    ],
)
def test_a_word_about_being_asked_is_kept_with_who_said_it_where_and_when(
    said: Callable[[Statement], list[ConsentRecord]], pairs: list[tuple[str, str]], granted: bool
):
    assert said(SAID) == [
        ConsentRecord(
            id=natural_id("con", "idn_1", "SM1", channel, purpose), salon_id="s1", created_at=NOW, updated_at=NOW,
            identity="idn_1", customer_ids=["c1", "c2"], channel=channel, purpose=purpose, granted=granted,
            source="carrier", text="STOP", at=NOW,
        )
        for channel, purpose in pairs
    ]  # fmt: skip


def test_an_entry_has_the_same_id_in_every_release():
    assert stopped(SAID)[0].id == "con_96d711be977e87da253b"


@pytest.mark.parametrize(
    ("records", "word", "granted"), [(stopped(SAID), "withdrawn", False), (started(SAID, "sms"), "granted", True)]
)
def test_each_entry_is_recorded_without_what_was_written(records: list[ConsentRecord], word: str, granted: bool):
    later = NOW + timedelta(minutes=1)
    writes = entered(records, later, actor="ann")
    assert len(writes) == 2 * len(records)
    for record, made, fact in zip(records, writes[::2], writes[1::2], strict=True):
        assert isinstance(made, Create) and isinstance(fact, Create)
        assert made.path == f"consents/{record.id}"
        assert made.data == record.stored() | {
            "revision": 1, "updated_at": later, "audit_head": made.data["audit_head"],
        }  # fmt: skip
        said = {
            "event_type": "consent_changed", "actor": "ann", "announces": None, "severity": "info",
            "action": f"{record.purpose} on {record.channel} {word}",
            "details": {"granted": granted, "source": "carrier"}, "created_at": later,
        }  # fmt: skip
        assert {name: fact.data[name] for name in said} == said
    assert entered(records, later)[1].data["actor"] == "customer"


def test_the_ledger_is_read_by_address():
    documents = MemoryStore(MemoryDatabase()).salon("s1")
    ledger = {key: stopped(replace(SAID, identity=key)) for key in ("idn_1", "idn_2", "idn_3")}
    for records in ledger.values():
        assert documents.commit(*entered(records, NOW))
    found = withdrawal_records(documents, ["idn_1", "idn_3", "idn_4"])
    assert {key: {record.id for record in records} for key, records in found.items()} == {
        key: {record.id for record in ledger[key]} for key in ("idn_1", "idn_3")
    }


def test_a_customer_is_found_by_a_key_of_each_channel_and_by_none_without_an_address():
    keys = [address_key(b"secret", channel, "+919876543210") for channel in ("whatsapp", "sms")]
    assert keys_of(customer(), b"secret") == keys and len(set(keys)) == 2
    assert keys_of(customer(phone=None), b"secret") == [] == keys_of(customer(phone=""), b"secret")


def test_a_customer_of_whom_little_is_said_consented_to_nothing():
    plain = customer(consents={})
    assert (plain.loyalty_tier, plain.lifetime_value, plain.visit_count) == ("standard", 0, 0)
    assert not (plain.blocked or plain.open_complaint or plain.is_staff or plain.sooner_opt_in)
    for channel in ("whatsapp", "sms", "voice"):
        for purpose in ("marketing", "service"):
            assert not plain.consents.allows(channel, purpose)
            only = customer(consents={channel: {purpose: True}})
            assert only.consents.allows(channel, purpose)
