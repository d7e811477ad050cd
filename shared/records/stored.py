"""Stored documents: the base of every model, and the field types they share.

Models are the only place that knows the stored names. Unknown fields are ignored on reading and left alone on writing,
because the booking app may keep its own beside ours, and the next release more of ours; a document that does not parse
raises pydantic's ValidationError, never a guess.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from operator import getitem
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, PrivateAttr

from shared.records.retention import Kept


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("expected an instant with a timezone, found a naive datetime")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _decimal(value: Any) -> Any:
    # Through str: Decimal(0.1) would carry the float's error into every sum.
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Instant = Annotated[datetime, AfterValidator(_utc)]
Money = Annotated[Decimal, BeforeValidator(_decimal), PlainSerializer(_number)]
"""An amount in the salon currency's major unit; a number in storage, a Decimal in code."""

Number = Annotated[float, BeforeValidator(lambda value: float(value) if isinstance(value, int) else value)]
DocumentId = Annotated[str, Field(min_length=1, max_length=1500, pattern=r"^[^/\x00]+$")]


class Stored(BaseModel):
    # Errors are logged, and what a document holds is nobody's business there.
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", hide_input_in_errors=True)

    retained: ClassVar[Kept | None] = None
    """How long a document of this model is kept; None: for ever, or as long as what it is a part of."""

    def stored(self) -> dict[str, Any]:
        """The document as it is written: plain dicts and lists, amounts as numbers, instants as datetimes."""
        data = self.model_dump()
        if self.retained is None:
            return data
        since = data[self.retained.since]
        return {**data, "forget_at": since + self.retained.period if since else None}

    def changed(self, **fields: Any) -> Self:
        """A validated copy with these fields replaced."""
        return type(self).model_validate({**{name: getattr(self, name) for name in type(self).model_fields}, **fields})


class StateDocument(Stored):
    """A document whose changes are audited: `revision` counts them, `audit_head` is the hash of the last record."""

    collection: ClassVar[str]
    resource_type: ClassVar[str]

    id: str
    salon_id: str
    revision: int = 0
    audit_head: str | None = None
    created_at: Instant
    updated_at: Instant

    _touched: frozenset[str] = PrivateAttr(default=frozenset())

    @property
    def path(self) -> str:
        return f"{self.collection}/{self.id}"

    @property
    def agent(self) -> str | None:
        """The agent whose work the document is, or None where it is nobody's."""
        return None

    def __eq__(self, other: object) -> bool:
        """Documents with equal fields are equal, however they came about."""
        return isinstance(other, StateDocument) and type(self) is type(other) and dict(self) == dict(other)

    def changed(self, **fields: Any) -> Self:
        """A validated copy with these fields replaced, which knows what differs from the document as it was read."""
        copy = super().changed(**fields)
        copy._touched = self._touched | set(_differing(self, copy))
        return copy

    def changes(self) -> dict[str, Any]:
        """The fields that were changed since the document was read, by dotted name and as they are written. One that was
        changed back is among them: what it was in between may have been written."""
        data = self.stored()
        outermost = (name for name in self._touched if self._touched.isdisjoint(_around(name)))
        found = {name: reduce(getitem, name.split("."), data) for name in sorted(outermost)}
        return {**found, "forget_at": data["forget_at"]} if "forget_at" in data else found


def _differing(before: Stored, after: Stored) -> Iterator[str]:
    """The names of the fields that are stored differently, dotted inside models. Other maps, and lists, are one value."""
    was, becomes = before.model_dump(), after.model_dump()
    for name in becomes:
        old, new = getattr(before, name), getattr(after, name)
        if isinstance(old, Stored) and isinstance(new, Stored):
            yield from (f"{name}.{inner}" for inner in _differing(old, new))
        elif becomes[name] != was[name]:
            yield name


def _around(name: str) -> Iterator[str]:
    """The names of the maps that the field lies in."""
    while name := name.rpartition(".")[0]:
        yield name


def natural_id(prefix: str, *parts: object) -> str:
    """An id that is the same whenever it is made from the same parts, and reveals none of them."""
    text = "\x1f".join(part.isoformat() if isinstance(part, datetime) else str(part) for part in parts)
    return f"{prefix}_{hashlib.blake2b(text.encode(), digest_size=10).hexdigest()}"
