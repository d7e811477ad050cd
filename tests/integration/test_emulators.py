"""The emulators never outlive the process that started them."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.emulators import Emulators, Jars, find, start

# A process that a shell put into the background ignores SIGINT, and so would its children.
START_AND_WAIT = """
import signal, time
from local import emulators
signal.signal(signal.SIGINT, signal.default_int_handler)
running = emulators.start(emulators.find())
print(running.firestore_host, running.pubsub_host, flush=True)
time.sleep(600)
"""


def listening(host: str) -> bool:
    name, port = host.split(":")
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((name, int(port))) == 0


def gone_within(hosts: list[str], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(map(listening, hosts)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(listening, hosts))


@pytest.fixture
def java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "java").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_emulators_stop_when_their_process_ends_however_it_ends(
    emulators: Emulators, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        hosts = process.stdout.readline().split()
        assert len(hosts) == 2
        assert all(map(listening, hosts))
        process.send_signal(number)
    assert gone_within(hosts, 5)
    assert emulators.alive()


@pytest.mark.usefixtures("java")
def test_a_named_jar_that_is_no_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_JAR", str(tmp_path / "none.jar"))
    with pytest.raises(FileNotFoundError, match=r"none\.jar"):
        find()


@pytest.mark.usefixtures("java")
def test_a_named_jar_is_taken_before_an_installed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("FIRESTORE_EMULATOR_JAR", "PUBSUB_EMULATOR_JAR"):
        (tmp_path / variable).touch()
        monkeypatch.setenv(variable, str(tmp_path / variable))
    found = find()
    assert found == Jars(tmp_path / "FIRESTORE_EMULATOR_JAR", tmp_path / "PUBSUB_EMULATOR_JAR")


def test_nothing_is_found_without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert find() is None


def test_stopping_returns_when_both_are_gone_and_may_be_repeated(emulators: Emulators) -> None:
    jars = find()
    assert jars is not None
    running = start(jars)
    hosts = [running.firestore_host, running.pubsub_host]
    assert all(map(listening, hosts))
    running.stop()
    running.stop()
    assert not running.alive()
    assert not any(map(listening, hosts))
