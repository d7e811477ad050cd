"""The salon as its document says it is, and as much of it as can be read where something is wrong."""

from datetime import UTC, date, datetime

import pytest

from shared.salon.salon import Contact, Salon, zone_named

DOCUMENT = {"name": "Glow", "timezone": "Asia/Kolkata", "currency": "INR"}


@pytest.mark.parametrize("name", ["Mars/Phobos", "", "../etc/passwd", "Asia"])
def test_a_zone_that_does_not_exist_is_said_to_be_none(name: str) -> None:
    with pytest.raises(ValueError, match="expected") as refused:
        zone_named(name)
    assert str(refused.value) == f"expected an IANA timezone such as Asia/Kolkata, found {name!r}"


@pytest.mark.parametrize(
    ("given", "organization"), [({}, "s1"), ({"organization_id": None}, "s1"), ({"organization_id": "o1"}, "o1")]
)
def test_a_salon_that_names_no_organization_is_one_of_its_own(given: dict[str, object], organization: str) -> None:
    assert Salon.from_document("s1", {**DOCUMENT, **given}).organization_id == organization


def test_of_a_document_that_cannot_be_read_the_rest_is_known() -> None:
    owner = {"role": "owner", "phone": "+919876500001"}
    whole = Salon.readable_part("s1", {**DOCUMENT, "contacts": [owner]})
    assert whole == Salon.from_document("s1", {**DOCUMENT, "contacts": [owner]})
    part = Salon.readable_part(
        "s1", {"timezone": "Mars/Phobos", "currency": "inr", "contacts": [owner], "locale": "hi-IN"}
    )
    assert (part.id, part.name, part.timezone, part.currency) == ("s1", "s1", "UTC", "XXX")
    assert (part.locale, part.contacts[0].phone) == ("hi-IN", "+919876500001")
    assert Salon.readable_part("s1", {**DOCUMENT, "contacts": 5}).contacts == []


def test_a_contact_is_found_by_any_of_their_addresses_however_it_is_spelt() -> None:
    owner = Contact(name="Olga", role="owner", phone="+91 98765 00001", email="Olga@Glow.example")
    manager = Contact(role="manager", push_token="device-1")
    salon = Salon.from_document("s1", {**DOCUMENT, "contacts": [owner.stored(), manager.stored()]})
    assert salon.contact_at("whatsapp:+919876500001") == salon.contact_at("olga@glow.example") == owner
    assert salon.contact_at("device-1") == manager
    assert salon.contact_at("+919876500002") is None
    assert (owner.called, manager.called) == ("Olga", "manager")
    assert owner.addresses == ("+91 98765 00001", "Olga@Glow.example")


@pytest.mark.parametrize(("hour", "day"), [((18, 29), 23), ((18, 30), 24)])
def test_the_date_is_the_one_on_the_salons_wall(hour: tuple[int, int], day: int) -> None:
    salon = Salon.from_document("s1", DOCUMENT)
    assert salon.date_of(datetime(2026, 11, 23, *hour, tzinfo=UTC)) == date(2026, 11, day)


@pytest.mark.parametrize(
    ("own", "spoken"),
    [(None, "en-CA"), ("", "en-CA"), ("es", "es-CA"), ("en", "en-CA"), ("es-MX", "es-MX"), ("en_GB", "en_GB")],
)
def test_who_names_no_country_is_spoken_to_as_in_the_salons(own: str | None, spoken: str) -> None:
    assert Salon.from_document("s1", {**DOCUMENT, "locale": "en-CA"}).spoken_to(own) == spoken


@pytest.mark.parametrize(
    ("zone", "locale", "country"),
    [
        ("Europe/London", "en-GB", "GB"),
        ("America/Toronto", "en", "CA"),
        ("Asia/Kolkata", "en-GB", "IN"),
        ("UTC", "es-MX", "MX"),
        ("UTC", "es-419", None),
        ("UTC", "es", None),
    ],
)
def test_a_salon_is_in_the_country_of_its_zone_else_of_its_locale(zone, locale, country):
    salon = Salon(id="s1", name="One", organization_id="o1", timezone=zone, currency="EUR", locale=locale)
    assert salon.country == country
