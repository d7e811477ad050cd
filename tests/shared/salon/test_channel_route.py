"""Whose a sending number is, as salons claim it, share it and leave it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.records.invalid import InvalidEvent
from shared.salon.channel_route import ChannelRoute, claimed, key_of, route_path, shared_outside, wanted_keys
from shared.salon.salon import Messaging, Salon

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
BEFORE = NOW - timedelta(days=9)
NUMBER = "+14155238886"


def salon(id: str = "s1", organization_id: str = "o1", **messaging: str) -> Salon:
    return Salon(
        id=id, name=id, organization_id=organization_id, timezone="UTC", currency="USD", messaging=Messaging(**messaging),
    )  # fmt: skip


def route(*salon_ids: str, organization_id: str = "o1") -> ChannelRoute:
    return ChannelRoute(
        account_sid="AC1",
        number=NUMBER,
        organization_id=organization_id,
        salon_ids=list(salon_ids),
        holders=dict.fromkeys(salon_ids, BEFORE),
    )


@pytest.mark.parametrize(
    ("messaging", "keys"),
    [
        ({}, {}),
        ({"whatsapp_from": NUMBER}, {}),
        ({"account_sid": "AC1"}, {}),
        ({"account_sid": "AC1", "whatsapp_from": f"whatsapp:{NUMBER}"}, {f"AC1:{NUMBER}": ("AC1", NUMBER)}),
        (
            {"account_sid": "AC1", "whatsapp_from": NUMBER, "sms_from": "+1 415 523 8886"},
            {f"AC1:{NUMBER}": ("AC1", NUMBER)},
        ),
        (
            {"account_sid": "AC1", "whatsapp_from": NUMBER, "sms_from": "+15005550006"},
            {f"AC1:{NUMBER}": ("AC1", NUMBER), "AC1:+15005550006": ("AC1", "+15005550006")},
        ),
    ],
)
def test_a_salon_wants_each_number_of_its_account_once(
    messaging: dict[str, str], keys: dict[str, tuple[str, str]]
) -> None:
    assert wanted_keys(salon(**messaging)) == keys


def test_the_first_holds_a_number_and_others_of_its_organization_join() -> None:
    first = claimed(None, "AC1", NUMBER, salon(), BEFORE)
    assert first == route("s1")
    second = claimed(first, "AC1", NUMBER, salon("s0"), NOW)
    assert second is not None and second.salon_ids == ["s0", "s1"]
    assert second.holders == {"s0": NOW, "s1": BEFORE}


def test_who_claims_again_holds_it_since_the_first_time() -> None:
    assert claimed(route("s1", "s2"), "AC1", NUMBER, salon(), NOW) == route("s1", "s2")


def test_a_number_of_one_organization_is_never_anothers() -> None:
    stranger = salon("s9", "o9")
    assert claimed(route("s1"), "AC1", NUMBER, stranger, NOW) is None
    assert claimed(route("s1", "s9"), "AC1", NUMBER, stranger, NOW) is None
    alone = claimed(route("s9"), "AC1", NUMBER, stranger, NOW)
    assert alone == route("s9", organization_id="o9"), "who holds it alone takes it along"


def test_who_left_the_organization_shares_with_strangers_unless_they_are_alone() -> None:
    moved = salon(organization_id="o2")
    assert shared_outside(route("s1", "s2"), moved)
    assert not shared_outside(route("s1"), moved)
    assert not shared_outside(route("s1", "s2"), salon())


def test_a_route_that_nobody_holds_does_not_exist() -> None:
    assert route("s1", "s2").without("s1") == route("s2")
    assert route("s1").without("s1") is None
    assert route("s1").without("s2") == route("s1")


def test_a_route_is_found_by_its_account_and_number() -> None:
    assert key_of("AC1", "whatsapp:+1 (415) 523-8886") == f"AC1:{NUMBER}"
    assert route_path("AC1", NUMBER) == f"channel_routes/AC1:{NUMBER}"


@pytest.mark.parametrize(
    ("account", "number", "shown"),
    [("AC1", "a/b", "AC1:a/b"), ("A/C", NUMBER, f"A/C:{NUMBER}"), ("A", "/" * 120, "A:" + "/" * 98)],
)
def test_what_would_name_a_document_elsewhere_is_no_number(account: str, number: str, shown: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        route_path(account, number)
    assert str(refused.value) == f"expected an account and a number, found {shown!r}"
