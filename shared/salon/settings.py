"""A salon's settings: what `settings/current` may say, its defaults and its ranges.

The document holds only what differs from the defaults. A name we do not know is an error, because a misspelt setting
would otherwise silently mean the default.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import time
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError, model_validator
from pydantic_core import ErrorDetails

from shared.records.stored import Money, Stored

BOOKKEEPING = frozenset({"id", "salon_id", "version", "accepted_at", "created_at", "updated_at", "updated_by"})
"""What the booking app may keep beside the settings, and what an accepted version carries besides them."""

Mode = Literal["dry_run", "live"]
AutonomyLevel = Literal["full_auto", "supervised", "manual_only"]


def _whole(value: Any) -> Any:
    # Some clients store every number as a double.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _real(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _wall_time(value: Any) -> Any:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    raise ValueError('expected a time of day from "00:00" to "23:59"')


Whole = Annotated[int, BeforeValidator(_whole)]
Real = Annotated[float, BeforeValidator(_real), Field(allow_inf_nan=False)]
Percent = Annotated[Real, Field(ge=0, le=100)]
Minutes = Annotated[Whole, Field(ge=0, le=24 * 60)]
WallTime = Annotated[time, BeforeValidator(_wall_time), PlainSerializer(lambda value: value.strftime("%H:%M"))]
PeakHours = Annotated[
    tuple[WallTime, WallTime],
    BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
    PlainSerializer(lambda value: [f"{part:%H:%M}" for part in value]),
]


class Section(Stored):
    model_config = ConfigDict(extra="forbid")


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
    def _peak_ends_after_it_starts(self) -> Self:
        start, end = self.peak_hours
        if start >= end:
            raise ValueError(f"expected peak_hours to end after they start, found {start:%H:%M} to {end:%H:%M}")
        return self


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
    """Above `max_auto_percent` the owner is asked, above `max_supervised_percent` nothing is carried out."""

    max_auto_percent: Percent = 20.0
    max_supervised_percent: Percent = 35.0
    later_round_percent: Percent = 0.0
    daily_budget: Annotated[Money, Field(ge=0)] = Decimal(0)


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

    start: WallTime = time(20, 30)
    end: WallTime = time(9)

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


class SalonSettings(Section):
    """`version` is that of the accepted document, 0 for the defaults of a salon that never set anything."""

    version: int = Field(default=0, ge=0)
    mode: Mode = "dry_run"
    agent_modes: AgentModes = AgentModes()
    gap: GapSettings = GapSettings()
    offers: OfferSettings = OfferSettings()
    discounts: DiscountSettings = DiscountSettings()
    autonomy: AutonomySettings = AutonomySettings()
    approval_amount: Annotated[Money, Field(ge=0)] | None = None
    limits: LimitSettings = LimitSettings()
    quiet_hours: QuietHours = QuietHours()
    approval_ttl_minutes: Annotated[Whole, Field(ge=1, le=24 * 60)] = 60
    circuit_breaker: CircuitBreakerSettings = CircuitBreakerSettings()

    @classmethod
    def merged(cls, data: Mapping[str, Any]) -> Self:
        """The defaults with what the document says laid over them. Raises InvalidSettings with every reason at once."""
        try:
            return cls.model_validate({key: value for key, value in data.items() if key not in BOOKKEEPING})
        except ValidationError as error:
            raise InvalidSettings(tuple(_sentence(cls, problem) for problem in error.errors())) from None

    @classmethod
    def accepted(cls, data: Mapping[str, Any]) -> Self:
        """An accepted version as it was stored. It always reads: a name or value that this release
        no longer knows falls back to its default, instead of stopping the salon."""
        kept = {key: value for key, value in data.items() if key == "version" or key not in BOOKKEEPING}
        while True:
            try:
                return cls.model_validate(kept)
            except ValidationError as error:
                for problem in error.errors():
                    kept = _without(kept, problem["loc"])

    def mode_of(self, agent: str) -> Mode:
        """Live only where both the salon and this agent are; an agent that asks nobody has the salon's mode."""
        return "dry_run" if self.mode == "dry_run" else getattr(self.agent_modes, agent, self.mode)

    def same_as(self, other: "SalonSettings") -> bool:
        return self.model_copy(update={"version": other.version}) == other


class InvalidSettings(ValueError):
    """`reasons` are sentences for the owner: which setting, what was expected, what was found."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def _without(data: Mapping[str, Any], loc: tuple[str | int, ...]) -> dict[str, Any]:
    name, *rest = loc
    kept = dict(data)
    inner = kept.get(str(name))
    if len(rest) >= 1 and isinstance(inner, Mapping) and rest[0] in inner:
        kept[str(name)] = _without(inner, tuple(rest))
    else:
        kept.pop(str(name), None)
    return kept


def _sentence(model: type[BaseModel], problem: ErrorDetails) -> str:
    where = ".".join(str(part) for part in problem["loc"] if not str(part).startswith("function-"))
    found = f"found {_shown(problem['input'])}"
    context = problem.get("ctx", {})
    match problem["type"]:
        case "extra_forbidden":
            return f"{where}: {_unknown(model, problem['loc'])}, {found}"
        case "greater_than_equal":
            return f"{where}: expected at least {context['ge']}, {found}"
        case "less_than_equal":
            return f"{where}: expected at most {context['le']}, {found}"
        case "literal_error":
            return f"{where}: expected {context['expected']}, {found}"
        case "value_error" if isinstance(problem["input"], Mapping):
            return f"{where}: {context['error']}"
        case "value_error":
            return f"{where}: {context['error']}, {found}"
        case kind:
            return f"{where}: expected {_EXPECTED.get(kind, problem['msg'])}, {found}"


_EXPECTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "decimal_type": "a number",
    "is_instance_of": "a number",
    "bool_type": "true or false",
    "model_type": "a map",
    "tuple_type": "a list of two times",
    "missing": "a list of two times",
    "too_long": "a list of two times",
    "finite_number": "a finite number",
}


def _unknown(model: type[BaseModel], loc: tuple[str | int, ...]) -> str:
    known = list(_names(model, loc[:-1]))
    near = get_close_matches(str(loc[-1]), known, n=1)
    return "expected a setting we know" + (f" (did you mean {near[0]}?)" if near else "")


def _names(model: type[BaseModel], loc: tuple[str | int, ...]) -> Iterator[str]:
    for part in loc:
        inner = model.model_fields[str(part)].annotation
        assert isinstance(inner, type) and issubclass(inner, BaseModel)
        model = inner
    yield from (name for name in model.model_fields if name not in BOOKKEEPING)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
