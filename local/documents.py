"""Documents as plain JSON, as `/local/documents` takes and gives them.

Two notations differ from what is stored. Instants are full RFC 3339 strings. Opening hours are pairs
(`[["10:00", "20:00"]]`); Firestore stores no list directly in a list, so a pair is stored as `{"start", "end"}`.
"""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from shared.adapters import paths, storable
from shared.ports import Data, Put, Update, Write

INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
WALL_TIME = re.compile(r"\d\d:\d\d")


class NotStorable(ValueError):
    """What was given cannot be a document; says where."""


def from_json(value: Any) -> Data:
    if not isinstance(value, dict):
        raise NotStorable(f"expected a document to be a JSON object, found {type(value).__name__}")
    return {name: _stored(item, name) for name, item in value.items()}


def to_json(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: to_json(item) for name, item in data.items()}
    if isinstance(data, list):
        return [_pair(item) or to_json(item) for item in data]
    if isinstance(data, datetime):
        return instant(data)
    if isinstance(data, bytes):
        return base64.b64encode(data).decode()
    return data


def put(path: str, data: Data) -> Put:
    """The write of a whole document at its whole path, checked as the adapters check theirs: alike on every cloud."""
    return cast(Put, _checked(Put(path, data)))


def change(path: str, fields: Data) -> Update:
    """The write of these fields of the document at its whole path, which leaves all others as they are; checked alike."""
    return cast(Update, _checked(Update(path, fields)))


def instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_instant(text: Any) -> datetime:
    if not isinstance(text, str) or not INSTANT.fullmatch(text):
        raise NotStorable(f"expected a full RFC 3339 instant, found {text!r}")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except ValueError as error:
        raise NotStorable(f"expected a full RFC 3339 instant, found {text!r}: {error}") from None


def _checked(write: Put | Update) -> Write:
    found = paths.found(write.path)
    root = paths.salon(found.salon_id) if found.salon_id else paths.PLATFORM
    try:
        return storable.write(root, replace(write, path=found.path))
    except (TypeError, ValueError) as error:
        raise NotStorable(str(error)) from None


def _stored(value: Any, where: str) -> Any:
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return parse_instant(value)
    if isinstance(value, dict):
        return {name: _stored(item, f"{where}.{name}") for name, item in value.items()}
    if isinstance(value, list):
        return [_item(item, where) for item in value]
    return value


def _item(value: Any, where: str) -> Any:
    if not isinstance(value, list):
        return _stored(value, where)
    if len(value) == 2 and all(isinstance(item, str) and WALL_TIME.fullmatch(item) for item in value):
        return {"start": value[0], "end": value[1]}
    raise NotStorable(f"expected no list directly in the list {where} except hours like ['10:00', '20:00']")


def _pair(value: Any) -> list[str] | None:
    match value:
        case {"start": str(start), "end": str(end), **others} if not others:
            return [start, end] if WALL_TIME.fullmatch(start) and WALL_TIME.fullmatch(end) else None
    return None
