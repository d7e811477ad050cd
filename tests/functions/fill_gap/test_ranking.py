"""What asking somebody is worth, component by component."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.fill_gap.ranking import Worth, urgency_points, worth
from shared.calendar.service import Service
from shared.customers.customer import Customer

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def of(probability: float = 0.2, price: float = 500, lead_hours: float = 30, **customer: Any) -> Worth:
    return worth(
        Customer.from_document("c1", {"name": "C", **customer}),
        Service.from_document("cut", {"name": "Cut", "duration_minutes": 60, "price": price}),
        probability=probability,
        lead=timedelta(hours=lead_hours),
    )


@given(st.floats(0.01, 0.99), st.floats(1, 1e5), st.integers(0, 10**6), st.sampled_from(["standard", "platinum"]))
def test_a_score_is_a_share_of_the_best_possible_and_never_saturates_below_it(
    probability: float, price: float, value: int, tier: str
) -> None:
    found = of(probability, price, lifetime_value=value, loyalty_tier=tier)
    assert 0 <= found.score < 100


@pytest.mark.parametrize(
    ("lead", "points"),
    [
        (timedelta(minutes=1), 10),
        (2 * HOUR - SECOND, 10),
        (2 * HOUR, 5),
        (6 * HOUR - SECOND, 5),
        (6 * HOUR, 2),
        (24 * HOUR - SECOND, 2),
        (24 * HOUR, 0),
    ],
)
def test_what_starts_soon_is_urgent(lead: timedelta, points: int) -> None:
    assert urgency_points(lead) == points


@pytest.mark.parametrize(
    ("component", "of_a_hundred", "customer"),
    [
        ("loyalty_bonus", 2, {"loyalty_tier": "bronze"}),
        ("loyalty_bonus", 5, {"loyalty_tier": "silver"}),
        ("loyalty_bonus", 10, {"loyalty_tier": "gold"}),
        ("loyalty_bonus", 15, {"loyalty_tier": "platinum"}),
        ("ltv_multiplier", 2, {"lifetime_value": 10_000}),
        ("ltv_multiplier", 10, {"lifetime_value": 50_000}),
        ("ltv_multiplier", 10, {"lifetime_value": 10**6}),
        ("service_match", 5, {"preferred_service_ids": ["wash", "cut"]}),
        ("service_match", 0, {"preferred_service_ids": ["wash"]}),
        ("history", 0, {"visit_count": 4}),
        ("history", 3, {"visit_count": 5}),
    ],
)
def test_each_component_is_its_share_of_the_price_and_adds_to_what_is_expected(
    component: str, of_a_hundred: float, customer: dict[str, Any]
) -> None:
    found, plain = of(price=200, **customer), of(price=200)
    assert getattr(found, component) == 2 * of_a_hundred
    assert found.expected - plain.expected == pytest.approx(0.2 * 2 * of_a_hundred)


def test_components_are_kept_to_the_cent() -> None:
    found = of(price=111, loyalty_tier="silver", lifetime_value=50_000, preferred_service_ids=["cut"], visit_count=5)
    assert (found.loyalty_bonus, found.ltv_multiplier) == (5.55, 11.1)
    assert (found.service_match, found.history) == (5.55, 3.33)


def test_the_best_imaginable_customer_has_the_full_score() -> None:
    found = of(
        1.0, lead_hours=1, loyalty_tier="platinum", lifetime_value=50_000, preferred_service_ids=["cut"], visit_count=5
    )
    assert found.score == 100
    assert found.urgency_factor == 50 and found.margin_contribution == 300
    assert found.expected == pytest.approx(300 + 50 + 75 + 50 + 25 + 15)


def test_a_service_without_a_price_is_worth_nothing_and_harms_nothing() -> None:
    assert of(price=0, loyalty_tier="platinum").score == 0


def test_a_likely_regular_is_worth_more_than_an_unlikely_vip() -> None:
    assert of(0.25).expected > of(0.05, loyalty_tier="platinum", lifetime_value=10**6).expected


def test_of_equally_likely_customers_the_better_relationship_comes_first() -> None:
    order = ["standard", "bronze", "silver", "gold", "platinum"]
    values = [of(loyalty_tier=tier).expected for tier in order]
    assert values == sorted(values) and len(set(values)) == 5


def test_prices_are_compared_as_they_are() -> None:
    assert of(price=300).expected < of(price=500).expected < of(price=5000).expected


def test_bonuses_weigh_the_same_in_every_currency() -> None:
    assert of(price=50, loyalty_tier="gold").score == of(price=5000, loyalty_tier="gold").score


def test_a_discount_is_paid_from_the_margin() -> None:
    customer = Customer.from_document("c1", {"name": "C"})
    service = Service.from_document("cut", {"name": "Cut", "duration_minutes": 60, "price": Decimal(100)})
    found = worth(customer, service, probability=1.0, lead=timedelta(hours=30), discount_percent=20)
    assert found.margin_contribution == 48.0


def test_the_owner_reads_every_component_to_the_cent_and_the_score_to_a_tenth() -> None:
    customer = Customer.from_document(
        "c1",
        {
            "name": "C", "loyalty_tier": "bronze", "lifetime_value": 12_345, "preferred_service_ids": ["cut"], "visit_count": 5,
        },
    )  # fmt: skip
    service = Service.from_document("cut", {"name": "Cut", "duration_minutes": 60, "price": 33.37, "margin": 0.55})
    found = worth(customer, service, probability=0.25, lead=3 * HOUR, discount_percent=12.5)
    assert replace(found, expected=round(found.expected, 4)) == Worth(
        base_revenue=33.37,
        margin_contribution=16.06,
        ltv_multiplier=0.82,
        loyalty_bonus=0.67,
        urgency_factor=1.67,
        service_match=1.67,
        history=1.0,
        expected=5.4722,
        score=16.7,
    )


def test_without_a_discount_named_the_margin_is_whole() -> None:
    assert of(price=100).margin_contribution == 60
