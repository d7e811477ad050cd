from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.http import from_http
from google.events.cloud.firestore import DocumentEventData

from local.cloud_events import document_event, happened, match, pubsub_event, read
from shared.adapters import deliveries, triggers

NOW = datetime(2026, 11, 20, 10, 0, 30, 123456, tzinfo=UTC)
EVERYTHING = {
    "none": None,
    "true": True,
    "whole": 7,
    "part": 1.5,
    "text": "São Paulo 🙂",
    "bytes": b"\x00\xff",
    "instant": NOW,
    "map": {"empty": {}, "list": [1, {"deep": [None, "x"]}]},
    "list": [],
}


@dataclass(frozen=True)
class Change:
    path: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    update_time: datetime = NOW


def parsed(change: Change) -> deliveries.DocumentChange:
    seen: list[deliveries.DocumentChange] = []

    @triggers.on_document_written
    def keep(change: deliveries.DocumentChange) -> None:
        seen.append(change)

    headers, body = document_event(change, project="demo", event_id="e1", time=NOW)
    keep(from_http(headers, body))
    return seen[0]


@pytest.mark.parametrize(("before", "after"), [(None, EVERYTHING), (EVERYTHING, {"whole": 1}), (EVERYTHING, None)])
def test_a_change_arrives_as_it_was_written(before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    change = parsed(Change("salons/s1/bookings/b-é", before, after))
    assert (change.salon_id, change.path, change.before, change.after) == ("s1", "bookings/b-é", before, after)
    assert change.occurred_at == NOW


def test_numbers_keep_their_kind() -> None:
    after = parsed(Change("salons/s1/bookings/b1", None, {"one": 1, "float": 1.0, "yes": True})).after
    assert after is not None
    assert [type(value) for value in (after["one"], after["float"], after["yes"])] == [int, float, bool]


def test_the_body_is_what_eventarc_sends() -> None:
    change = Change("salons/s1/bookings/b1", None, {"n": 1})
    headers, body = document_event(change, project="demo", event_id="e1", time=NOW, event="created")
    data = DocumentEventData.deserialize(body)
    assert data.value.name == "projects/demo/databases/(default)/documents/salons/s1/bookings/b1"
    assert "old_value" not in data
    assert headers["ce-type"] == "google.cloud.firestore.document.v1.created"
    assert headers["Content-Type"] == "application/protobuf"


def test_what_firestore_cannot_hold_is_refused() -> None:
    change = Change("salons/s1/bookings/b1", None, {"set": {1}})
    with pytest.raises(TypeError, match="found set"):
        document_event(change, project="demo", event_id="e1", time=NOW)


def test_a_message_arrives_with_its_attributes_and_its_instants_as_text() -> None:
    headers, body = pubsub_event("ticks", {"at": NOW}, {"tick": "move_on"}, project="demo", event_id="7", time=NOW)
    ticks: list[deliveries.Tick] = []

    @triggers.on_tick
    def keep(tick: deliveries.Tick) -> None:
        ticks.append(tick)

    keep(from_http(headers, body))
    assert ticks == [deliveries.Tick(name="move_on", at=NOW, event_id="7")]


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("salons/{s}/bookings/{b}", "salons/s1/bookings/b1", {"s": "s1", "b": "b1"}),
        ("salons/{s}/bookings/{b}", "salons/s1/bookings/b1/notes/n1", None),
        ("salons/{s}", "salons/s1/bookings/b1", None),
        ("salons/{rest=**}", "salons/s1/bookings/b1", {"rest": "s1/bookings/b1"}),
        ("/autonomous/**", "/autonomous/gaps/open", {}),
        ("/o/{token}", "/o/a.b", {"token": "a.b"}),
        ("/o.x", "/oax", None),
    ],
)
def test_a_pattern_matches_whole_segments(pattern: str, path: str, found: dict[str, str] | None) -> None:
    assert match(pattern, path) == found


def test_a_change_is_of_every_kind_that_fits() -> None:
    kinds = ("written", "created", "updated", "deleted")
    assert [kind for kind in kinds if happened(kind, None, {})] == ["written", "created"]
    assert [kind for kind in kinds if happened(kind, {}, {})] == ["written", "updated"]
    assert [kind for kind in kinds if happened(kind, {}, None)] == ["written", "deleted"]
    assert [kind for kind in kinds if happened(kind, None, None)] == ["written"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        document_event(Change("salons/s1/bookings/b-é %", None, EVERYTHING), project="demo", event_id="e1", time=NOW),
        document_event(Change("salons/s1/bookings/b1", None, None), project="demo", event_id="e1", time=NOW),
        pubsub_event("ticks", {"at": NOW}, {"tick": "wake_due"}, project="demo", event_id="7", time=NOW),
    ],
)
def test_in_one_process_an_event_is_read_as_the_sdk_reads_it(headers: dict[str, str], body: bytes) -> None:
    ours, theirs = read(headers, body), from_http(headers, body)
    assert (ours.get_attributes(), ours.data) == (theirs.get_attributes(), theirs.data)
