"""The local cloud as a black box: started as people start it, spoken to by HTTP."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from local import emulators

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90
STOP_SECONDS = 10

CLOUDS = [
    pytest.param("memory", marks=pytest.mark.xdist_group("local cloud on memory")),
    pytest.param("emulator", marks=[pytest.mark.emulator, pytest.mark.xdist_group("local cloud on emulators")]),
]


@dataclass(frozen=True)
class Response:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class LocalCloud:
    def __init__(self, process: "subprocess.Popen[str]", info: dict[str, Any]) -> None:
        self.process = process
        self.info = info

    def request(self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None) -> Response:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        asked = urllib.request.Request(self.info["base_url"] + target, data, headers or {}, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return Response(answer.status, answer.getheaders(), answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Response(error.code, list(error.headers.items()), error.read())

    def ask(self, method: str, target: str, body: Any = None) -> Any:
        answer = self.request(method, target, body)
        assert answer.status == 200, f"{method} {target}: {answer.status} {answer.body!r}"
        return answer.json()

    def put(self, path: str, data: dict[str, Any]) -> None:
        self.ask("PUT", f"/local/documents/{quote(path)}", data)

    def documents(self, path: str) -> Any:
        return self.ask("GET", f"/local/documents/{quote(path)}")

    def drain(self, timeout_s: float = 30) -> dict[str, Any]:
        drained: dict[str, Any] = self.ask("POST", "/local/drain", {"timeout_s": timeout_s})
        return drained

    def drained(self) -> int:
        """The number of dead letters, once all is quiet."""
        drained = self.drain()
        assert (drained["idle"], drained["in_flight"]) == (True, 0)
        return int(drained["dead"])

    def fault(self, function: str, kind: str, times: int = 1) -> None:
        self.ask("POST", "/local/faults", {"function": function, "kind": kind, "times": times})

    def deliveries(self, subject: str) -> list[dict[str, Any]]:
        return [each for each in self.ask("GET", "/local/deliveries") if each["subject"] == subject]


@contextmanager
def local_cloud(cloud: str, folder: Path, *arguments: str) -> Iterator[LocalCloud]:
    info = folder / "info.json"
    process = start(cloud, info, *arguments)
    try:
        yield LocalCloud(process, wait_for_info(process, info))
    finally:
        stop(process)


def start(cloud: str, info: Path, *arguments: str) -> "subprocess.Popen[str]":
    if cloud == "emulator" and emulators.find() is None:
        missing = "expected java and Google's emulators (an installed gcloud SDK, or *_EMULATOR_JAR), found none"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    command = [sys.executable, "-m", "local", "up", "--cloud", cloud, "--info", str(info), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for_info(process: "subprocess.Popen[str]", info: Path) -> dict[str, Any]:
    deadline = time.monotonic() + READY_SECONDS
    while not info.exists():
        assert process.poll() is None, f"the local cloud ended: {process.stdout and process.stdout.read()}"
        assert time.monotonic() < deadline, f"expected the local cloud to be ready within {READY_SECONDS} s"
        time.sleep(0.02)
    content: dict[str, Any] = json.loads(info.read_text())
    return content


def stop(process: "subprocess.Popen[str]") -> int:
    process.terminate()
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
