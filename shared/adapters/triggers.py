"""The ways in: what becomes of a delivery of the platform.

A delivery has one of two fates. `InvalidEvent` (a retry cannot help): logged, audited where the salon is known, and
acknowledged. Every other exception escapes, so the platform delivers again and dead-letters in the end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Literal, TypeVar

from cloudevents.http import CloudEvent

from shared.adapters import clock, deliveries, firestore
from shared.adapters.deliveries import DocumentChange, Due, Event, Job, Tick
from shared.adapters.handling import Handling
from shared.ports import SALON, Create, Update
from shared.records.audit import record_fact
from shared.records.events import SalonEvent
from shared.records.invalid import InvalidEvent

FIRST_PUT_OFF = timedelta(minutes=1)
LONGEST_PUT_OFF = timedelta(hours=1)

Outcome = object
"""What came of it. A word is logged as it is, any other value by the name of its class only."""


@dataclass(frozen=True)
class Counted:
    """A word with what monitoring counts: both are logged, so neither may hold personal data."""

    outcome: str
    figures: Mapping[str, str | float]


T = TypeVar("T", DocumentChange, SalonEvent, Job, Tick, Due, Event)
Door = Callable[[CloudEvent], None]


def on_document_written(function: Callable[[DocumentChange], Outcome]) -> Door:
    """Also for triggers on `created` and `updated`: which of them it is, is the trigger's matter."""
    return _delivered(deliveries.read_document_change, function)


def on_event(function: Callable[[SalonEvent], Outcome]) -> Door:
    return _delivered(deliveries.read_salon_event, function)


def on_job(function: Callable[[Job], Outcome]) -> Door:
    return _delivered(deliveries.read_job, function)


def on_tick(function: Callable[[Tick], Outcome]) -> Door:
    return _delivered(deliveries.read_tick, function)


def on_due(function: Callable[[Due], Outcome]) -> Door:
    return _delivered(deliveries.read_due, function)


def on_any(function: Callable[[Event], Outcome]) -> Door:
    """For doors with several ways in: the function tells them apart by their class."""
    return _delivered(deliveries.read_event, function)


def unexpected(event: Event) -> InvalidEvent:
    """Raised by a door with several ways in, for an event that came by none of them."""
    return InvalidEvent(f"expected an event of one of this function's triggers, found a {type(event).__name__}")


def _delivered(parse: Callable[[CloudEvent], T], function: Callable[[T], Outcome]) -> Door:
    @wraps(function)
    def door(cloud_event: CloudEvent) -> None:
        handling = Handling(function.__name__)
        handling.event_id = cloud_event["id"]
        parsed: T | None = None
        try:
            parsed = parse(cloud_event)
            handling.salon_id, handling.event_id = getattr(parsed, "salon_id", None), parsed.event_id
            outcome = function(parsed)
        except InvalidEvent as invalid:
            if parsed is not None:
                _set_aside(parsed, function.__name__, invalid)
            if isinstance(parsed, Due):
                _put_off(parsed)
            handling.ended("WARNING", "InvalidEvent", reason=str(invalid))
        except Exception as error:
            handling.failed(error)
            if isinstance(parsed, Due) and _put_off(parsed) == "before":
                return
            raise
        else:
            match outcome:
                case Counted():
                    handling.ended("INFO", outcome.outcome, figures=dict(outcome.figures))
                case str():
                    handling.ended("INFO", outcome)
                case _:
                    handling.ended("INFO", type(outcome).__name__)

    return door


def _put_off(due: Due) -> Literal["now", "before", "moved on"]:
    """Moves the `due_at` of a document that could not be handled out, 1, 2, 4 .. 60 minutes: it must not be tried each minute
    for ever. A repeated delivery that fails again finds that done before: then it comes due again, and is delivered no more."""
    documents = firestore.store().salon(due.salon_id) if due.salon_id else firestore.store().platform()
    found, now = documents.get(due.path), clock.clock().now()
    due_at = found.data.get("due_at") if found else None
    if found is None or not isinstance(due_at, datetime):
        return "moved on"
    before = found.data.get("put_off") or {}
    if due_at > now:
        return "before" if before.get("until") == due_at else "moved on"
    times = before["times"] + 1 if before.get("until") == due_at else 1
    until = now + min(FIRST_PUT_OFF * 2 ** (times - 1), LONGEST_PUT_OFF)
    put_off = {"due_at": until, "put_off": {"until": until, "times": times}}
    return "now" if documents.commit(Update(due.path, put_off, unchanged_since=found.version)) else "moved on"


def _set_aside(parsed: Event, actor: str, invalid: InvalidEvent) -> None:
    if isinstance(parsed, Tick) or not parsed.salon_id:
        return
    if isinstance(parsed, DocumentChange) and parsed.path.startswith("audit_logs/"):
        # A record about a record would be delivered to the same function, without end.
        return
    record = record_fact(
        salon_id=parsed.salon_id,
        resource_type="event",
        resource_id=parsed.event_id,
        version=actor,
        now=clock.clock().now(),
        actor=actor,
        event="data_set_aside",
        action="An event that cannot be handled was set aside",
        details={"reason": str(invalid)},
        severity="warning",
    )
    try:
        documents = firestore.store().salon(parsed.salon_id)
    except InvalidEvent:
        return
    # Whoever names a salon that is none must not make it one.
    if documents.get(SALON) is not None:
        documents.commit(Create(record.path, record.stored()))
