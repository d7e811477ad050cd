"""The local cloud as anybody sees it: a process, its doors and its phone. Nothing of the project is imported."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]


class LocalCloud:
    def __init__(self, info: dict[str, Any], process: subprocess.Popen[str]) -> None:
        self.info = info
        self.process = process
        self.base, self.phone = info["base_url"], info["twilio_url"]

    def call(self, method: str, url: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, method=method, data=data, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                refused.add_note(refused.read().decode(errors="replace"))
            raise
        return json.loads(text) if text else None

    def get(self, path: str) -> Any:
        return self.call("GET", f"{self.base}/local/documents/{path}")

    def put(self, path: str, document: dict[str, Any]) -> None:
        self.call("PUT", f"{self.base}/local/documents/{path}", document)

    def drain(self) -> dict[str, Any]:
        state: dict[str, Any] = self.call("POST", f"{self.base}/local/drain", {"timeout_s": 60})
        assert state["idle"], state
        return state

    def move_clock(self, now: str) -> None:
        self.call("POST", f"{self.base}/local/clock", {"now": now})

    def fault(self, function: str, kind: str, times: int = 1) -> None:
        self.call("POST", f"{self.base}/local/faults", {"function": function, "kind": kind, "times": times})

    def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", f"{self.phone}/messages")
        return found

    def reply(self, **answer: Any) -> None:
        self.call("POST", f"{self.phone}/reply", answer)

    def eventually(self, look: Callable[[], Any], seconds: float = 30) -> Any:
        """What `look` finds, as soon as it finds something."""
        end = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < end, f"expected something within {seconds} s, found {found!r}"
            time.sleep(0.1)
        return found

    def stop(self) -> float:
        """Seconds until the process was gone after SIGTERM."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        return time.monotonic() - began

    def ports(self) -> list[int]:
        named = [self.info[name] for name in ("base_url", "twilio_url")]
        hosts = [self.info[name] for name in ("firestore_emulator_host", "pubsub_emulator_host") if self.info[name]]
        return [urlsplit(url).port or 0 for url in named] + [int(host.rsplit(":", 1)[1]) for host in hosts]


@contextmanager
def local_cloud(cloud: str, folder: Path, *options: str, root: Path = ROOT) -> Iterator[LocalCloud]:
    file = folder / "info.json"
    command = [sys.executable, "-m", "local", "up", "--cloud", cloud, "--info", str(file), *options]
    log = (folder / "up.log").open("w")
    process = subprocess.Popen(command, cwd=root, stdout=log, stderr=subprocess.STDOUT, text=True, env={**os.environ})
    try:
        end = time.monotonic() + 60
        while not file.exists():
            assert process.poll() is None, f"the local cloud ended: {(folder / 'up.log').read_text()[-2000:]}"
            assert time.monotonic() < end, f"not ready in 60 s: {(folder / 'up.log').read_text()[-2000:]}"
            time.sleep(0.05)
        yield LocalCloud(json.loads(file.read_text()), process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
        log.close()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def family(pid: int) -> set[int]:
    """That process and all below it."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(status.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


HTTPError = urllib.error.HTTPError
