"""Full price first: a discount belongs to a later round, and to what is left of the day's budget."""

from decimal import Decimal

from shared.calendar.campaign import Campaign
from shared.salon.settings import DiscountSettings
from shared.values import money


def discount_of_round(campaign: Campaign, discounts: DiscountSettings) -> float:
    """What the next round may take off, in percent."""
    return discounts.later_round_percent if campaign.round > 0 else 0.0


def discount_left(discounts: DiscountSettings, *, given_away: Decimal) -> Decimal:
    """What a round may cost. `given_away` is what the discounts offered today can cost."""
    return max(discounts.daily_budget - given_away, Decimal(0))


def reduction(price: Decimal, percent: float) -> Decimal:
    return price * Decimal(str(percent)) / 100


def discounted(price: Decimal, percent: float, currency: str) -> Decimal:
    return money.rounded(price - reduction(price, percent), currency)
