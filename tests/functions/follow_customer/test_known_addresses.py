"""At which addresses a customer is known, and what their consent is worth at a new one."""

from datetime import UTC, datetime

from functions.follow_customer.known_addresses import known_at
from shared.customers.identity import Identity

THEN, LATER = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
HERE = {"idn_new": "whatsapp"}


def of(*customers: str, at: datetime | None = THEN) -> Identity:
    return Identity(channel="whatsapp", customer_ids=list(customers), consented_at=dict.fromkeys(customers, at))


def test_who_is_new_is_known_at_their_address_with_the_consent_they_gave() -> None:
    known = known_at("c0", address=HERE, standing={}, consented_at=THEN)
    assert known.identities == {"idn_new": of("c0")} and known.consent == "was given anew"


def test_looking_again_changes_nothing() -> None:
    known = known_at("c0", address=HERE, standing={"idn_new": of("c0")}, consented_at=THEN)
    assert known.identities == {} and known.consent == "carries on"


def test_a_new_number_does_not_bring_a_consent_that_was_given_for_the_old_one() -> None:
    known = known_at("c0", address=HERE, standing={"idn_old": of("c0", "c1")}, consented_at=THEN)
    assert known.identities == {"idn_old": of("c1"), "idn_new": of("c0")}
    assert known.consent == "was given for another number"


def test_a_new_number_brings_the_consent_of_an_app_that_names_no_sources_and_what_was_withdrawn() -> None:
    known = known_at("c0", address=HERE, standing={"idn_old": of("c0", at=None)}, consented_at=None)
    assert known.consent == "comes along" and known.left == ("idn_old",)


def test_a_new_number_with_a_new_source_has_its_consent() -> None:
    known = known_at("c0", address=HERE, standing={"idn_old": of("c0")}, consented_at=LATER)
    assert known.consent == "was given anew"


def test_who_is_reached_there_already_keeps_their_own_consent() -> None:
    known = known_at("c0", address=HERE, standing={"idn_old": of("c0"), "idn_new": of("mother")}, consented_at=THEN)
    assert known.identities["idn_new"].customer_ids == ["mother", "c0"] and known.consent == "carries on"


def test_a_source_that_is_newer_gives_the_consent_anew_at_the_same_number() -> None:
    known = known_at("c0", address=HERE, standing={"idn_new": of("c0")}, consented_at=LATER)
    assert known.identities == {"idn_new": of("c0", at=LATER)} and known.consent == "was given anew"


def test_who_has_no_number_for_a_while_has_moved_all_the_same() -> None:
    assert known_at("c0", address={}, standing={"idn_old": of("c0")}, consented_at=THEN).identities == {}


def test_who_is_gone_is_known_nowhere() -> None:
    known = known_at("c0", address={}, standing={"idn_old": of("c0", "c1")}, consented_at=None, gone=True)
    assert known.identities == {"idn_old": of("c1")}
