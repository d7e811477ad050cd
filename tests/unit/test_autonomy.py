from decimal import Decimal

import pytest

from shared.domain.autonomy import autonomy
from shared.domain.settings import AutonomySettings, SalonSettings

DEFAULT = SalonSettings()


@pytest.mark.parametrize(
    ("kind", "discount", "level"),
    [
        ("gap_fill", 0, "full_auto"),
        ("gap_fill", 20, "full_auto"),
        ("gap_fill", 20.01, "supervised"),
        ("gap_fill", 35, "supervised"),
        ("gap_fill", 35.01, "manual_only"),
        ("waitlist_promotion", 0, "full_auto"),
        ("waitlist_promotion", 20, "full_auto"),
        ("waitlist_promotion", 20.01, "supervised"),
        ("waitlist_promotion", 35, "supervised"),
        ("waitlist_promotion", 35.01, "manual_only"),
        ("no_show_prevention", 0, "full_auto"),
        ("no_show_prevention", 20, "full_auto"),
        ("no_show_prevention", 20.01, "supervised"),
        ("no_show_prevention", 35, "supervised"),
        ("no_show_prevention", 35.01, "manual_only"),
        ("discount_offer", 0, "supervised"),
        ("discount_offer", 35, "supervised"),
        ("discount_offer", 35.01, "manual_only"),
        ("dynamic_pricing", 0, "supervised"),
        ("dynamic_pricing", 35, "supervised"),
        ("dynamic_pricing", 35.01, "manual_only"),
        ("refund", 0, "manual_only"),
        ("complaint", 0, "manual_only"),
        ("staff_matter", 0, "manual_only"),
    ],
)
def test_the_stricter_of_kind_and_discount_decides_who_may_act(kind: str, discount: float, level: str) -> None:
    assert autonomy(kind, discount_percent=discount, settings=DEFAULT).level == level


def test_an_offer_to_a_vip_asks_the_owner_unless_they_wait_for_exactly_this() -> None:
    assert autonomy("gap_fill", vip=True, settings=DEFAULT).level == "supervised"
    assert autonomy("gap_fill", vip=True, exact_waitlist_match=True, settings=DEFAULT).level == "full_auto"


@pytest.mark.parametrize(("discount", "level"), [(20, "supervised"), (35, "supervised"), (35.01, "manual_only")])
def test_an_offer_to_a_vip_is_never_freer_than_its_discount(discount: float, level: str) -> None:
    assert autonomy("gap_fill", discount_percent=discount, vip=True, settings=DEFAULT).level == level
    exact = autonomy("gap_fill", discount_percent=36, vip=True, exact_waitlist_match=True, settings=DEFAULT)
    assert exact.level == "manual_only"


@pytest.mark.parametrize("kind", list(AutonomySettings.model_fields))
def test_a_salon_may_set_any_kind_to_ask_it(kind: str) -> None:
    strict = SalonSettings.merged({"autonomy": {kind: "supervised"}})
    vip = kind == "vip_offers"
    asked = "gap_fill" if vip else kind
    assert autonomy(asked, vip=vip, settings=strict).level == "supervised"
    assert autonomy(asked, vip=vip, discount_percent=36, settings=strict).level == "manual_only"


@pytest.mark.parametrize("kind", ["refund", "complaint", "staff_matter"])
def test_no_setting_lets_an_agent_decide_what_is_for_a_person(kind: str) -> None:
    free = SalonSettings.merged({"autonomy": dict.fromkeys(AutonomySettings.model_fields, "full_auto")})
    assert autonomy(kind, settings=free).level == "manual_only"


def test_above_the_approval_amount_the_owner_is_asked_whatever_the_kind() -> None:
    limited = SalonSettings.merged({"approval_amount": 100})
    assert autonomy("gap_fill", amount=Decimal(100), settings=limited).level == "full_auto"
    assert autonomy("gap_fill", amount=Decimal("100.01"), settings=limited).level == "supervised"


def test_every_level_names_what_demanded_it() -> None:
    assert autonomy("gap_fill", discount_percent=25, settings=DEFAULT).reasons == ("a discount above 20 %",)
