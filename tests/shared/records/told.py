"""What a change writes, for tables that state all of it: what its record says, and which fields the document gets."""

from datetime import datetime
from typing import Any, NamedTuple

from shared.records.audit import AuditRecord
from shared.records.stored import StateDocument

OF_EVERY_CHANGE = {"revision", "audit_head", "updated_at"}


class Told(NamedTuple):
    """What a record says. The action is a sentence that owners read."""

    event: str
    action: str
    details: dict[str, Any] = {}
    announces: str | None = None
    payload: dict[str, Any] = {}
    severity: str = "info"
    actor: str = "ann"


def told(record: AuditRecord) -> Told:
    assert _is_plain(record.details) and _is_plain(record.payload), "a store takes plain values alone"
    return Told(
        record.event_type,
        record.action,
        record.details,
        record.announces,
        record.payload,
        record.severity,
        record.actor,
    )


def set_by(before: StateDocument, after: StateDocument) -> dict[str, Any]:
    """The fields that differ, besides those that each change moves on."""
    assert type(before) is type(after)
    fields = type(after).model_fields.keys() - OF_EVERY_CHANGE
    return {name: getattr(after, name) for name in fields if getattr(after, name) != getattr(before, name)}


def _is_plain(value: object) -> bool:
    match value:
        case dict():
            return all(_is_plain(inner) for inner in value.values())
        case list():
            return all(_is_plain(inner) for inner in value)
    return value is None or isinstance(value, str | bool | int | float | datetime)
