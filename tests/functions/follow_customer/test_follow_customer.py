"""The addresses at which a customer is known follow what the app writes: heard once, twice, late, or only when the salon connects."""

from datetime import timedelta
from typing import Any

import pytest

from local.in_process import Suite
from shared.values.identity import address_key
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    asked,
    cancel,
    customer,
    offers,
    ours,
    outreach_of,
    phone,
    run_without,
    salon,
    texts,
    why_not,
    write,
)

ODD = "(07700) 900.100"
"""Readable, and as no query would look for it."""


def known_at(suite: Suite, number: str) -> list[str]:
    """The customers known there, by WhatsApp and by SMS."""
    keys = [address_key(suite.deployment.signing_key, channel, number) for channel in ("whatsapp", "sms")]
    found = [suite.get(f"{ROOT}/identities/{key}") or {} for key in keys]
    assert found[0].get("customer_ids", []) == found[1].get("customer_ids", [])
    return sorted(found[0].get("customer_ids", []))


def announced(suite: Suite, event_type: str) -> list[str]:
    return [
        each["resource_id"] for each in suite.list(f"{ROOT}/audit_logs").values() if each["announces"] == event_type
    ]


def outcomes(suite: Suite) -> dict[str, int]:
    return {outcome: times for (name, outcome), times in suite.outcomes.items() if name == "follow_customer"}


def changed(suite: Suite, **fields: Any) -> None:
    suite.update(f"{ROOT}/customers/c0", **fields)
    suite.run_until_idle()


def said_now(how: str = "at the desk") -> dict[str, Any]:
    return {"how": how, "at": NOW + timedelta(minutes=1)}


def test_whose_number_is_spelt_oddly_is_known_by_its_canonical_form():
    with salon(waiting=1) as suite:
        changed(suite, phone=ODD)
        cancel(suite)
        write(suite, "STOP", sender=phone(0))
        suite.run_until_idle()
        assert known_at(suite, phone(0)) == ["c0"]
        assert {tuple(entry["customer_ids"]) for entry in suite.list(f"{ROOT}/consents").values()} == {("c0",)}


def test_two_customers_of_one_number_are_one_person_to_be_known():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/customers/mother", customer(0))
        suite.run_until_idle()
        assert known_at(suite, phone(0)) == ["c0", "mother"]


def test_a_new_customer_is_announced_once():
    with salon(waiting=0) as suite:
        suite.put(f"{ROOT}/customers/new", customer(5))
        suite.run_until_idle()
        changed_again = customer(5, name="Other")
        suite.put(f"{ROOT}/customers/new", changed_again)
        suite.run_until_idle()
        assert announced(suite, "CUSTOMER_CREATED").count("new") == 1


def test_a_write_that_changes_no_address_and_no_consent_reads_nothing():
    with salon(waiting=1) as suite:
        before = outcomes(suite).get("nothing to follow", 0)
        suite.update(f"{ROOT}/customers/c0", visit_count=7)
        read = []
        get = suite.database.get
        suite.database.get = lambda paths: read.extend(paths) or get(paths)  # type: ignore[method-assign]
        suite.run_until_idle()
        assert outcomes(suite)["nothing to follow"] == before + 1 and read == []


def sourced(suite: Suite) -> None:
    """The consent of c0 as the app writes it, with its source."""
    changed(suite, consent_source={"how": "online form", "at": NOW - timedelta(days=90)})


def test_a_number_that_changed_takes_no_consent_along_that_was_given_for_the_other():
    with salon(waiting=1) as suite:
        sourced(suite)
        changed(suite, phone=phone(7))
        cancel(suite)
        assert asked(suite) == [] and why_not(suite)["c0"] == "opted out"
        assert (known_at(suite, phone(0)), known_at(suite, phone(7))) == ([], ["c0"])


def test_a_number_that_changed_with_a_source_takes_its_consent_along():
    with salon(waiting=1) as suite:
        sourced(suite)
        changed(suite, phone=phone(7), consent_source=said_now())
        cancel(suite)
        assert asked(suite) == ["c0"]


def test_an_app_that_names_no_sources_speaks_of_the_customer_whatever_their_number():
    with salon(waiting=1) as suite:
        changed(suite, phone=phone(7))
        cancel(suite)
        assert asked(suite) == ["c0"]


def test_consent_that_is_given_at_the_new_number_counts_from_then_on():
    with salon(waiting=1) as suite:
        sourced(suite)
        changed(suite, phone=phone(7))
        suite.advance(minutes=1)
        changed(suite, consent_source=said_now())
        cancel(suite)
        assert asked(suite) == ["c0"]


def test_who_says_start_at_the_new_number_is_asked_there():
    with salon(waiting=1) as suite:
        sourced(suite)
        changed(suite, phone=phone(7))
        suite.advance(minutes=1)
        write(suite, "START", sender=phone(7))
        suite.run_until_idle()
        cancel(suite)
        assert asked(suite) == ["c0"]


def test_a_stop_follows_whoever_changes_their_number():
    with salon(waiting=1) as suite:
        write(suite, "STOP", sender=phone(0))
        suite.run_until_idle()
        changed(suite, phone=phone(7))
        cancel(suite)
        assert asked(suite) == []


def test_a_source_that_the_app_names_overrules_no_stop_of_their_own():
    with salon(waiting=1) as suite:
        sourced(suite)
        changed(suite, phone=phone(7))
        write(suite, "STOP", sender=phone(7))
        suite.run_until_idle()
        changed(suite, consent_source=said_now())
        cancel(suite)
        assert asked(suite) == []


def test_the_same_number_in_another_spelling_is_no_new_number():
    with salon(waiting=1) as suite:
        changed(suite, phone="07700 900100")
        cancel(suite)
        assert asked(suite) == ["c0"]


@pytest.mark.parametrize("number", ["ask her sister", "12", "07700900100 / 07700900101"])
def test_a_number_that_cannot_be_read_is_set_aside_and_its_owner_told_once(number: str):
    with salon(waiting=2) as suite:
        changed(suite, phone=number)
        suite.update(f"{ROOT}/customers/c1", phone=number)
        changed(suite, phone=f"{number} ")
        told = [text for text in texts(suite, OWNER) if "phone" in text]
        assert len(told) == 1 and "the phone number of Customer 0" in told[0] and number not in told[0]
        assert known_at(suite, phone(0)) == ["c0"], "nothing is known of another number"


def test_events_that_come_late_and_twice_end_as_the_customer_stands():
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/customers/c0", phone=phone(7), consent_source=said_now())
        first = list(suite.waiting)
        suite.update(f"{ROOT}/customers/c0", phone=phone(8))
        suite.waiting += first
        suite.run_until_idle()
        assert [known_at(suite, phone(number)) for number in (0, 7, 8)] == [[], [], ["c0"]]


def test_customers_who_were_there_before_are_taken_in_when_their_salon_connects():
    with Suite(now=NOW) as suite:
        for number in range(120):
            suite.put(f"{ROOT}/customers/c{number}", customer(number, phone=f"+44770090{1000 + number}"))
        suite.put(f"{ROOT}/customers/shares", customer(99, phone="+447700901099"))
        suite.run_until_idle()
        assert suite.list(f"{ROOT}/identities") == {}
        suite.put(ROOT, {"name": "One", "timezone": "Europe/London", "currency": "GBP", "created_at": NOW})
        suite.run_until_idle()
        assert len(suite.list(f"{ROOT}/identities")) == 240
        assert known_at(suite, "+447700901099") == ["c99", "shares"]
        assert suite.failures == []


def test_a_customer_who_is_deleted_is_known_nowhere():
    with salon(waiting=1) as suite:
        suite.delete(f"{ROOT}/customers/c0")
        suite.run_until_idle()
        assert known_at(suite, phone(0)) == []


def test_a_reply_before_the_identity_is_kept_is_known_by_its_usual_spellings():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/customers/c0", customer(0, phone="07700 900100"))
        run_without(suite, "follow_customer")
        cancel(suite)
        suite.reply(offers(suite)[0], body="yes")
        run_without(suite, "follow_customer")
        assert len(ours(suite)) == 1 and outreach_of(suite, "c0")["response"]["action"] == "booked"
        suite.run_until_idle()
