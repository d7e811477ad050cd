"""How a salon's settings are read: defaults, ranges, and sentences about what cannot be accepted.

The document holds only what differs from the defaults. A name we do not know is an error, because a misspelt setting
would otherwise silently mean the default.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import time
from difflib import get_close_matches
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError
from pydantic_core import ErrorDetails

from shared.records.app_document import Whole
from shared.records.stored import Stored

BOOKKEEPING = frozenset({"id", "salon_id", "version", "accepted_at", "created_at", "updated_at", "updated_by"})
"""Fields that are no settings: what the booking app may keep beside them, and what an accepted version carries."""


def _time_of_day(value: Any) -> Any:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    raise ValueError('expected a time of day from "00:00" to "23:59"')


Real = Annotated[float, Field(allow_inf_nan=False)]
Percent = Annotated[Real, Field(ge=0, le=100)]
Minutes = Annotated[Whole, Field(ge=0, le=24 * 60)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day), PlainSerializer(lambda value: value.strftime("%H:%M"))]
PeakHours = Annotated[
    tuple[TimeOfDay, TimeOfDay],
    BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
    PlainSerializer(lambda value: [f"{part:%H:%M}" for part in value]),
]


class Section(Stored):
    """A group of settings, and also all groups together. Every setting has a default; a name that is none is an error."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def merged(cls, data: Mapping[str, Any]) -> Self:
        """Lays what the document says over the defaults. Raises InvalidSettings with every reason at once."""
        try:
            return cls.model_validate({key: value for key, value in data.items() if key not in BOOKKEEPING})
        except ValidationError as error:
            raise InvalidSettings(tuple(_sentence(cls, problem) for problem in error.errors())) from None

    @classmethod
    def accepted(cls, data: Mapping[str, Any]) -> Self:
        """Reads an accepted version as it was stored. It always succeeds: sections of other functions are left out, and a name or
        value that this release no longer knows falls back to its default, instead of stopping the salon."""
        kept = {key: value for key, value in data.items() if key in cls.model_fields}
        while True:
            try:
                return cls.model_validate(kept)
            except ValidationError as error:
                for problem in error.errors():
                    kept = _without(kept, problem["loc"])


class InvalidSettings(ValueError):
    """Settings that cannot be accepted. `reasons` are sentences for the owner: which setting, what was expected, what was
    found."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def _without(data: Mapping[str, Any], loc: tuple[str | int, ...]) -> dict[str, Any]:
    """The data without what stands at this place."""
    name, *rest = loc
    kept = dict(data)
    inner = kept.get(str(name))
    if len(rest) >= 1 and isinstance(inner, Mapping) and rest[0] in inner:
        kept[str(name)] = _without(inner, tuple(rest))
    else:
        kept.pop(str(name), None)
    return kept


def _sentence(model: type[BaseModel], problem: ErrorDetails) -> str:
    """Says to the owner what was wrong with one setting."""
    where = ".".join(map(str, problem["loc"]))
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
    near = get_close_matches(str(loc[-1]), known)
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
