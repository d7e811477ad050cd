from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.customer import Customer
from shared.domain.ranking import Worth, worth
from shared.domain.service import Service


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
