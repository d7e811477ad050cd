"""The settings that only filling gaps goes by: how offers go out, and what they may give away."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.records.app_document import Whole
from shared.records.stored import Money
from shared.salon.section import Percent, Real, Section
from shared.salon.settings import SalonSettings


class OfferSettings(Section):
    target_fill_probability: Annotated[Real, Field(ge=0.01, le=0.999)] = 0.73
    max_wave_size: Annotated[Whole, Field(ge=1, le=50)] = 8
    max_disappointed: Annotated[Real, Field(ge=0, le=50)] = 1.5
    max_asks_per_gap: Annotated[Whole, Field(ge=1, le=200)] = 16
    candidate_pool: Annotated[Whole, Field(ge=1, le=200)] = 40
    round_minutes: Annotated[Whole, Field(ge=1, le=24 * 60)] = 10
    response_deadline_minutes: Annotated[Whole, Field(ge=1, le=24 * 60)] = 30
    min_acceptance_probability: Annotated[Real, Field(ge=0, le=1)] = 0.015


class DiscountSettings(Section):
    """Above `max_auto_percent` the owner is asked, above `max_supervised_percent` nothing is carried out. A discount that cannot be
    given under the others is a contradiction."""

    max_auto_percent: Percent = 20.0
    max_supervised_percent: Percent = 35.0
    later_round_percent: Percent = 0.0
    daily_budget: Annotated[Money, Field(ge=0)] = Decimal(0)

    @model_validator(mode="after")
    def _can_be_given(self) -> Self:
        auto, supervised, later = self.max_auto_percent, self.max_supervised_percent, self.later_round_percent
        if auto > supervised:
            raise ValueError(
                f"expected max_auto_percent to be at most max_supervised_percent, found {auto:g} and {supervised:g}"
            )
        if later > supervised:
            raise ValueError(
                "expected later_round_percent to be at most max_supervised_percent, above which no discount is given, "
                f"found {later:g} and {supervised:g}"
            )
        return self


class Settings(SalonSettings):
    """A salon's settings with the sections of this function."""

    offers: OfferSettings = OfferSettings()
    discounts: DiscountSettings = DiscountSettings()
