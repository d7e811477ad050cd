"""What a salon's owner is told when it connects, because it would else be found out by a customer."""

from typing import Any

import pytest

from functions.connect_salon.doubts import doubts
from shared.salon.salon import Salon
from tests.stories.salon import OWNER, ROOT, purposes, salon, texts

GLOW = {"name": "Glow", "timezone": "Europe/Berlin", "currency": "EUR", "locale": "en-GB"}


def told(**fields: Any) -> list[str]:
    return list(doubts(Salon.from_document("s1", {**GLOW, **fields})))


@pytest.mark.parametrize("locale", ["en", "en-GB", "es_MX", "FR-ca", "hi-IN"])
def test_of_a_language_of_ours_nothing_is_said(locale: str) -> None:
    assert told(locale=locale, contacts=[{"role": "owner", "locale": locale}, {"role": "manager"}]) == []


@pytest.mark.parametrize("locale", ["de-DE", "pt", "english", "enx-GB", "-"])
def test_that_a_salon_speaks_no_language_of_ours_is_told_with_what_it_means_and_what_we_speak(locale: str) -> None:
    [said] = told(locale=locale)
    assert f"the salon's locale is {locale}, and of its language we have no words" in said
    assert said.endswith("customers are written to in English. We speak English, Spanish, French, Hindi")


def test_so_it_is_of_each_contact_without_naming_them() -> None:
    contacts = [{"name": "Olga", "role": "owner"}, {"name": "Dieter", "role": "manager", "locale": "de"}]
    [said] = told(contacts=contacts)
    assert said.startswith("the locale of contact 2 is de, ") and "Dieter" not in said


@pytest.mark.parametrize(("currency", "known"), [("EUR", True), ("INR", True), ("XXQ", False), ("DOL", False)])
def test_a_currency_that_is_none_is_told(currency: str, known: bool) -> None:
    assert told(currency=currency) == ([] if known else [
        f"the salon's currency is {currency}, and there is none of that code: prices are written with it as it is. Expected is a "
        "code of ISO 4217, such as EUR"
    ])  # fmt: skip


@pytest.mark.parametrize("mode", ["live", "dry_run"])
def test_the_owner_hears_of_it_once_in_dry_run_too(mode: str) -> None:
    with salon(waiting=0, settings={"mode": mode}, locale="de-DE") as suite:
        suite.update(ROOT, name="Salon Eins")
        suite.run_until_idle()
        assert purposes(suite, OWNER) == ["owner_alert"]
        assert "We speak English, Spanish, French, Hindi" in texts(suite, OWNER)[0]
