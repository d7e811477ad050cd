"""The worker processes that host the functions: started, watched, and started again when they die.

All of them accept from one listening socket, which belongs to the control process. So a request never meets a port that
nobody listens on: it waits until some worker takes it, also while a killed one is being replaced.
"""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from local.functions import Function

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_HEADER = "X-Local-Function"
FAULT_HEADER = "X-Local-Fault"
BACKLOG = 1024
READY_SECONDS = 60.0
FALSE_STARTS = 3
LAST_WORDS = 20
SLACK_SECONDS = 15.0
"""A function's own timeout counts from when a worker takes the request; before that it may wait for one to start."""

Headers = list[tuple[str, str]]


class WorkerDied(Exception):
    """The connection broke before there was an answer: nobody knows how far the function came."""


class WorkersBroken(Exception):
    """Workers die before they are ready; most likely a function cannot be loaded."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Headers
    body: bytes


class Workers:
    def __init__(self, *, count: int, log: IO[bytes]) -> None:
        self.broken: WorkersBroken | None = None
        self._log = log
        self._setup = b""
        self._environment: dict[str, str] = {}
        self._died: Callable[[int], None] = lambda process: None
        self._stopping = False
        self._lock = threading.Lock()
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self._address: tuple[str, int] = self._socket.getsockname()[:2]
        self._ready = [threading.Event() for _ in range(count)]

    @property
    def process_ids(self) -> list[int]:
        with self._lock:
            return sorted(process.pid for process in self._processes.values())

    def start(self, setup: Mapping[str, Any], environment: Mapping[str, str], died: Callable[[int], None]) -> None:
        """Returns when all are ready. `setup` is what local/worker.py reads; `died` hears the process id of each worker
        that is gone."""
        self._setup = json.dumps(setup).encode() + b"\n"
        self._environment = dict(environment)
        self._died = died
        for number in range(len(self._ready)):
            threading.Thread(target=self._keep_running, args=(number,), name=f"worker-{number}", daemon=True).start()
        for ready in self._ready:
            started = ready.wait(READY_SECONDS)
            if self.broken:
                raise self.broken
            if not started:
                raise WorkersBroken(f"expected workers to be ready within {READY_SECONDS:.0f} s, see {self._log.name}")

    def call(
        self,
        function: Function,
        method: str,
        path: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        fault: str | None,
    ) -> Answer:
        # A connection of its own: one that is kept may belong to a worker that is gone.
        connection = http.client.HTTPConnection(*self._address, timeout=function.timeout_seconds + SLACK_SECONDS)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            named = {name.lower() for name, _ in headers}
            if "host" not in named:
                connection.putheader("Host", f"{self._address[0]}:{self._address[1]}")
            for name, value in headers:
                connection.putheader(name, value)
            connection.putheader(FUNCTION_HEADER, function.name)
            if fault is not None:
                connection.putheader(FAULT_HEADER, fault)
            connection.putheader("Content-Length", str(len(body)))
            connection.putheader("Connection", "close")
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        except (OSError, http.client.HTTPException) as error:
            raise WorkerDied(f"{function.name}: {type(error).__name__}") from error
        finally:
            connection.close()

    def stop(self) -> None:
        """They hold nothing that is worth a goodbye. May be called again."""
        with self._lock:
            self._stopping = True
            processes = list(self._processes.values())
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()
        self._socket.close()

    def _keep_running(self, number: int) -> None:
        false_starts = 0
        while false_starts < FALSE_STARTS:
            process, was_ready = self._run(number)
            if process is None:
                return
            self._died(process.pid)
            false_starts = 0 if was_ready else false_starts + 1
        said = Path(self._log.name).read_text(errors="replace").splitlines()[-LAST_WORDS:]
        self.broken = WorkersBroken("\n".join(("expected the functions to load, found a worker that dies:", *said)))
        for ready in self._ready:
            ready.set()

    def _run(self, number: int) -> tuple[subprocess.Popen[bytes] | None, bool]:
        """One process from its start to its end, and whether it was ever ready. None: there shall be none."""
        reader, writer = os.pipe()
        with self._lock:
            if self._stopping:
                os.close(reader)
                os.close(writer)
                return None, False
            process = subprocess.Popen(
                [sys.executable, "-m", "local.worker", str(self._socket.fileno()), str(writer)],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=self._log,
                stderr=self._log,
                pass_fds=(self._socket.fileno(), writer),
                start_new_session=True,
            )
            self._processes[number] = process
        os.close(writer)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            # Left open: its end tells the worker that the control process is gone.
            process.stdin.write(self._setup)
            process.stdin.flush()
        with open(reader, "rb") as pipe:
            was_ready = pipe.read(1) != b""
        if was_ready:
            self._ready[number].set()
        process.wait()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        return process, was_ready
