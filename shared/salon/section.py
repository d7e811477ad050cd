"""How a salon's settings are read: defaults and ranges.

The document holds only what differs from the defaults. A name we do not know is an error, because a misspelt setting
would otherwise silently mean the default.
"""

import re
from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError

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
        """Lays what the document says over the defaults. Raises ValidationError with all that cannot be accepted."""
        return cls.model_validate({key: value for key, value in data.items() if key not in BOOKKEEPING})

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
