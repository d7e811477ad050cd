"""What we know of a customer's value and habits, by our own reckoning (`customer_scores`)."""

from datetime import timedelta
from typing import Any, ClassVar, Literal

from shared.records.stored import Number, StateDocument, Stored

Segment = Literal["vip", "high_value", "regular", "new", "at_risk"]


class VisitFrequency(Stored):
    """Dates are the salon's, as ISO text; `average_days_between` is null before the second visit."""

    total_visits: int = 0
    last_90_days: int = 0
    average_days_between: Number | None = None
    last_visit: str | None = None
    next_predicted: str | None = None


class Preferences(Stored):
    preferred_staff: list[str] = []
    preferred_services: list[str] = []
    preferred_time_slots: list[str] = []


class CustomerScore(StateDocument):
    collection: ClassVar[str] = "customer_scores"
    resource_type: ClassVar[str] = "customer_score"

    customer_id: str
    segment: Segment = "regular"
    ltv: dict[str, Any] = {}
    visit_frequency: VisitFrequency = VisitFrequency()
    churn_risk: dict[str, Any] = {}
    preferences: Preferences = Preferences()
    engagement: dict[str, Any] = {}
    scores: dict[str, Any] = {}

    @property
    def usual_interval(self) -> timedelta | None:
        days = self.visit_frequency.average_days_between
        return timedelta(days=days) if days else None
