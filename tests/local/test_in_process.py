"""The suite in one process, run on toy functions: what the platform does, without what ours do."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from local import in_process
from local.conditions import Calm, Delivery, Fate
from local.in_process import ACCOUNT_SID, Suite
from shared.adapters import clock, firestore, log
from shared.messaging.rendering import render
from shared.ports import AnswerLost, Published, Sending

NOW = datetime(2026, 11, 20, 10, 0, 30, tzinfo=UTC)
SALON = "salons/s1"

HEAD = """
    import flask
    import functions_framework
    from functions.send_outreach import messenger
    from shared.adapters import clock, firestore, pubsub, triggers, twilio
    from shared.ports import Create, Delete, Published, Put, Query, Sending, Update
"""


@pytest.fixture
def toys(tmp_path: Path) -> "Toys":
    return Toys(tmp_path)


class Toys:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, source: str, *triggers: dict[str, Any]) -> None:
        folder = self.folder / name
        folder.mkdir()
        described = {"description": "A toy.", "triggers": list(triggers)}
        (folder / "function.json").write_text(json.dumps(described))
        (folder / "main.py").write_text(dedent(HEAD) + dedent(source))

    def suite(self, **options: Any) -> Suite:
        return Suite(self.folder, now=NOW, **options)


BOOKINGS = {"kind": "firestore", "event": "written", "document": "salons/{salon_id}/bookings/{booking_id}"}
COUNT_CHANGES = """
    @functions_framework.cloud_event
    @triggers.on_document_written
    def count_changes(change):
        documents = firestore.store().salon(change.salon_id)
        found = documents.get("seen/all")
        seen = (found.data["seen"] if found else []) + [f"{change.path} {change.before} {change.after}"]
        documents.commit(Put("seen/all", {"seen": seen}))
        return "counted"
"""


def test_a_written_document_reaches_the_function_as_it_was_and_as_it_is(toys: Toys) -> None:
    toys.add("count_changes", COUNT_CHANGES, BOOKINGS)
    with toys.suite() as suite:
        suite.put(f"{SALON}/bookings/b1", {"n": 1})
        suite.put(f"{SALON}/customers/c1", {"n": 1})
        suite.update(f"{SALON}/bookings/b1", n=2)
        suite.delete(f"{SALON}/bookings/b1")
        suite.run_until_idle()
        assert suite.get(f"{SALON}/seen/all") == {
            "seen": [
                "bookings/b1 None {'n': 1}",
                "bookings/b1 {'n': 1} {'n': 2}",
                "bookings/b1 {'n': 2} None",
            ]
        }
        assert suite.outcomes == {("count_changes", "counted"): 3}


def test_a_write_that_changes_nothing_wakes_nobody(toys: Toys) -> None:
    toys.add("count_changes", COUNT_CHANGES, BOOKINGS)
    with toys.suite() as suite:
        suite.put(f"{SALON}/bookings/b1", {"n": 1})
        suite.put(f"{SALON}/bookings/b1", {"n": 1})
        suite.run_until_idle()
        assert suite.delivered == 1


def test_a_trigger_for_created_documents_does_not_hear_of_later_changes(toys: Toys) -> None:
    toys.add("count_changes", COUNT_CHANGES, {**BOOKINGS, "event": "created"})
    with toys.suite() as suite:
        suite.put(f"{SALON}/bookings/b1", {"n": 1})
        suite.put(f"{SALON}/bookings/b1", {"n": 2})
        suite.delete(f"{SALON}/bookings/b1")
        suite.run_until_idle()
        assert suite.delivered == 1


EVENT = {
    "event_id": "e1",
    "event_type": "GAP_DETECTED",
    "salon_id": "s1",
    "occurred_at": NOW,
    "resource_type": "gap",
    "resource_id": "g1",
}
KEEP_EVENTS = """
    @functions_framework.cloud_event
    @triggers.on_event
    def keep_events(event):
        firestore.store().salon(event.salon_id).commit(Create(f"kept/{event.resource_id}", {"type": event.event_type}))
        return "kept"
"""


def test_a_function_hears_only_of_the_event_types_it_named(toys: Toys) -> None:
    toys.add("keep_events", KEEP_EVENTS, {"kind": "events", "event_types": ["GAP_DETECTED"]})
    with toys.suite() as suite:
        for event_type in ("GAP_DETECTED", "GAP_FILLED"):
            body = EVENT | {"event_type": event_type, "resource_id": event_type}
            suite.publish(Published("salon-events", body, {"event_type": event_type, "salon_id": "s1"}))
        suite.run_until_idle()
        assert suite.list(f"{SALON}/kept") == {"GAP_DETECTED": {"type": "GAP_DETECTED"}}


FAIL_ALWAYS = """
    @functions_framework.cloud_event
    @triggers.on_event
    def fail_always(event):
        raise RuntimeError("no")
"""


def test_a_delivery_that_keeps_failing_is_dead_after_five_attempts(toys: Toys) -> None:
    toys.add("fail_always", FAIL_ALWAYS, {"kind": "events", "event_types": ["GAP_DETECTED"]})
    with toys.suite() as suite:
        suite.publish(Published("salon-events", EVENT, {"event_type": "GAP_DETECTED"}))
        suite.run_until_idle()
        assert suite.delivered == 5
        assert [(dead.delivery.function.name, str(dead.error)) for dead in suite.dead] == [("fail_always", "no")]
        assert len(suite.failures) == 5


MOVE_ON = """
    from datetime import timedelta

    @functions_framework.cloud_event
    @triggers.on_tick
    def move_on(tick):
        now = clock.clock().now()
        for found in firestore.store().due("gaps", now, 10):
            documents = firestore.store().salon(found.salon_id)
            times = documents.get(found.path).data["times"] + [now]
            due_at = now + timedelta(minutes=7, seconds=10) if len(times) < 3 else None
            documents.commit(Put(found.path, {"due_at": due_at, "times": times}))
        return "moved"
"""


def test_the_clock_steps_from_due_time_to_due_time(toys: Toys) -> None:
    toys.add("move_on", MOVE_ON, {"kind": "tick", "schedule": "* * * * *"})
    with toys.suite() as suite:
        suite.put(f"{SALON}/gaps/g1", {"due_at": NOW + timedelta(minutes=2), "times": []})
        suite.advance_to(NOW + timedelta(hours=5))
        times = suite.get(f"{SALON}/gaps/g1")["times"]
        # Each at the first whole minute that is not before its due time.
        assert [time.strftime("%H:%M:%S") for time in times] == ["10:03:00", "10:11:00", "10:19:00"]
        assert suite.delivered == 3
        assert suite.clock.now() == NOW + timedelta(hours=5)


TAKE_JOB = """
    @functions_framework.cloud_event
    @triggers.on_job
    def take_job(job):
        firestore.store().salon(job.salon_id).commit(Create(f"done/{job.at:%H%M}", {}))
        return "done"
"""
DISPATCH_JOBS = """
    @functions_framework.cloud_event
    @triggers.on_tick
    def dispatch_jobs(tick):
        body = {"job": tick.name, "salon_id": "s1", "at": tick.at}
        pubsub.bus().publish(Published("salon-jobs", body, {"job": tick.name, "salon_id": "s1"}))
        return "dispatched"
"""


def test_a_job_comes_to_each_salon_through_its_dispatcher_on_schedule(toys: Toys) -> None:
    toys.add("take_job", TAKE_JOB, {"kind": "job", "job": "gap_scan", "schedule": "*/5 * * * *"})
    toys.add("dispatch_jobs", DISPATCH_JOBS, {"kind": "ticks"})
    with toys.suite() as suite:
        suite.advance(minutes=15)
        assert list(suite.list(f"{SALON}/done")) == ["1005", "1010", "1015"]


def test_what_the_world_does_happens_at_its_time_and_in_its_order(toys: Toys) -> None:
    happened: list[str] = []
    with toys.suite() as suite:
        for name, minutes in (("c", 2), ("b", 1), ("a", 1)):
            at = NOW + timedelta(minutes=minutes)
            suite.at(at, lambda name=name: happened.append(f"{name} {suite.clock.now():%M}"), order=name)
        suite.advance_to(NOW + timedelta(minutes=1))
        assert happened == ["a 01", "b 01"]
        suite.advance(minutes=1)
        assert happened == ["a 01", "b 01", "c 02"]


SHOW_PAGE = """
    @functions_framework.http
    def show_page(request):
        if request.method == "POST":
            return {"token": request.view_args, "said": request.form["said"]}
        return f"page {request.path}", 200
"""


def test_http_comes_through_the_door_whose_path_and_method_it_is(toys: Toys) -> None:
    toys.add("show_page", SHOW_PAGE, {"kind": "http", "path": "/o/{token}", "methods": ["GET", "POST"]})
    with toys.suite() as suite:
        assert suite.request("GET", "/o/abc?x=1").get_data(as_text=True) == "page /o/abc"
        assert suite.request("POST", "/o/abc", form={"said": "hello"}).json["said"] == "hello"
        assert suite.request("DELETE", "/o/abc").status_code == 404
        assert suite.request("GET", "/other").status_code == 404


READ_WEBHOOK = """
    @functions_framework.http
    def read_webhook(request):
        form = twilio.form(request)
        if form is None:
            return "", 403
        documents = firestore.store().salon("s1")
        documents.commit(Create(f"said/{form['MessageSid']}", {"form": dict(form), "mid": request.args.get("mid")}))
        return "", 200
"""
SEND_ONE = """
    @functions_framework.cloud_event
    @triggers.on_document_written
    def send_one(change):
        return type(messenger.messenger().send(Sending(**change.after))).__name__
"""


@pytest.fixture
def offered(toys: Toys) -> Iterator[Suite]:
    toys.add("send_one", SEND_ONE, {**BOOKINGS, "document": "salons/{salon_id}/sendings/{id}"})
    hooks = [{"kind": "http", "path": f"/webhooks/twilio/{end}", "methods": ["POST"]} for end in ("incoming", "status")]
    toys.add("read_webhook", READ_WEBHOOK, *hooks)
    with toys.suite() as suite:
        yield suite


def sending(**changes: Any) -> dict[str, Any]:
    names = ("name", "service", "staff", "salon", "when", "price", "until", "accept_token", "decline_token")
    rendered = render("slot_offer", "en", {name: f"<{name}>" for name in names})
    return {
        "channel": "whatsapp",
        "account_sid": ACCOUNT_SID,
        "sender": "+14155238886",
        "to": "+14165550101",
        "reference": "s1/outreach/o1",
        "content_sid": in_process.seeded_templates()["slot_offer"]["en"],
        "variables": rendered.numbered,
    } | changes


def test_a_message_is_kept_as_its_reader_sees_it(offered: Suite) -> None:
    offered.put(f"{SALON}/sendings/1", sending())
    offered.run_until_idle()
    [message] = offered.outbox.messages
    assert message.purpose == "slot_offer"
    assert "Hi <name>! A spot has opened up <when>" in message.text
    assert [button.payload for button in message.buttons] == ["<accept_token>", "<decline_token>"]


def test_a_pressed_button_and_a_report_come_as_signed_webhooks(offered: Suite) -> None:
    offered.put(f"{SALON}/sendings/1", sending())
    offered.run_until_idle()
    [message] = offered.outbox.messages
    assert offered.reply(message, button=0, sid="SMreply").status_code == 200
    assert offered.report(message, "undelivered", error_code=63024).status_code == 200
    said = offered.list(f"{SALON}/said")
    assert said["SMreply"]["form"]["ButtonPayload"] == "<accept_token>"
    assert said["SMreply"]["form"]["From"] == "whatsapp:+14165550101"
    assert said["SMreply"]["form"]["OriginalRepliedMessageSid"] == message.sid
    assert said[message.sid]["mid"] == "s1/outreach/o1"
    assert said[message.sid]["form"]["ErrorCode"] == "63024"


def test_an_unsigned_webhook_is_refused(offered: Suite) -> None:
    form = {"AccountSid": ACCOUNT_SID, "MessageSid": "SM1"}
    assert offered.request("POST", "/webhooks/twilio/incoming", form=form).status_code == 403
    assert offered.list(f"{SALON}/said") == {}


def test_the_provider_can_be_told_what_to_answer(offered: Suite) -> None:
    offered.outbox.answers.append(AnswerLost("gone"))
    offered.put(f"{SALON}/sendings/1", sending())
    offered.put(f"{SALON}/sendings/2", sending())
    offered.run_until_idle()
    assert offered.outcomes == {("send_one", "AnswerLost"): 1, ("send_one", "Accepted"): 1}
    assert len(offered.outbox.messages) == 1
    assert isinstance(offered.outbox.messages[0].sending, Sending)


def test_conditions_reorder_double_and_crash_deliveries(toys: Toys) -> None:
    class LastFirst(Calm):
        def next(self, waiting: Sequence[Delivery]) -> int:
            return len(waiting) - 1

        def fate(self, delivery: Delivery) -> Fate:
            if delivery.about.endswith("b1"):
                return "twice"
            return "crash_before" if delivery.about.endswith("b2") and delivery.attempt == 1 else "once"

    toys.add("count_changes", COUNT_CHANGES, BOOKINGS)
    with toys.suite(conditions=LastFirst()) as suite:
        for number in (1, 2, 3):
            suite.put(f"{SALON}/bookings/b{number}", {})
        suite.run_until_idle()
        seen = [line.split()[0] for line in suite.get(f"{SALON}/seen/all")["seen"]]
        assert seen == ["bookings/b3", "bookings/b2", "bookings/b1", "bookings/b1"]
        assert not suite.dead


WAKE_ITSELF = """
    @functions_framework.cloud_event
    @triggers.on_document_written
    def wake_itself(change):
        firestore.store().salon(change.salon_id).commit(Put(change.path, {"n": change.after["n"] + 1}))
        return "awake"
"""


def test_functions_that_keep_waking_each_other_are_found_out(toys: Toys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process, "MAX_DELIVERIES", 50)
    toys.add("wake_itself", WAKE_ITSELF, BOOKINGS)
    with toys.suite() as suite:
        suite.put(f"{SALON}/bookings/b1", {"n": 1})
        with pytest.raises(RuntimeError, match="wake_itself"):
            suite.run_until_idle()


def test_the_adapters_are_as_they_were_once_the_suite_is_over(toys: Toys) -> None:
    before = (firestore.store, clock.clock, log.line)
    with toys.suite() as suite:
        assert firestore.store() is suite.store
        assert clock.clock().now() == NOW
    assert (firestore.store, clock.clock, log.line) == before


def test_sleeping_passes_no_business_time(toys: Toys) -> None:
    suite = toys.suite()
    suite.clock.sleep(8)
    assert suite.clock.now() == NOW
    assert suite.clock.real() == NOW + timedelta(seconds=8)
