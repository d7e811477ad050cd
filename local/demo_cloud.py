"""The local cloud that the demo starts, and sees from outside only, through its HTTP doors."""

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from urllib.request import Request, urlopen

from local.demo_salon import SALON_ID, ZONE
from local.documents import instant, parse_instant

MORNING = datetime(2026, 11, 20, 10, 30, tzinfo=ZONE)
"""Of the salon: always the same, and time stands still until it is moved, so that every run tells the same story."""
READY_SECONDS = 90.0
STEP_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.1

T = TypeVar("T")
Document = dict[str, Any]


class Failed(Exception):
    """A step of the story did not come true; says which one, what was expected and what was found."""


def expect(holds: object, expected: str, found: object) -> None:
    if not holds:
        raise Failed(f"expected {expected}, found {found}")


class Cloud:
    """The running local cloud, as anybody on this machine sees it."""

    def __init__(self, info: Mapping[str, Any]) -> None:
        self._base = str(info["base_url"])
        self._phone = str(info["twilio_url"])
        kind = "Google's emulators" if info["cloud"] == "emulator" else "memory"
        self.words = f"Smart Fill on {kind}, every function and one salon"

    def now(self) -> datetime:
        return parse_instant(self._call("GET", f"{self._base}/local/clock")["now"])

    def move_clock(self, to: datetime) -> None:
        self._call("POST", f"{self._base}/local/clock", {"now": instant(to)})

    def drain(self) -> Document:
        drained: Document = self._call("POST", f"{self._base}/local/drain", {"timeout_s": STEP_SECONDS})
        expect(drained["idle"], f"everything at rest within {STEP_SECONDS:.0f} s", drained)
        return drained

    def get(self, path: str) -> Document:
        found: Document = self._call("GET", f"{self._base}/local/documents/{quote(f'salons/{SALON_ID}/{path}')}")
        return found

    def collection(self, name: str) -> dict[str, Document]:
        return self.get(name)

    def salon(self) -> Document:
        found: Document = self._call("GET", f"{self._base}/local/documents/salons/{SALON_ID}")
        return found

    def change(self, path: str, fields: Document) -> None:
        self._call("PATCH", f"{self._base}/local/documents/{quote(f'salons/{SALON_ID}/{path}')}", fields)

    def messages(self) -> list[Document]:
        found: list[Document] = self._call("GET", f"{self._phone}/messages")
        return found

    def reply(self, message_sid: str, button: str) -> None:
        self._call("POST", f"{self._phone}/reply", {"message_sid": message_sid, "button": button})

    def until(self, look: Callable[[], T | None], expected: str) -> T:
        deadline = time.monotonic() + STEP_SECONDS
        while not (found := look()):
            expect(time.monotonic() < deadline, f"{expected} within {STEP_SECONDS:.0f} s", "none")
            time.sleep(POLL_SECONDS)
        return found

    def _call(self, method: str, url: str, body: Document | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = Request(url, data, {"Content-Type": "application/json"}, method=method)
        with urlopen(request, timeout=2 * STEP_SECONDS) as answer:
            return json.loads(answer.read())


@contextmanager
def local_cloud(kind: str | None) -> Iterator[Cloud]:
    """Started as people start it, and stopped whatever happens."""
    with tempfile.TemporaryDirectory(prefix="smart-fill-demo-") as folder:
        info, log = Path(folder) / "info.json", Path(folder) / "up.log"
        command = [sys.executable, "-m", "local", "up", "--salon", "demo", "--at", instant(MORNING), "--speed", "0"]
        command += ["--info", str(info)] + (["--cloud", kind] if kind else [])
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + READY_SECONDS
            while not info.exists():
                said = log.read_text(errors="replace")[-2000:]
                expect(process.poll() is None, "the local cloud to start", f"that it ended: {said}")
                expect(
                    time.monotonic() < deadline, f"it ready within {READY_SECONDS:.0f} s", f"it still starting: {said}"
                )
                time.sleep(POLL_SECONDS)
            yield Cloud(json.loads(info.read_text()))
        finally:
            _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise Failed(f"expected the local cloud to stop within {STOP_SECONDS:.0f} s, found it running") from None


class Stopped(BaseException):
    """SIGINT or SIGTERM: what was started is stopped on the way out."""


@contextmanager
def stoppable() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Stopped

    previous = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in previous.items():
            signal.signal(each, handler)
