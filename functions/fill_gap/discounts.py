"""Full price first: a discount belongs to a later round, and to what is left of the day's budget."""

from decimal import Decimal

from functions.fill_gap.settings import DiscountSettings
from shared.calendar.campaign import Campaign
from shared.values import money


def discount_of_round(campaign: Campaign, discounts: DiscountSettings) -> float:
    """The percentage that the next round may take off the price. Time that is freed anew is offered at full price first again, so
    it counts whether somebody was asked since, and not how many rounds the gap ever had."""
    return discounts.later_round_percent if campaign.first_asked_at is not None else 0.0


def discount_left(discounts: DiscountSettings, *, given_away: Decimal) -> Decimal:
    """How much a round may give away. `given_away` is what the discounts that were offered today can cost at most."""
    return max(discounts.daily_budget - given_away, Decimal(0))


def reduction(price: Decimal, percent: float) -> Decimal:
    """The amount that this percentage takes off the price."""
    return price * Decimal(str(percent)) / 100


def discounted(price: Decimal, percent: float, currency: str) -> Decimal:
    """The price with this percentage taken off, as a till rounds it."""
    return money.rounded(price - reduction(price, percent), currency)
