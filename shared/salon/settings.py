"""The settings of a salon that several functions read: their sections, with the default and the range of each. What only one
function reads stands in its folder, in a settings.py whose class adds to this one."""

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.records.app_document import Whole
from shared.records.stored import Money
from shared.salon.section import Minutes, PeakHours, Percent, Section, TimeOfDay

Mode = Literal["dry_run", "live"]
AutonomyLevel = Literal["full_auto", "supervised", "manual_only"]


class AgentModes(Section):
    """An agent that is new to a salon may run dry while the others are live."""

    gap_fill_agent: Mode = "live"
    no_show_prevention_agent: Mode = "live"
    waitlist_agent: Mode = "live"
    retention_agent: Mode = "live"
    upsell_agent: Mode = "live"


class GapSettings(Section):
    min_gap_minutes: Annotated[Whole, Field(ge=5, le=24 * 60)] = 30
    minimum_notice_minutes: Minutes = 30
    horizon_days: Annotated[Whole, Field(ge=1, le=90)] = 14
    settle_seconds: Annotated[Whole, Field(ge=0, le=3600)] = 90
    no_show_grace_minutes: Annotated[Whole, Field(ge=0, le=240)] = 20
    fill_idle: Literal["waitlist", "all", "none"] = "waitlist"
    peak_hours: PeakHours = (time(10), time(19))

    @model_validator(mode="after")
    def _leaves_time_to_sell(self) -> Self:
        start, end = self.peak_hours
        if start >= end:
            raise ValueError(f"expected peak_hours to end after they start, found {start:%H:%M} to {end:%H:%M}")
        notice, days = self.minimum_notice_minutes, self.horizon_days
        if notice >= days * 24 * 60:
            raise ValueError(f"expected minimum_notice_minutes to end within horizon_days, found {notice} and {days}")
        return self


class AutonomySettings(Section):
    gap_fill: AutonomyLevel = "full_auto"
    no_show_prevention: AutonomyLevel = "full_auto"
    waitlist_promotion: AutonomyLevel = "full_auto"
    discount_offer: AutonomyLevel = "supervised"
    dynamic_pricing: AutonomyLevel = "supervised"
    vip_offers: AutonomyLevel = "supervised"
    retention: AutonomyLevel = "full_auto"
    upsell: AutonomyLevel = "full_auto"


class LimitSettings(Section):
    hourly_actions: Annotated[Whole, Field(ge=0, le=1000)] = 20
    daily_actions: Annotated[Whole, Field(ge=0, le=10000)] = 100
    per_customer_hourly: Annotated[Whole, Field(ge=0, le=50)] = 1
    per_customer_daily: Annotated[Whole, Field(ge=0, le=50)] = 3
    marketing_per_customer_weekly: Annotated[Whole, Field(ge=0, le=100)] = 3
    marketing_hours_between: Annotated[Whole, Field(ge=0, le=168)] = 24
    whatsapp_recipients_24h: Annotated[Whole, Field(ge=0, le=2000)] | None = 250


class QuietHours(Section):
    """From `start` until just before `end`, which may be on the next day."""

    start: TimeOfDay = time(20, 30)
    end: TimeOfDay = time(9)

    @model_validator(mode="after")
    def _leaves_time_to_speak(self) -> Self:
        if self.start == self.end:
            raise ValueError(f"expected quiet hours to end at another time than they start, found {self.start:%H:%M}")
        return self


class CircuitBreakerSettings(Section):
    error_threshold: Annotated[Whole, Field(ge=1, le=100)] = 5
    cooldown_minutes: Minutes = 5
    half_open_attempts: Annotated[Whole, Field(ge=1, le=20)] = 1
    auto_recovery: bool = True


class HoldoutShares(Section):
    """Of every hundred units of an agent so many are left alone, by chance, to measure what asking brings."""

    gap_fill: Percent = 0.0
    retention: Percent = 10.0
    upsell: Percent = 10.0
    confirmation: Percent = 10.0


class MeasurementSettings(Section):
    holdout_percent: HoldoutShares = HoldoutShares()


class SalonSettings(Section):
    """`version` is that of the accepted document, 0 for the defaults of a salon that never set anything."""

    version: int = Field(default=0, ge=0)
    mode: Mode = "dry_run"
    agent_modes: AgentModes = AgentModes()
    gap: GapSettings = GapSettings()
    autonomy: AutonomySettings = AutonomySettings()
    approval_amount: Annotated[Money, Field(ge=0)] | None = None
    limits: LimitSettings = LimitSettings()
    quiet_hours: QuietHours = QuietHours()
    approval_ttl_minutes: Annotated[Whole, Field(ge=1, le=24 * 60)] = 60
    circuit_breaker: CircuitBreakerSettings = CircuitBreakerSettings()
    measurement: MeasurementSettings = MeasurementSettings()

    def mode_of(self, agent: str) -> Mode:
        """The mode this agent runs in: live only where both the salon and the agent are. An agent without a mode of its own has
        the salon's."""
        return "dry_run" if self.mode == "dry_run" else getattr(self.agent_modes, agent, self.mode)

    def same_as(self, other: "SalonSettings") -> bool:
        """Whether both say the same, whatever their versions are."""
        return self.model_copy(update={"version": other.version}) == other
