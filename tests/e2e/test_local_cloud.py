"""The local cloud's own promises, with toy functions: deliveries, retries, faults, clock, drain, documents, doors."""

import os
import re
import signal
import socket
import threading
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from tests.e2e.local_cloud import CLOUDS, STOP_SECONDS, LocalCloud, local_cloud, start, stop, wait_for_info

TOYS = Path(__file__).parent / "toys"
START = "2026-11-20T09:00:30Z"
LONGER_THAN_A_LOCK_WAIT = 3.0
"""Google's emulator gives a write up after two seconds."""
STANDING = ("--salon", "none", "--functions", str(TOYS), "--at", START, "--speed", "0")
INFO = {
    "project",
    "cloud",
    "firestore_emulator_host",
    "pubsub_emulator_host",
    "base_url",
    "twilio_url",
    "twilio_account_sid",
    "twilio_auth_token",
    "console_url",
    "platform_token",
    "salons",
}


@pytest.fixture(scope="module", params=CLOUDS)
def cloud(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with local_cloud(request.param, tmp_path_factory.mktemp("cloud"), *STANDING) as running:
        yield running


@pytest.fixture
def salon() -> str:
    return f"s-{uuid.uuid4().hex[:8]}"


def outcomes(cloud: LocalCloud, subject: str) -> list[str]:
    return [each["outcome"] for each in cloud.deliveries(subject)]


def test_the_info_file_says_how_to_reach_it(cloud: LocalCloud) -> None:
    assert set(cloud.info) == INFO
    assert cloud.info["console_url"] == cloud.info["base_url"] + "/console"
    assert (cloud.info["firestore_emulator_host"] is None) == (cloud.info["cloud"] == "memory")


def test_a_document_comes_back_as_it_was_put(cloud: LocalCloud, salon: str) -> None:
    document = {
        "instant": "2026-11-20T09:00:30.123456Z",
        "elsewhere": "2026-11-20T14:30:30+05:30",
        "day": "2026-11-20",
        "opening_hours": {"mon": [["10:00", "20:00"]], "tue": []},
        "quiet_hours": {"start": "20:30", "end": "09:00"},
        "price": 12.5,
        "whole": 3,
        "nothing": None,
        "flag": False,
        "nested": [{"at": "2026-11-20T09:00:30Z", "of": ["a", 1]}],
        "text": "São Paulo 🙂",
    }
    path = f"salons/{salon}/things/é 1"
    cloud.put(path, document)
    assert cloud.documents(path) == {**document, "elsewhere": "2026-11-20T09:00:30Z"}
    cloud.put(path, {"only": 1})
    assert cloud.documents(f"salons/{salon}/things") == {"é 1": {"only": 1}}
    cloud.ask("DELETE", f"/local/documents/salons/{salon}/things/%C3%A9%201")
    assert cloud.request("GET", f"/local/documents/salons/{salon}/things/%C3%A9%201").status == 404
    assert cloud.documents(f"salons/{salon}/things") == {}


def test_a_patch_changes_the_named_fields_only(cloud: LocalCloud, salon: str) -> None:
    path = f"salons/{salon}/notes/n1"
    cloud.put(path, {"text": "hello", "seen": {"by.hand": "ana", "at": None}})
    cloud.drained()
    changed = {"text": "bye", "seen": {"by.hand": "ana", "at": "2026-11-20T09:00:30Z"}}
    assert cloud.ask("PATCH", f"/local/documents/{path}", {"text": "bye", "seen.at": "2026-11-20T09:00:30Z"}) == changed
    assert cloud.documents(path) == changed
    cloud.drained()
    assert cloud.documents(f"salons/{salon}/copies/n1")["text"] == "bye"
    for missing, fields, status in (("n2", {"text": "x"}, 404), ("n1", {"": 1}, 400), ("n1", {}, 400)):
        refused = cloud.request("PATCH", f"/local/documents/salons/{salon}/notes/{missing}", fields)
        assert (refused.status, list(refused.json())) == (status, ["error"])
    assert cloud.documents(path) == changed


def test_a_document_is_read_with_all_that_is_below_it(cloud: LocalCloud, salon: str) -> None:
    documents = {f"salons/{salon}{below}": {"n": n} for n, below in enumerate(("", "/things/a", "/things/a/parts/b"))}
    documents[f"salons/{salon}/nowhere/c/parts/d"] = {"n": 3}
    for path, data in {**documents, f"salons/{salon}0/things/a": {"n": 4}}.items():
        cloud.put(path, data)
    assert cloud.documents(f"salons/{salon}/**") == documents
    cloud.ask("DELETE", f"/local/documents/salons/{salon}")
    assert f"salons/{salon}" not in cloud.documents(f"salons/{salon}/**")


def test_every_address_that_is_printed_answers(cloud: LocalCloud) -> None:
    assert cloud.process.stdout is not None
    printed = ""
    while "Ctrl-C" not in printed:
        printed += cloud.process.stdout.readline()
    addresses = re.findall(r"http://\S+", printed)
    assert len(addresses) == 3 and "Business time stands still until it is moved" in printed
    for address in addresses:
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.status == 200, address


@contextmanager
def held(cloud: LocalCloud, path: str) -> Iterator[None]:
    """For longer than a write waits. No transaction holds a document in memory."""
    host = cloud.info["firestore_emulator_host"]
    if host is None:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", host)
        client = firestore.Client(project=cloud.info["project"], credentials=AnonymousCredentials())
    transaction = client.transaction()
    transaction._begin()
    client.document(path).get(transaction=transaction)
    ending = threading.Timer(LONGER_THAN_A_LOCK_WAIT, transaction._rollback)
    ending.start()
    began = time.monotonic()
    try:
        yield
        assert time.monotonic() - began >= LONGER_THAN_A_LOCK_WAIT, "written while the transaction held it"
    finally:
        ending.join()


def test_a_document_is_put_and_deleted_although_a_transaction_holds_it_for_a_while(
    cloud: LocalCloud, salon: str
) -> None:
    path = f"salons/{salon}/things/one"
    cloud.put(path, {"n": 1})
    with held(cloud, path):
        cloud.put(path, {"n": 2})
    assert cloud.documents(path) == {"n": 2}
    with held(cloud, path):
        cloud.ask("DELETE", f"/local/documents/{path}")
    assert cloud.documents(f"salons/{salon}/things") == {}


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("/local/documents/salons", {}),
        ("/local/documents/salons/s1/things", {}),
        ("/local/documents/salons/../things/x", {}),
        ("/local/documents/salons/s1/things/x", []),
        ("/local/documents/salons/s1/things/x", {"list": [["a", "list"]]}),
        ("/local/documents/salons/s1/things/x", {"instant": "2026-02-30T00:00:00Z"}),
        ("/local/documents/salons/s1/things/x", {"number": 2**63}),
        ("/local/documents/salons/s1/things/x", {"number": float("nan")}),
        ("/local/documents/salons/s1/things/x", {"": 1}),
        ("/local/documents/salons/s1/__things__/x", {}),
        ("/local/documents/salons/s1/things/x", b"no json"),
    ],
)
def test_what_is_no_document_is_refused(cloud: LocalCloud, target: str, body: object) -> None:
    refused = cloud.request("PUT", target, body)
    assert (refused.status, list(refused.json())) == (400, ["error"])


def test_a_written_document_reaches_its_function(cloud: LocalCloud, salon: str) -> None:
    cloud.put(f"salons/{salon}/notes/n1", {"text": "hello", "at": "2026-11-20T09:00:00.000001Z"})
    assert cloud.drained() == cloud.drained()
    copy = cloud.documents(f"salons/{salon}/copies/n1")
    now = cloud.ask("GET", "/local/clock")["now"]
    assert copy == {"text": "hello", "at": "2026-11-20T09:00:00.000001Z", "copied_at": now}
    (delivery,) = cloud.deliveries(f"salons/{salon}/notes/n1")
    assert (delivery["function"], delivery["event"], delivery["attempt"]) == ("copy_note", "written", 1)


def test_writing_what_is_there_already_is_no_event(cloud: LocalCloud, salon: str) -> None:
    for _ in range(2):
        cloud.put(f"salons/{salon}/notes/n1", {"text": "same"})
        cloud.drained()
    assert outcomes(cloud, f"salons/{salon}/notes/n1") == ["delivered"]


def test_a_failing_function_is_called_again(cloud: LocalCloud, salon: str) -> None:
    cloud.put(f"salons/{salon}/notes/n1", {"failures": 2})
    cloud.drained()
    assert outcomes(cloud, f"salons/{salon}/notes/n1") == ["failed", "failed", "delivered"]
    assert cloud.documents(f"salons/{salon}/copies/n1")["failures"] == 2


def test_drain_waits_for_everything_that_follows(cloud: LocalCloud, salon: str) -> None:
    for number in range(5):
        cloud.put(f"salons/{salon}/notes/n{number}", {"events": 3, "failures": number % 2, "seconds": 0.05})
    cloud.drained()
    assert len(cloud.documents(f"salons/{salon}/heard")) == 15
    cloud.put(f"salons/{salon}/notes/slow", {"seconds": 1})
    hasty = cloud.drain(timeout_s=0.1)
    assert (hasty["idle"], hasty["in_flight"] > 0) == (False, True)
    cloud.drained()
    assert "slow" in cloud.documents(f"salons/{salon}/copies")


def test_what_nobody_can_handle_is_given_up_after_five_deliveries(cloud: LocalCloud, salon: str) -> None:
    dead = cloud.drained()
    cloud.put(f"salons/{salon}/notes/unheard", {"events": 1})
    assert cloud.drained() == dead + 1
    tries = [each for each in cloud.deliveries("salon-events") if each["outcome"] in ("failed", "dead")]
    assert [each["outcome"] for each in tries[-5:]] == ["failed"] * 4 + ["dead"]
    assert [each["attempt"] for each in tries[-5:]] == [1, 2, 3, 4, 5]
    assert len({each["event_id"] for each in tries[-5:]}) == 1


def test_a_duplicate_is_the_same_event_again(cloud: LocalCloud, salon: str) -> None:
    cloud.fault("copy_note", "duplicate")
    cloud.put(f"salons/{salon}/notes/n1", {})
    cloud.put(f"salons/{salon}/notes/n2", {})
    cloud.drained()
    found = Counter(len(cloud.deliveries(f"salons/{salon}/notes/{name}")) for name in ("n1", "n2"))
    assert found == {1: 1, 2: 1}
    attempts = cloud.documents(f"salons/{salon}/attempts").values()
    assert sorted(Counter(each["event_id"] for each in attempts).values()) == [1, 2]


def test_a_dropped_delivery_is_lost(cloud: LocalCloud, salon: str) -> None:
    dead = cloud.drained()
    cloud.fault("copy_note", "drop")
    cloud.put(f"salons/{salon}/notes/n1", {})
    assert cloud.drained() == dead
    assert outcomes(cloud, f"salons/{salon}/notes/n1") == ["dropped"]
    assert cloud.documents(f"salons/{salon}/copies") == {}


def test_a_delayed_delivery_is_overtaken_and_still_counts(cloud: LocalCloud, salon: str) -> None:
    cloud.fault("copy_note", "delay")
    cloud.put(f"salons/{salon}/notes/first", {})
    cloud.drain(timeout_s=0.3)
    cloud.put(f"salons/{salon}/notes/second", {})
    cloud.drained()
    order = [each["subject"] for each in cloud.ask("GET", "/local/deliveries") if f"/{salon}/" in each["subject"]]
    assert order == [f"salons/{salon}/notes/second", f"salons/{salon}/notes/first"]


@pytest.mark.parametrize(("kind", "attempts"), [("crash_before", 1), ("crash_after", 2)])
def test_a_crash_is_survived_by_delivering_again(cloud: LocalCloud, salon: str, kind: str, attempts: int) -> None:
    cloud.fault("copy_note", kind)
    cloud.put(f"salons/{salon}/notes/n1", {"events": 1})
    cloud.drained()
    assert outcomes(cloud, f"salons/{salon}/notes/n1") == ["failed", "delivered"]
    assert len(cloud.documents(f"salons/{salon}/attempts")) == attempts
    assert list(cloud.documents(f"salons/{salon}/heard")) == ["n1-0"]


@pytest.mark.parametrize("kind", ["crash_before", "crash_after"])
def test_a_crash_ends_its_own_function_and_no_other(cloud: LocalCloud, salon: str, kind: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        slow = [pool.submit(cloud.request, "GET", "/toy/slow?seconds=2") for _ in range(8)]
        cloud.fault("copy_note", kind, 2)
        for name in ("n1", "n2"):
            cloud.put(f"salons/{salon}/notes/{name}", {})
        assert Counter(each.result().status for each in slow) == {201: 8}
    cloud.drained()
    assert set(cloud.documents(f"salons/{salon}/copies")) == {"n1", "n2"}


def test_a_killed_worker_is_replaced(cloud: LocalCloud, salon: str) -> None:
    killed = set()
    for _ in range(3):
        process = cloud.request("GET", "/toy/who").json()["process"]
        os.kill(process, signal.SIGKILL)
        killed.add(process)
    cloud.put(f"salons/{salon}/notes/n1", {})
    cloud.drained()
    assert "n1" in cloud.documents(f"salons/{salon}/copies")
    assert cloud.request("GET", "/toy/who").json()["process"] not in killed


def test_a_door_sees_the_request_as_it_was_made(cloud: LocalCloud) -> None:
    target = "/toy/a%2Fb%20c?x=1&y=%C3%A9&x=2"
    answer = cloud.request("POST", target, b"\x00a=%20b", {"X-Twilio-Signature": "s", "Content-Type": "text/odd"})
    assert answer.status == 404, "a slash that is part of an id is none"
    target = "/toy/b%20c?x=1&y=%C3%A9&x=2"
    answer = cloud.request("POST", target, b"\x00a=%20b", {"X-Twilio-Signature": "s", "Content-Type": "text/odd"})
    seen = answer.json()
    assert answer.status == 201
    assert [value for name, value in answer.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert (seen["method"], seen["target"], seen["path"], seen["script_root"]) == ("POST", target, "/toy/b c", "")
    assert seen["body"] == "\x00a=%20b"
    assert seen["headers"]["x-twilio-signature"] == "s"
    assert seen["headers"]["content-type"] == "text/odd"
    assert seen["headers"]["host"] == cloud.info["base_url"].removeprefix("http://")
    assert not [name for name in seen["headers"] if name.startswith("x-local")]


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("GET", "/", 404), ("GET", "/toys", 404), ("DELETE", "/toy/x", 405), ("GET", "/local/nothing", 404)],
)
def test_there_are_no_other_doors(cloud: LocalCloud, method: str, target: str, status: int) -> None:
    assert cloud.request(method, target).status == status


def test_a_jump_fires_each_job_once_at_its_last_due_time(cloud: LocalCloud) -> None:
    before = datetime.fromisoformat(cloud.ask("GET", "/local/clock")["now"])
    known = set(cloud.documents("salons/ticking/jobs")) | set(cloud.documents("salons/ticking/minutes"))
    to = before.replace(minute=20, second=40, microsecond=0) + timedelta(hours=3)
    jumped = cloud.ask("POST", "/local/clock", {"now": to.isoformat()})
    assert (
        datetime.fromisoformat(jumped["now"]) == to == datetime.fromisoformat(cloud.ask("GET", "/local/clock")["now"])
    )
    jobs = [each for name, each in cloud.documents("salons/ticking/jobs").items() if name not in known]
    minutes = [each for name, each in cloud.documents("salons/ticking/minutes").items() if name not in known]
    due = to.replace(second=0)
    assert [(each["job"], datetime.fromisoformat(each["at"])) for each in jobs] == [("hourly", due.replace(minute=0))]
    assert [tuple(map(datetime.fromisoformat, (each["at"], each["now"]))) for each in minutes] == [(due, to)]


def test_a_short_jump_still_ends_with_a_tick(cloud: LocalCloud) -> None:
    known = set(cloud.documents("salons/ticking/minutes"))
    at = datetime.fromisoformat(cloud.ask("GET", "/local/clock")["now"])
    cloud.ask("POST", "/local/clock", {"now": (at + timedelta(microseconds=1)).isoformat()})
    assert len(set(cloud.documents("salons/ticking/minutes")) - known) == 1


@pytest.mark.parametrize("now", ["2020-01-01T00:00:00Z", "2030-01-01", "2030-01-01T00:00:00", 5, None])
def test_time_goes_forward_and_has_a_zone(cloud: LocalCloud, now: object) -> None:
    assert cloud.request("POST", "/local/clock", {"now": now}).status == 400


def test_a_job_runs_when_told_and_the_clock_stays(cloud: LocalCloud) -> None:
    before = cloud.ask("GET", "/local/clock")
    cloud.ask("POST", "/local/tick", {"job": "hourly", "at": "2026-11-19T08:00:00Z"})
    cloud.ask("POST", "/local/tick", {"job": "tick_minutely", "at": "2026-11-19T08:00:00Z"})
    cloud.drained()
    for book in ("jobs", "minutes"):
        found = [each["at"] for each in cloud.documents(f"salons/ticking/{book}").values()]
        assert found.count("2026-11-19T08:00:00Z") == 1
    assert cloud.ask("GET", "/local/clock") == before
    assert cloud.request("POST", "/local/tick", {"job": "nothing"}).status == 404


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"function": "nobody", "kind": "drop", "times": 1}, 404),
        ({"function": "copy_note", "kind": "explode", "times": 1}, 400),
        ({"function": "copy_note", "kind": "drop", "times": 0}, 400),
    ],
)
def test_only_faults_that_can_happen_are_taken(cloud: LocalCloud, fault: dict[str, object], status: int) -> None:
    assert cloud.request("POST", "/local/faults", fault).status == status


@pytest.mark.xdist_group("local cloud on memory")
def test_time_passes_by_itself_and_schedules_with_it(tmp_path: Path) -> None:
    arguments = ("--salon", "none", "--functions", str(TOYS), "--at", "2026-11-20T09:58:30Z", "--speed", "120")
    with local_cloud("memory", tmp_path, *arguments) as running:
        deadline = time.monotonic() + 20
        while not running.documents("salons/ticking/jobs"):
            assert time.monotonic() < deadline, "the hour passed and no job was fired"
            time.sleep(0.05)
        due = [each["at"] for each in running.documents("salons/ticking/minutes").values()]
        assert "2026-11-20T09:59:00Z" in due


@pytest.mark.parametrize(
    ("cloud", "number"),
    [
        pytest.param("memory", signal.SIGINT, marks=CLOUDS[0].marks),
        pytest.param("emulator", signal.SIGTERM, marks=CLOUDS[1].marks),
    ],
)
def test_it_stops_and_leaves_nothing_behind(cloud: str, number: signal.Signals, tmp_path: Path) -> None:
    process = start(cloud, info := tmp_path / "info.json", *STANDING)
    found = wait_for_info(process, info)
    started = descendants(process.pid)
    assert len(started) >= 2
    process.send_signal(number)
    assert process.wait(STOP_SECONDS) == 0
    assert process.stdout is not None
    [log] = re.findall(r"log +(\S+)", process.stdout.read()) or [None]
    assert not info.exists() and (log is None or not Path(log).exists())
    assert [each for each in started if alive(each)] == []
    urls = [found["base_url"], found["twilio_url"], found["firestore_emulator_host"], found["pubsub_emulator_host"]]
    assert [url for url in urls if url and reachable(url)] == []


@pytest.mark.parametrize("cloud", CLOUDS)
def test_it_stops_also_while_it_starts(cloud: str, tmp_path: Path) -> None:
    process = start(cloud, tmp_path / "info.json", *STANDING)
    started: set[int] = set()
    deadline = time.monotonic() + 30
    while not started and time.monotonic() < deadline:
        started = descendants(process.pid)
        time.sleep(0.01)
    assert stop(process) == 0
    assert [each for each in started if alive(each)] == []
    assert not (tmp_path / "info.json").exists()


@pytest.mark.parametrize("cloud", CLOUDS)
def test_when_it_is_killed_its_processes_end_too(cloud: str, tmp_path: Path) -> None:
    process = start(cloud, info := tmp_path / "info.json", *STANDING)
    wait_for_info(process, info)
    started = descendants(process.pid)
    process.kill()
    process.wait()
    deadline = time.monotonic() + STOP_SECONDS
    while any(alive(each) for each in started) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [each for each in started if alive(each)] == []


@pytest.mark.xdist_group("local cloud on memory")
def test_a_function_that_cannot_be_loaded_is_said_and_not_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "functions" / "break_down"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text("raise ValueError('broken by intent')\n")
    (folder / "function.json").write_text((TOYS / "answer_door" / "function.json").read_text())
    process = start("memory", tmp_path / "info.json", "--salon", "none", "--functions", str(folder.parent))
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "broken by intent" in said


def descendants(process: int) -> set[int]:
    children = {
        int(child) for task in Path(f"/proc/{process}/task").glob("*/children") for child in task.read_text().split()
    }
    return children.union(*(descendants(child) for child in children))


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def reachable(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


@pytest.mark.xdist_group("local cloud on memory")
def test_the_platforms_switch_stops_and_starts_the_schedules(tmp_path: Path) -> None:
    with local_cloud("memory", tmp_path, "--salon", "none", "--speed", "0", "--at", "2026-11-20T09:00:00Z") as running:
        signed_in = {"Authorization": f"Bearer {running.info['platform_token']}"}

        def looks(now: str) -> int:
            running.ask("POST", "/local/clock", {"now": now})
            return sum(each["function"] == "wake_due" for each in running.ask("GET", "/local/deliveries"))

        assert running.request("POST", "/schedules/pause").status == 401
        assert looks("2026-11-20T09:10:00Z") == 1
        assert running.request("POST", "/schedules/pause", headers=signed_in).status == 200
        assert looks("2026-11-20T10:00:00Z") == 1
        assert running.request("POST", "/schedules/wake_due/run", headers=signed_in).status == 200
        assert running.drained() == 0
        assert looks("2026-11-20T11:00:00Z") == 2
        assert running.request("POST", "/schedules/resume", headers=signed_in).status == 200
        assert looks("2026-11-20T12:00:00Z") == 3
        asked = {each["details"]["asked"] for each in running.documents("audit_logs").values()}
        assert asked == {"pause", "resume", "run"}
