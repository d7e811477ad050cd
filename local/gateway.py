"""The local cloud's front: the public doors as in production, and under `/local/` what only a local cloud can do."""

import json
import sys
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from local.local_doors import LocalDoors
from local.routes import Door
from local.visits import Visits
from local.workers import Answer

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "content-length",
    }
)
"""They concern one connection; Content-Length is counted anew for the next."""


class Gateway:
    """Answers from the moment it is made; what comes before `open` waits."""

    def __init__(self, port: int) -> None:
        self._open = threading.Event()
        self._answer: Callable[[_Request], Answer] = lambda request: _json(503, {"error": "starting"})
        gateway = self

        class Handler(_Handler):
            def answer(self, request: _Request) -> Answer:
                gateway._open.wait()
                return gateway._answer(request)

        self._server = _Server(("127.0.0.1", port), Handler)
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, name="gateway", daemon=True).start()

    def open(self, doors: Iterable[Door], visits: Visits, local: LocalDoors) -> None:
        known = tuple(doors)

        def answer(request: _Request) -> Answer:
            if request.path == "/local" or request.path.startswith("/local/"):
                return _local(local, request)
            return _public(known, visits, request)

        self._answer = answer
        self._open.set()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Request:
    def __init__(self, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.method = method
        self.target = target
        self.path = unquote(urlsplit(target).path)
        self.headers = [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]
        self.body = body


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Whoever asked may be gone before the answer is.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, request: _Request) -> Answer:
        raise NotImplementedError

    def handle_any(self) -> None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.close_connection = True
            self._send(_json(411, {"error": "expected a Content-Length"}))
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._send(self.answer(_Request(self.command, self.path, list(self.headers.items()), body)))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


def _public(doors: Iterable[Door], visits: Visits, request: _Request) -> Answer:
    leading = [door for door in doors if door.leads_to(request.path)]
    method = "GET" if request.method == "HEAD" else request.method
    for door in leading:
        if method in door.methods:
            return visits.visit(door, request.method, request.target, request.headers, request.body)
    if leading:
        allowed = sorted({method for door in leading for method in door.methods})
        return _json(405, {"error": f"expected one of {allowed}, found {request.method}"})
    return _json(404, {"error": f"nothing at {request.path}"})


def _local(local: LocalDoors, request: _Request) -> Answer:
    return _json(*local.respond(request.method, request.path.removeprefix("/local").strip("/"), request.body))


def _json(status: int, content: Any) -> Answer:
    return Answer(status, [("Content-Type", "application/json")], json.dumps(content, ensure_ascii=False).encode())
