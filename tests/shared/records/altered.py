"""An audit record with each of its fields said otherwise, whatever fields it has."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from shared.records.audit import AuditRecord

MARKS = {"announced_at", "due_at"}
"""The outbox's own, set when the record was written long ago."""


def otherwise(field: str, value: Any) -> Iterator[Any]:
    """Other values that the field may hold: of the same kind, and where it has one, none at all."""
    match field, value:
        case "event_type", _:
            yield "gap_closed" if value != "gap_closed" else "gap_opened"
        case "severity", _:
            yield "critical" if value != "critical" else "info"
        case "announces", _:
            yield from {"GAP_FILLED", "GAP_EXPIRED", None} - {value}
        case "created_at", _:
            yield value + timedelta(microseconds=1)
        case ("revision", None) | ("revision", int()):
            yield (value or 0) + 100
            yield None if value is not None else 1
        case _, dict():
            yield {**value, "more": 1}
            yield {key: "other" for key in value} if value else {"only": []}
        case _, str():
            yield f"{value} "
            yield value.upper() if value != value.upper() else f"{value}x"
        case _, None:
            yield "something"


def altered(record: AuditRecord) -> Iterator[tuple[str, AuditRecord]]:
    """One by one, with the name of the field."""
    for field in AuditRecord.model_fields.keys() - MARKS:
        found = [record.changed(**{field: other}) for other in otherwise(field, getattr(record, field))]
        assert found and record not in found, f"nothing was altered in {field}"
        yield from ((field, each) for each in found)
