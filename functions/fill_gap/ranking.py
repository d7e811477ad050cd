"""What asking somebody is worth: the expected contribution of their yes, in the salon's money.

expected = P(accepts) x (margin contribution + relationship value), where the bonuses that the salon knows as points are per
cent of the slot's price, so that they weigh the same in every currency and never drown the price.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from shared.calendar.service import Service
from shared.customers.customer import Customer

LTV_WEIGHT = 0.1
PLATINUM_VALUE = Decimal(50_000)
"""The lifetime value that counts in full. A higher one counts no more."""
LOYALTY = {"platinum": 15, "gold": 10, "silver": 5, "bronze": 2, "standard": 0}
SERVICE_MATCH = 5
HISTORY = 3
HISTORY_FROM_VISITS = 5
MOST_POINTS = LTV_WEIGHT * 100 + max(LOYALTY.values()) + 10 + SERVICE_MATCH + HISTORY


@dataclass(frozen=True)
class Worth:
    """The components under the names the owner knows them by; amounts in the salon's currency."""

    base_revenue: float
    margin_contribution: float
    ltv_multiplier: float
    loyalty_bonus: float
    urgency_factor: float
    service_match: float
    history: float
    expected: float
    score: float
    """0-100: the expected contribution as a share of that of the best imaginable customer for this slot."""


def worth(
    customer: Customer,
    service: Service,
    *,
    probability: float,
    lead: timedelta,
    discount_percent: float = 0.0,
) -> Worth:
    """What a yes of this customer to this service is worth, component by component."""
    price = float(service.price)
    percent = price / 100
    margin = price * (1 - discount_percent / 100) * service.margin
    ltv = LTV_WEIGHT * price * min(float(customer.lifetime_value / PLATINUM_VALUE), 1.0)
    loyalty = LOYALTY[customer.loyalty_tier] * percent
    urgency = urgency_points(lead) * percent
    match = SERVICE_MATCH * percent if service.id in customer.preferred_service_ids else 0.0
    history = HISTORY * percent if customer.visit_count >= HISTORY_FROM_VISITS else 0.0
    expected = probability * (margin + ltv + loyalty + urgency + match + history)
    best = price * service.margin + MOST_POINTS * percent
    return Worth(
        base_revenue=price,
        margin_contribution=round(margin, 2),
        ltv_multiplier=round(ltv, 2),
        loyalty_bonus=round(loyalty, 2),
        urgency_factor=round(urgency, 2),
        service_match=round(match, 2),
        history=round(history, 2),
        expected=expected,
        score=round(100 * expected / best, 1) if best else 0.0,
    )


def urgency_points(lead: timedelta) -> int:
    """The points that the nearness of the slot adds."""
    if lead < timedelta(hours=2):
        return 10
    if lead < timedelta(hours=6):
        return 5
    return 2 if lead < timedelta(hours=24) else 0
