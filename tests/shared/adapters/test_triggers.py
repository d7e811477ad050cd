"""What becomes of a delivery: parsed, run, and one of two fates."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cloudevents.http import CloudEvent, from_http

from local.cloud_events import document_event, pubsub_event
from local.memory.memory import Change, MemoryDatabase, MemoryStore
from shared.adapters import clock, deliveries, firestore, settings, triggers
from shared.ports import SALON, Create, Put, Query
from shared.records.events import SalonEvent
from shared.records.invalid import InvalidEvent

NOW = datetime(2026, 11, 20, 10, 0, 30, 123456, tzinfo=UTC)
EVENT = {
    "event_id": "gap-g1-1",
    "event_type": "GAP_DETECTED",
    "salon_id": "s1",
    "occurred_at": "2026-11-20T09:00:00Z",
    "resource_type": "gap",
    "resource_id": "g1",
    "payload": {"secret": "+14165550100"},
}


class StandingClock:
    def now(self) -> datetime:
        return NOW

    def real(self) -> datetime:
        return NOW

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    memory = MemoryStore(MemoryDatabase())
    monkeypatch.setattr(firestore, "store", lambda: memory)
    monkeypatch.setattr(clock, "clock", StandingClock)
    return memory


def document_written(
    path: str, after: dict[str, Any] | None = None, before: dict[str, Any] | None = None
) -> CloudEvent:
    headers, body = document_event(Change(path, before, after, NOW), project="demo", event_id="e1", time=NOW)
    return from_http(headers, body)


def message(topic: str, body: Any, **attributes: str) -> CloudEvent:
    headers, content = pubsub_event(topic, body, attributes, project="demo", event_id="m1", time=NOW)
    return from_http(headers, content)


def message_of(data: str) -> CloudEvent:
    event = message("salon-events", {})
    event.data["message"]["data"] = data
    return event


def arrived(way_in: Callable[[Callable[[Any], Any]], triggers.Door], event: CloudEvent) -> list[Any]:
    """What the function was called with, if it was."""
    seen: list[Any] = []

    @way_in
    def keep(value: Any) -> str:
        seen.append(value)
        return "kept"

    keep(event)
    return seen


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    content: dict[str, Any] = json.loads(line)
    return content


def records(store: MemoryStore) -> list[dict[str, Any]]:
    return [found.data for found in store.salon("s1").query(Query("audit_logs"))]


def test_the_salon_itself_has_a_name_of_its_own() -> None:
    (change,) = arrived(triggers.on_document_written, document_written("salons/s1", {"name": "x"}))
    assert (change.salon_id, change.path, change.id) == ("s1", SALON, "s1")


def test_a_document_that_came_and_went_in_one_commit_is_neither_before_nor_after() -> None:
    (change,) = arrived(triggers.on_document_written, document_written("salons/s1/bookings/é 1"))
    assert (change.path, change.id, change.before, change.after) == ("bookings/é 1", "é 1", None, None)
    assert change.update_time is None


@pytest.mark.parametrize("path", ["salons/s1/bookings", "salons//bookings/b1", "other/s1/bookings"])
def test_a_name_that_is_no_documents_is_set_aside(store: MemoryStore, path: str) -> None:
    assert arrived(triggers.on_document_written, document_written(path, {})) == []


@pytest.mark.parametrize("body", [b"\xff\xff", b"no protobuf at all"])
def test_a_body_that_is_no_document_event_is_set_aside(store: MemoryStore, body: bytes) -> None:
    headers, _ = document_event(Change("salons/s1/bookings/b1", None, {}, NOW), project="demo", event_id="e1", time=NOW)
    assert arrived(triggers.on_document_written, from_http(headers, body)) == []


def test_a_salon_event_arrives_as_its_model() -> None:
    (event,) = arrived(triggers.on_event, message("salon-events", EVENT, event_type="GAP_DETECTED"))
    assert event == SalonEvent.model_validate(EVENT)
    assert event.occurred_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "event",
    [
        message("salon-events", {**EVENT, "event_type": "gap_detected"}),
        message("salon-events", {**EVENT, "occurred_at": "2026-11-20T09:00:00"}),
        message("salon-events", {**EVENT, "salon_id": "s1/bookings/b1"}),
        message("salon-events", {name: value for name, value in EVENT.items() if name != "event_id"}),
        message("salon-events", []),
        message_of("no base64!"),
        message_of(base64.b64encode(b"{no json").decode()),
        message_of(base64.b64encode(b"\xff").decode()),
    ],
)
def test_a_message_that_is_no_salon_event_is_set_aside(
    store: MemoryStore, event: CloudEvent, capsys: pytest.CaptureFixture[str]
) -> None:
    assert arrived(triggers.on_event, event) == []
    line = logged(capsys)
    assert (line["severity"], line["outcome"], line["event_id"]) == ("WARNING", "InvalidEvent", "m1")
    assert "+14165550100" not in json.dumps(line)


def test_a_job_says_whose_turn_it_is_and_when_it_was_due() -> None:
    body = {"job": "gap_scan", "salon_id": "s1", "at": "2026-11-20T15:30:00+05:30"}
    (job,) = arrived(triggers.on_job, message("salon-jobs", body, job="gap_scan", salon_id="s1"))
    assert job == deliveries.Job("s1", "gap_scan", datetime(2026, 11, 20, 10, tzinfo=UTC), "m1")


@pytest.mark.parametrize(
    "wrong",
    [{"salon_id": None}, {"salon_id": ""}, {"job": 5}, {"at": "2026-11-20T10:00:00"}, {"at": "soon"}, {"at": 5}],
)
def test_a_job_without_its_salon_or_time_is_set_aside(store: MemoryStore, wrong: dict[str, Any]) -> None:
    body = {"job": "gap_scan", "salon_id": "s1", "at": "2026-11-20T10:00:00Z", **wrong}
    assert arrived(triggers.on_job, message("salon-jobs", body, job="gap_scan")) == []


def test_a_document_of_no_salon_is_named_by_its_whole_path() -> None:
    (change,) = arrived(triggers.on_document_written, document_written("channel_routes/r1/inbound/SM1", {}))
    assert (change.salon_id, change.path, change.id) == ("", "channel_routes/r1/inbound/SM1", "SM1")


def test_one_function_may_have_every_way_in() -> None:
    job = {"job": "customer_scoring", "salon_id": "s1", "at": "2026-11-20T10:00:00Z"}
    due = {"salon_id": "s1", "path": "gaps/g1", "due_at": "2026-11-20T10:00:00Z"}
    came = [
        arrived(triggers.on_any, event)[0]
        for event in (
            document_written("salons/s1/bookings/b1", {}),
            message("salon-events", EVENT, event_type="GAP_DETECTED"),
            message("salon-jobs", job, job="customer_scoring", salon_id="s1"),
            message("salon-due", due, collection="gaps"),
            message("ticks", {"at": "2026-11-20T10:00:00Z"}, tick="clean_up"),
        )
    ]
    assert [type(event) for event in came] == [
        deliveries.DocumentChange, SalonEvent, deliveries.Job, deliveries.Due, deliveries.Tick,
    ]  # fmt: skip
    assert came[3] == deliveries.Due("s1", "gaps/g1", "m1")


@pytest.mark.parametrize("wrong", [{"salon_id": None}, {"path": ""}, {"path": 5}])
def test_what_is_due_without_its_place_is_set_aside(store: MemoryStore, wrong: dict[str, Any]) -> None:
    body = {"salon_id": "s1", "path": "gaps/g1", **wrong}
    assert arrived(triggers.on_due, message("salon-due", body, collection="gaps")) == []


@pytest.mark.parametrize("attributes", [{"tick": "clean_up"}, {"job": "clean_up"}])
def test_a_tick_is_named_by_its_folder_or_its_job(attributes: dict[str, str]) -> None:
    (tick,) = arrived(triggers.on_tick, message("ticks", {"at": "2026-11-20T10:00:00Z"}, **attributes))
    assert tick == deliveries.Tick("clean_up", datetime(2026, 11, 20, 10, tzinfo=UTC), "m1")


def test_a_tick_without_a_name_is_set_aside(store: MemoryStore) -> None:
    assert arrived(triggers.on_tick, message("ticks", {"at": "2026-11-20T10:00:00Z"})) == []


def test_what_a_retry_cannot_help_is_acknowledged_and_audited_once(
    store: MemoryStore, capsys: pytest.CaptureFixture[str]
) -> None:
    @triggers.on_document_written
    def detect_gaps(change: deliveries.DocumentChange) -> triggers.Outcome:
        raise InvalidEvent("expected a booking, found none")

    store.salon("s1").commit(Put(SALON, {"name": "One"}))  # nothing is written below a salon that is not there
    event = document_written("salons/s1/bookings/b1", {"customer": "Ann"})
    detect_gaps(event)
    line = logged(capsys)
    detect_gaps(event)
    (record,) = records(store)
    assert (record["event_type"], record["actor"], record["created_at"]) == ("data_set_aside", "detect_gaps", NOW)
    assert record["details"] == {"reason": "expected a booking, found none"}
    assert (line["severity"], line["function"], line["salon_id"]) == ("WARNING", "detect_gaps", "s1")


def test_an_event_about_an_audit_record_is_never_audited(store: MemoryStore) -> None:
    @triggers.on_document_written
    def relay_events(change: deliveries.DocumentChange) -> triggers.Outcome:
        raise InvalidEvent("expected an audit record, found something else")

    relay_events(document_written("salons/s1/audit_logs/a1", {}))
    assert records(store) == []


def test_everything_else_escapes_so_that_it_is_delivered_again(
    store: MemoryStore, capsys: pytest.CaptureFixture[str]
) -> None:
    @triggers.on_event
    def fill_gap(event: SalonEvent) -> triggers.Outcome:
        raise ConnectionError("to +14165550100")

    with pytest.raises(ConnectionError):
        fill_gap(message("salon-events", EVENT, event_type="GAP_DETECTED"))
    line = logged(capsys)
    assert (line["severity"], line["outcome"], line["error"]) == ("ERROR", "failed", "ConnectionError")
    assert "+14165550100" not in json.dumps(line)
    assert records(store) == []


def test_one_line_says_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    arrived(triggers.on_event, message("salon-events", EVENT, event_type="GAP_DETECTED"))
    line = logged(capsys)
    assert line.pop("ms") >= 0
    assert line == {
        "severity": "INFO",
        "message": "keep: kept",
        "function": "keep",
        "salon_id": "s1",
        "event_id": "gap-g1-1",
        "attempt": None,
        "outcome": "kept",
        "reason": None,
    }


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    settings.deployment.cache_clear()
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://example.org/")
    monkeypatch.setenv("SIGNING_KEY", "key")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC1")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "token")
    monkeypatch.delenv("TWILIO_TEMPLATES", raising=False)
    return monkeypatch


def test_the_deployment_is_what_the_environment_says(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TWILIO_TEMPLATES", '{"offer": {"en": "HX1"}}')
    found = settings.deployment()
    assert (found.public_base_url, found.signing_key) == ("https://example.org", b"key")
    assert found.templates == {"offer": {"en": "HX1"}}


@pytest.mark.parametrize("name", ["PUBLIC_BASE_URL", "SIGNING_KEY"])
def test_a_missing_variable_is_named(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    with pytest.raises(settings.SettingsError, match=name):
        settings.deployment()


@pytest.mark.parametrize("text", ["{", "[]", '{"offer": "HX1"}'])
def test_templates_that_are_no_map_of_maps_are_an_error(environment: pytest.MonkeyPatch, text: str) -> None:
    environment.setenv("TWILIO_TEMPLATES", text)
    with pytest.raises(settings.SettingsError, match="TWILIO_TEMPLATES"):
        settings.deployment()


def test_only_our_own_account_has_a_token(environment: pytest.MonkeyPatch) -> None:
    assert (settings.twilio_auth_token("AC1"), settings.twilio_auth_token("AC2")) == ("token", None)


def fails(error: Exception) -> triggers.Door:
    @triggers.on_due
    def look(due: deliveries.Due) -> str:
        raise error

    return look


def due_at(store: MemoryStore) -> datetime:
    found = store.salon("s1").get("gaps/g1")
    assert found is not None
    instant: datetime = found.data["due_at"]
    return instant


DUE = {"salon_id": "s1", "path": "gaps/g1", "due_at": NOW.isoformat()}


def test_a_document_that_nobody_can_handle_is_put_off_for_longer_each_time(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.salon("s1").commit(Create("gaps/g1", {"due_at": NOW, "other": 1}))
    now, waits = NOW, []

    class Clock(StandingClock):
        def now(self) -> datetime:
            return now

    monkeypatch.setattr(clock, "clock", Clock)
    for _ in range(9):
        with pytest.raises(RuntimeError):
            fails(RuntimeError("broken"))(message("salon-due", DUE, collection="gaps"))
        waits.append((due_at(store) - now).total_seconds() / 60)
        now = due_at(store)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert store.salon("s1").get("gaps/g1").data["other"] == 1


def test_a_new_wait_begins_with_a_minute_again(store: MemoryStore) -> None:
    before = {"until": NOW - timedelta(hours=1), "times": 6}
    store.salon("s1").commit(Create("gaps/g1", {"due_at": NOW, "put_off": before}))
    with pytest.raises(RuntimeError):
        fails(RuntimeError("broken"))(message("salon-due", DUE, collection="gaps"))
    assert due_at(store) == NOW + timedelta(minutes=1)


def test_a_repetition_of_what_was_put_off_is_acknowledged_and_puts_nothing_off(store: MemoryStore) -> None:
    store.salon("s1").commit(Create("gaps/g1", {"due_at": NOW}))
    with pytest.raises(RuntimeError):
        fails(RuntimeError("broken"))(message("salon-due", DUE, collection="gaps"))
    fails(RuntimeError("broken"))(message("salon-due", DUE, collection="gaps"))
    assert due_at(store) == NOW + timedelta(minutes=1)


def test_what_was_moved_on_meanwhile_is_not_put_off_and_its_failure_is_delivered_again(store: MemoryStore) -> None:
    later = NOW + timedelta(minutes=7)
    store.salon("s1").commit(Create("gaps/g1", {"due_at": later}))
    with pytest.raises(RuntimeError):
        fails(RuntimeError("broken"))(message("salon-due", DUE, collection="gaps"))
    assert due_at(store) == later


def test_a_document_whose_salon_is_gone_is_put_off_and_acknowledged(store: MemoryStore) -> None:
    store.salon("s1").commit(Create("gaps/g1", {"due_at": NOW}))
    fails(InvalidEvent("expected a document salons/s1, found none"))(message("salon-due", DUE, collection="gaps"))
    assert due_at(store) == NOW + timedelta(minutes=1)
    assert records(store) == [], "whoever is gone gets no record"


def test_a_document_that_is_gone_keeps_nobody(store: MemoryStore) -> None:
    with pytest.raises(RuntimeError):
        fails(RuntimeError("broken"))(message("salon-due", DUE, collection="gaps"))
