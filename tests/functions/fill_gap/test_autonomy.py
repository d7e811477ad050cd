from decimal import Decimal
from typing import Any, get_args

import pytest

from functions.fill_gap.autonomy import PERSONAL, STRICTNESS, autonomy, strictest
from functions.fill_gap.settings import Settings
from shared.asking.decision import DecisionType
from shared.salon.settings import AutonomyLevel, AutonomySettings

DEFAULT = Settings()


ALONE = {0: "full_auto", 20: "full_auto", 20.01: "supervised", 35: "supervised", 35.01: "manual_only"}
ASKED = {0: "supervised", 20: "supervised", 20.01: "supervised", 35: "supervised", 35.01: "manual_only"}
NEVER = dict.fromkeys(ALONE, "manual_only")
TABLE = {
    "gap_fill": ALONE,
    "waitlist_promotion": ALONE,
    "no_show_prevention": ALONE,
    "retention": ALONE,
    "upsell": ALONE,
    "discount_offer": ASKED,
    "dynamic_pricing": ASKED,
    "refund": NEVER,
    "complaint": NEVER,
    "staff_matter": NEVER,
}


@pytest.mark.parametrize(("kind", "levels"), TABLE.items(), ids=TABLE)
def test_the_stricter_of_kind_and_discount_decides_who_may_act(kind: str, levels: dict[float, str]) -> None:
    found = {percent: autonomy(kind, discount_percent=percent, settings=DEFAULT).level for percent in levels}
    assert found == levels


def test_every_kind_of_decision_has_its_row_and_its_setting() -> None:
    assert set(TABLE) == {*get_args(DecisionType), *PERSONAL}
    assert set(AutonomySettings.model_fields) == {*get_args(DecisionType), "vip_offers"}


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
    strict = Settings.merged({"autonomy": {kind: "supervised"}})
    vip = kind == "vip_offers"
    asked = "gap_fill" if vip else kind
    assert autonomy(asked, vip=vip, settings=strict).level == "supervised"
    assert autonomy(asked, vip=vip, discount_percent=36, settings=strict).level == "manual_only"


@pytest.mark.parametrize("kind", PERSONAL)
def test_no_setting_lets_an_agent_decide_what_is_for_a_person(kind: str) -> None:
    free = Settings.merged({"autonomy": dict.fromkeys(AutonomySettings.model_fields, "full_auto")})
    assert autonomy(kind, settings=free).level == "manual_only"


def test_above_the_approval_amount_the_owner_is_asked_whatever_the_kind() -> None:
    limited = Settings.merged({"approval_amount": 100})
    assert autonomy("gap_fill", amount=Decimal(100), settings=limited).level == "full_auto"
    assert autonomy("gap_fill", amount=Decimal("100.01"), settings=limited).level == "supervised"


@pytest.mark.parametrize("amount", [Decimal(0), Decimal("0.01"), Decimal(10**6)])
def test_without_an_approval_amount_none_is_too_large(amount: Decimal) -> None:
    assert autonomy("gap_fill", amount=amount, settings=DEFAULT).level == "full_auto"


def test_an_approval_amount_of_nothing_asks_about_everything_that_costs() -> None:
    nothing = Settings.merged({"approval_amount": 0})
    assert autonomy("gap_fill", amount=Decimal(0), settings=nothing).level == "full_auto"
    assert autonomy("gap_fill", amount=Decimal("0.01"), settings=nothing).level == "supervised"


@pytest.mark.parametrize("one", STRICTNESS)
@pytest.mark.parametrize("other", STRICTNESS)
def test_of_two_levels_the_stricter_counts(one: AutonomyLevel, other: AutonomyLevel) -> None:
    assert STRICTNESS == get_args(AutonomyLevel) == ("full_auto", "supervised", "manual_only")
    assert strictest([one, other]) == (other if STRICTNESS.index(other) > STRICTNESS.index(one) else one)


@pytest.mark.parametrize(
    ("kind", "given", "reasons"),
    [
        ("gap_fill", {}, ("gap_fill is full_auto in this salon",)),
        ("gap_fill", {"discount_percent": 25}, ("a discount above 20 %",)),
        ("gap_fill", {"discount_percent": 36}, ("a discount above 35 %",)),
        ("gap_fill", {"vip": True}, ("an offer to a VIP",)),
        ("gap_fill", {"amount": Decimal(101)}, ("an amount above 100",)),
        (
            "discount_offer",
            {"vip": True, "amount": Decimal(101), "discount_percent": 25},
            (
                "discount_offer is supervised in this salon",
                "a discount above 20 %",
                "an offer to a VIP",
                "an amount above 100",
            ),
        ),
        ("refund", {"vip": True}, ("refunds are for a person",)),
        ("staff_matter", {"discount_percent": 36}, ("staff matters are for a person", "a discount above 35 %")),
    ],
)
def test_every_level_names_all_that_demanded_it_and_nothing_that_demanded_less(
    kind: str, given: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    limited = Settings.merged({"approval_amount": 100})
    assert autonomy(kind, **given, settings=limited).reasons == reasons


def test_without_a_discount_named_there_is_none() -> None:
    none = Settings.merged({"discounts": {"max_auto_percent": 0, "max_supervised_percent": 0}})
    assert autonomy("gap_fill", settings=none).level == "full_auto"
