"""Full price first; then what the salon allows, while the day's budget lasts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from functions.fill_gap.discounts import discount_left, discount_of_round, discounted
from functions.fill_gap.settings import DiscountSettings
from shared.calendar.campaign import Campaign

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TEN_PERCENT = DiscountSettings(later_round_percent=10.0, daily_budget=Decimal(30))


ASKED = Campaign().running(asked=3, next_round_at=None, now=NOW)


def test_the_first_round_is_at_full_price() -> None:
    assert discount_of_round(Campaign(), TEN_PERCENT) == 0


def test_a_later_round_may_have_the_discount_that_the_salon_allows() -> None:
    assert discount_of_round(ASKED, TEN_PERCENT) == 10


def test_time_that_is_newly_freed_is_at_full_price_first_whatever_was_offered_there_before() -> None:
    freed = ASKED.settling(NOW + timedelta(minutes=2))
    assert discount_of_round(freed, TEN_PERCENT) == 0
    assert discount_of_round(freed.running(asked=1, next_round_at=None, now=NOW), TEN_PERCENT) == 10


@pytest.mark.parametrize(("given_away", "left"), [("0", "30"), ("29.99", "0.01"), ("30", "0"), ("31", "0")])
def test_a_round_may_cost_what_is_left_of_the_budget_of_the_day_and_never_less_than_nothing(
    given_away: str, left: str
) -> None:
    assert discount_left(TEN_PERCENT, given_away=Decimal(given_away)) == Decimal(left)


def test_a_salon_that_allows_none_gives_none() -> None:
    assert discount_of_round(ASKED, DiscountSettings()) == 0


@pytest.mark.parametrize(
    ("percent", "currency", "price"), [(10, "GBP", "44.99"), (10, "JPY", "45"), (0, "GBP", "49.99")]
)
def test_a_discounted_price_is_one_that_can_be_paid(percent: float, currency: str, price: str) -> None:
    assert discounted(Decimal("49.99"), percent, currency) == Decimal(price)
