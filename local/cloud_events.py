"""The CloudEvents that Eventarc and Pub/Sub deliver, byte for byte of the real kind, made from plain documents."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import quote

from cloudevents.http import CloudEvent
from google.events.cloud.firestore import DocumentEventData, Value

from shared.adapters import wire

_EventData = DocumentEventData.pb(DocumentEventData()).__class__
_Value = Value.pb(Value()).__class__

Headers = dict[str, str]
ATTRIBUTE_SAFE = "/:(){}@-._~ "


class DocumentChange(Protocol):
    """One committed change. `path` is the whole path below the database (`salons/s1/bookings/b1`)."""

    @property
    def path(self) -> str: ...
    @property
    def before(self) -> Mapping[str, Any] | None: ...
    @property
    def after(self) -> Mapping[str, Any] | None: ...
    @property
    def update_time(self) -> datetime: ...


def document_event(
    change: DocumentChange, *, project: str, event_id: str, time: datetime, event: str = "written"
) -> tuple[Headers, bytes]:
    """A Firestore trigger's delivery: `event` is what the trigger listens for (`written`, `created`, ...)."""
    database = f"projects/{project}/databases/(default)"
    data = _EventData()
    if change.after is not None:
        _fill_document(data.value, f"{database}/documents/{change.path}", change.after, change.update_time)
    if change.before is not None:
        _fill_document(data.old_value, f"{database}/documents/{change.path}", change.before, change.update_time)
    headers = _headers(
        id=event_id,
        source=f"//firestore.googleapis.com/{database}",
        type=f"google.cloud.firestore.document.v1.{event}",
        subject=f"documents/{change.path}",
        time=time,
        dataschema="https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto",
        datacontenttype="application/protobuf",
    )
    headers |= {"ce-project": project, "ce-database": "(default)", "ce-namespace": "(default)"}
    headers["ce-document"] = _quoted(change.path)
    headers["Content-Type"] = "application/protobuf"
    return headers, data.SerializeToString()


def pubsub_event(
    topic: str,
    body: Mapping[str, Any],
    attributes: Mapping[str, str],
    *,
    project: str,
    event_id: str,
    time: datetime,
    subscription: str = "local",
) -> tuple[Headers, bytes]:
    """A Pub/Sub message as functions-framework hands a push delivery to the function."""
    message = {
        "@type": "type.googleapis.com/google.pubsub.v1.PubsubMessage",
        "data": base64.b64encode(wire.encode(dict(body))).decode(),
        "attributes": dict(attributes),
        "messageId": event_id,
        "publishTime": _rfc3339(time),
    }
    headers = _headers(
        id=event_id,
        source=f"//pubsub.googleapis.com/projects/{project}/topics/{topic}",
        type="google.cloud.pubsub.topic.v1.messagePublished",
        time=time,
        datacontenttype="application/json",
    )
    headers["Content-Type"] = "application/json"
    return headers, json.dumps({"message": message, "subscription": subscription}).encode()


def read(headers: Mapping[str, str], body: bytes) -> CloudEvent:
    """The event of that delivery, as functions-framework reads it (`cloudevents.http.from_http`), without what makes the
    SDK general and slow."""
    attributes = {name[3:]: value for name, value in headers.items() if name.startswith("ce-")}
    attributes["datacontenttype"] = headers["Content-Type"]
    if not body:
        return CloudEvent(attributes, None)
    return CloudEvent(attributes, json.loads(body) if headers["Content-Type"] == "application/json" else body)


def match(pattern: str, path: str) -> dict[str, str] | None:
    """The wildcards' values when the path is of that pattern: `{name}` is one segment, `{name=**}` all the rest."""
    found = _pattern(pattern).fullmatch(path)
    return found.groupdict() if found else None


def happened(event: str, before: object | None, after: object | None) -> bool:
    """Whether a change is one that a trigger for `event` hears of."""
    kinds = {"written"}
    if before is None and after is not None:
        kinds.add("created")
    elif before is not None and after is None:
        kinds.add("deleted")
    elif before is not None and after is not None:
        kinds.add("updated")
    return event in kinds


@lru_cache
def _pattern(pattern: str) -> re.Pattern[str]:
    def segments() -> Iterable[str]:
        for segment in pattern.split("/"):
            wildcard = re.fullmatch(r"\{(\w+)(=\*\*)?\}", segment)
            if wildcard is None:
                yield ".*" if segment == "**" else re.escape(segment)
            else:
                yield f"(?P<{wildcard[1]}>{'.+' if wildcard[2] else '[^/]+'})"

    return re.compile("/".join(segments()))


def _headers(*, time: datetime, **attributes: str) -> Headers:
    headers = {f"ce-{name}": _quoted(value) for name, value in attributes.items()}
    return {"ce-specversion": "1.0", "ce-time": _rfc3339(time), **headers}


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text, safe=ATTRIBUTE_SAFE)


_PLAIN = re.compile(rf"[A-Za-z0-9{re.escape(ATTRIBUTE_SAFE)}]*")


def _rfc3339(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _fill_document(document: Any, name: str, fields: Mapping[str, Any], update_time: datetime) -> None:
    document.name = name
    _fill_timestamp(document.create_time, update_time)
    _fill_timestamp(document.update_time, update_time)
    for key, value in fields.items():
        _fill(document.fields[key], value)


def _fill(target: Any, value: Any) -> None:
    # bool before int: True is an int in Python and not in Firestore.
    if isinstance(value, str):
        target.string_value = value
    elif value is None:
        target.null_value = 0
    elif isinstance(value, bool):
        target.boolean_value = value
    elif isinstance(value, int):
        target.integer_value = value
    elif isinstance(value, float):
        target.double_value = value
    elif isinstance(value, datetime):
        _fill_timestamp(target.timestamp_value, value)
    elif isinstance(value, bytes):
        target.bytes_value = value
    elif isinstance(value, Mapping):
        # SetInParent: an empty map is still a map.
        target.map_value.SetInParent()
        for key, item in value.items():
            _fill(target.map_value.fields[key], item)
    elif isinstance(value, list | tuple):
        target.array_value.SetInParent()
        for item in value:
            _fill(target.array_value.values.add(), item)
    else:
        raise TypeError(f"expected a value that Firestore can hold, found {type(value).__name__}: {value!r}")


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _fill_timestamp(target: Any, value: datetime) -> None:
    # By whole numbers: a float of seconds cannot carry microseconds exactly.
    since = value - _EPOCH
    target.seconds = since.days * 86400 + since.seconds
    target.nanos = since.microseconds * 1000
