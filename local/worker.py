"""One worker process: every function through functions-framework, behind one socket that it was given.

The function is named by a header and not by the path, so that each sees the very request it would see in the cloud.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import functions_framework
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from functions.manage_schedules import scheduler, sign_in
from functions.send_outreach import messenger
from local import link
from local.clock import LocalClock, Now
from local.functions import load
from local.memory.memory import MemoryStore
from local.phone import loopback
from local.published import AnnouncedBus
from local.sign_in import LocalSignIns
from local.workers import FAULT_HEADER, FUNCTION_HEADER
from shared.adapters import clock, firestore, pubsub

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


OTHERS_FINISH_SECONDS = 20.0


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class _Server(ThreadedWSGIServer):
    """Knows what is under way, so that the crash of one function does not take others along: in the cloud each has
    instances of its own, and a transaction cut off in the middle keeps its locks for up to a minute."""

    def __init__(self, app: WSGI, listening: int) -> None:
        super().__init__("127.0.0.1", 0, app, handler=_Quiet, fd=listening)
        # All workers are woken by a request and one of them takes it. Another that waited for the next one would not hear
        # meanwhile that it shall shut down.
        self.socket.setblocking(False)
        self._changed = threading.Condition()
        self._under_way = 0
        self._crashing = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._under_way += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def crash(self) -> None:
        """Called by a request that shall have no answer. The other workers take what comes meanwhile."""
        self.shutdown()
        with self._changed:
            self._crashing += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._under_way == self._crashing, OTHERS_FINISH_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    listening, ready = int(sys.argv[1]), int(sys.argv[2])
    setup = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_control_process, daemon=True).start()
    _replace_the_seams(setup)
    apps = {
        function.name: functions_framework.create_app(function.name, str(function.source), function.signature)
        for function in load(Path(setup["functions"]))
    }
    server = _Server(lambda environ, start_response: answer(environ, start_response), listening)
    answer = _dispatcher(apps, server.crash)
    os.write(ready, b"1")
    os.close(ready)
    server.serve_forever()
    signal.pause()  # it takes nothing more and is about to crash


class _AskedByOneThread:
    """The clock of the control process. A proxy makes a connection for every thread that uses it, and each request has a
    thread of its own."""

    def __init__(self, business: Now) -> None:
        self._business = business
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="clock")

    def now(self) -> datetime:
        return self._thread.submit(self._business.now).result()


def _end_with_the_control_process() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _replace_the_seams(setup: dict[str, Any]) -> None:
    address = setup["link"]
    control = link.connect(link.Address(address["path"], address["key"], tuple(address["names"])))
    local_clock = LocalClock(_AskedByOneThread(control["clock"]))
    clock.clock = lambda: local_clock  # type: ignore[assignment]
    scheduler.scheduler = lambda: control["scheduler"]  # type: ignore[assignment]
    sign_ins = LocalSignIns(setup["signing_key"])
    sign_in.sign_ins = lambda: sign_ins  # type: ignore[assignment]
    phone = loopback.messenger(setup["phone_url"])
    messenger.messenger = lambda: phone  # type: ignore[assignment]
    if "database" in control:
        store = MemoryStore(control["database"])
        firestore.store = lambda: store  # type: ignore[assignment]
        pubsub.bus = lambda: control["bus"]  # type: ignore[assignment]
    else:
        bus = pubsub.bus()
        announced = AnnouncedBus(bus, control["announcements"])
        pubsub.bus = lambda: announced  # type: ignore[assignment]


def _dispatcher(apps: dict[str, WSGI], crash: Callable[[], None]) -> WSGI:
    function_key, fault_key = (f"HTTP_{name.upper().replace('-', '_')}" for name in (FUNCTION_HEADER, FAULT_HEADER))

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        function, fault = apps[environ.pop(function_key)], environ.pop(fault_key, None)
        if fault == "crash_before":
            crash()
        answer = function(environ, start_response)
        if fault == "crash_after":
            list(answer)
            crash()
        return answer

    return app


if __name__ == "__main__":
    main()
