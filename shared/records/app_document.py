"""Documents the booking app writes. Their id is the document's name and no field of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from shared.records.stored import DocumentId, Instant, Stored


def _whole(value: Any) -> Any:
    # Some clients store every number as a double.
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
Minutes = Annotated[Whole, Field(ge=0, le=7 * 24 * 60)]
Count = Annotated[Whole, Field(ge=0)]


class AppDocument(Stored):
    """A document that the booking app writes."""

    id: DocumentId

    @classmethod
    def from_document(cls, id: str, data: Mapping[str, Any]) -> Self:
        """Reads a document. A field that is null counts as missing and takes its default."""
        return cls.model_validate({**{name: value for name, value in data.items() if value is not None}, "id": id})

    def stored(self) -> dict[str, Any]:
        return self.model_dump(exclude={"id"})


class Absence(Stored):
    """Time off of a staff member, or a closure of the salon."""

    start: Instant
    end: Instant
    reason: str | None = None

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.start >= self.end:
            raise ValueError(f"expected an absence that ends after it starts, found {self.start} to {self.end}")
        return self
