"""What the platform delivers, as plain values: a document that was written, an announced event, a job's turn, a tick, or a document
that came due."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from cloudevents.http import CloudEvent
from google.events.cloud.firestore import DocumentEventData
from google.protobuf.message import DecodeError
from pydantic import ValidationError

from shared.ports import SALON, Data
from shared.records.events import SalonEvent
from shared.records.invalid import InvalidEvent

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class DocumentChange:
    """A document below a salon, or the salon's own (`path` is then SALON), or one that belongs to no salon (`salon_id` is
    then empty), was written. Deliveries come late, twice and out of order: `before` and `after` say what one write did, not
    what stands now. Both are None where a document that did not exist was deleted."""

    salon_id: str
    path: str
    before: Data | None
    after: Data | None
    update_time: datetime | None
    event_id: str
    occurred_at: datetime

    @property
    def id(self) -> str:
        return self.salon_id if self.path == SALON else self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Job:
    """A scheduled job's turn for one salon; `at` is when it was due. `after` is where the page before ended."""

    salon_id: str
    job: str
    at: datetime
    event_id: str
    after: str | None = None


@dataclass(frozen=True)
class Tick:
    """A schedule came due, for all salons at once; `name` is the folder's or the job's. `after` is where an earlier run
    for the same tick stopped."""

    name: str
    at: datetime
    event_id: str
    after: str | None = None


@dataclass(frozen=True)
class Due:
    """A document that waits has come due. `salon_id` is empty where it belongs to no salon. By now it may have been moved on,
    or be gone: what stands counts."""

    salon_id: str
    path: str
    event_id: str


Event = DocumentChange | SalonEvent | Job | Tick | Due


def read_document_change(event: CloudEvent) -> DocumentChange:
    written = DocumentEventData.pb(DocumentEventData())
    try:
        # A document that came and went in one commit: no body at all.
        written.ParseFromString(event.data or b"")
    except (DecodeError, TypeError) as error:
        raise InvalidEvent(f"expected event {event['id']} to hold a DocumentEventData, found {error}") from None
    after = written.value if written.HasField("value") else None
    before = written.old_value if written.HasField("old_value") else None
    salon_id, path = _place(_document_name(event, after or before))
    return DocumentChange(
        salon_id=salon_id,
        path=path,
        before=None if before is None else _map(before.fields),
        after=None if after is None else _map(after.fields),
        update_time=_instant(after.update_time) if after is not None and after.HasField("update_time") else None,
        event_id=event["id"],
        occurred_at=_time(event),
    )


def _document_name(event: CloudEvent, document: Any | None) -> str:
    """The path below the database. The attribute is percent-encoded where the name is not plain ASCII."""
    if document is not None and document.name:
        return str(document.name).partition("/documents/")[2]
    return unquote(event.get("document") or "")


def _place(name: str) -> tuple[str, str]:
    """Which salon a document is of, and its path below it."""
    match name.split("/"):
        case ["salons", str(salon_id)] if salon_id:
            return salon_id, SALON
        case ["salons", str(salon_id), *below] if salon_id and len(below) % 2 == 0 and all(below):
            return salon_id, "/".join(below)
        case [first, *below] if first != "salons" and len(below) % 2 == 1 and all([first, *below]):
            return "", name
    raise InvalidEvent(f"expected the name of a document, found {name!r}")


def _map(fields: Any) -> Data:
    return {name: _value(value) for name, value in fields.items()}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value_type")
    match kind:
        case "string_value":
            return value.string_value
        case None | "null_value":
            return None
        case "map_value":
            return _map(value.map_value.fields)
        case "array_value":
            return [_value(item) for item in value.array_value.values]
        case "timestamp_value":
            return _instant(value.timestamp_value)
        case "geo_point_value":
            return {"latitude": value.geo_point_value.latitude, "longitude": value.geo_point_value.longitude}
        case _:
            return getattr(value, kind)


def _instant(timestamp: Any) -> datetime:
    # By whole numbers: a float of seconds cannot carry microseconds exactly.
    return _EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1000)


def _time(event: CloudEvent) -> datetime:
    try:
        return datetime.fromisoformat(event["time"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidEvent(f"expected event {event['id']} to have an RFC 3339 time, found {error}") from None


@dataclass(frozen=True)
class _Message:
    id: str
    attributes: dict[str, str]
    body: Data


def _message(event: CloudEvent) -> _Message:
    try:
        message = event.data["message"]
        body = json.loads(base64.b64decode(message["data"], validate=True))
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise InvalidEvent(
            f"expected message {event['id']} to hold base64 of JSON, found {type(error).__name__}"
        ) from None
    if not isinstance(body, dict):
        raise InvalidEvent(f"expected message {event['id']} to hold a JSON object, found {type(body).__name__}")
    return _Message(str(event["id"]), dict(message.get("attributes") or {}), body)


def read_salon_event(event: CloudEvent) -> SalonEvent:
    return _as_salon_event(_message(event))


def read_job(event: CloudEvent) -> Job:
    return _as_job(_message(event))


def read_tick(event: CloudEvent) -> Tick:
    return _as_tick(_message(event), event)


def read_due(event: CloudEvent) -> Due:
    return _as_due(_message(event))


def read_event(event: CloudEvent) -> Event:
    if event["type"].startswith("google.cloud.firestore."):
        return read_document_change(event)
    message = _message(event)
    if "event_type" in message.attributes:
        return _as_salon_event(message)
    if "collection" in message.attributes:
        return _as_due(message)
    # A job's message names a salon; a tick is for all.
    return _as_job(message) if "salon_id" in message.attributes else _as_tick(message, event)


def _as_tick(message: _Message, event: CloudEvent) -> Tick:
    name = message.attributes.get("tick") or message.attributes.get("job")
    if not name:
        raise InvalidEvent(f"expected message {message.id} to have the attribute tick or job, found neither")
    at = _at(message) if "at" in message.body else _time(event)
    return Tick(name=name, at=at, event_id=message.id, after=_after(message))


def _after(message: _Message) -> str | None:
    after = message.body.get("after")
    if not isinstance(after, str | None):
        raise InvalidEvent(f"expected message {message.id} to say `after` as text, found {type(after).__name__}")
    return after


def _as_salon_event(message: _Message) -> SalonEvent:
    _agree(message, "event_type", "salon_id", "event_id")
    try:
        return SalonEvent.model_validate(message.body)
    except ValidationError as error:
        # Without the values: a payload is nobody's business in a log.
        wrong = "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors())
        raise InvalidEvent(f"expected message {message.id} to hold a salon event, found {wrong}") from None


def _as_job(message: _Message) -> Job:
    _agree(message, "job", "salon_id")
    salon_id, job = message.body.get("salon_id"), message.body.get("job")
    if not (isinstance(salon_id, str) and salon_id and isinstance(job, str) and job):
        raise InvalidEvent(f"expected message {message.id} to name a job and a salon, found {sorted(message.body)}")
    return Job(salon_id=salon_id, job=job, at=_at(message), event_id=message.id, after=_after(message))


def _as_due(message: _Message) -> Due:
    _agree(message, "salon_id")
    salon_id, path = message.body.get("salon_id"), message.body.get("path")
    if not (isinstance(salon_id, str) and isinstance(path, str) and path):
        raise InvalidEvent(f"expected message {message.id} to name a document, found {sorted(message.body)}")
    return Due(salon_id=salon_id, path=path, event_id=message.id)


def _agree(message: _Message, *names: str) -> None:
    """By its attributes a message is let through to a function, by its body it is worked on: they say the same."""
    for name in names:
        if message.attributes.get(name, message.body.get(name)) != message.body.get(name):
            raise InvalidEvent(f"expected {name} of message {message.id} to be the same in attributes and body")


def _at(message: _Message) -> datetime:
    try:
        at = datetime.fromisoformat(message.body["at"])
    except (KeyError, TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidEvent(f"expected message {message.id} to say `at` when it was due, an instant with its offset")
    return at.astimezone(UTC)
