"""The phone on a loopback port: Twilio's REST paths, what a test asks of it, and a page to look at.

A request for Twilio's API is checked against Twilio's own description before the phone sees it, and the phone's answer
before it leaves. Only this machine is served and only this machine is called.
"""

import base64
import hmac
import json
import socket
import threading
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from local.phone.contract import Call, ContractBroken, contract
from local.phone.core import Phone, ReplyRefused
from local.phone.resources import Answer, error

LOOPBACK = ("127.0.0.1", "::1", "localhost")
WEBHOOK_SECONDS = 15.0
LARGEST_BODY = 1_000_000
ONLY_ITSELF = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
PAGE = Path(__file__).with_name("page.html")

Local = Callable[[str, str, bytes], tuple[int, Any]]
"""(method, path below `/local/`, content) -> status and JSON."""


def post_webhook(url: str, fields: list[tuple[str, str]], headers: dict[str, str]) -> int:
    """A real request; whoever listens must be on this machine."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise ValueError(f"expected a webhook on this machine, found {parts.scheme}://{parts.hostname}")
    connection = HTTPConnection(parts.hostname, parts.port or 80, timeout=WEBHOOK_SECONDS)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, urlencode(fields), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


class Server:
    """Serves one phone until `stop`."""

    def __init__(self, phone: Phone, port: int = 0) -> None:
        self._http = _Server(phone, port)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="phone-http", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def open(self, local: Local) -> None:
        """Lets the page use the local cloud's own doors under `/local/` too: it may speak to no other address than its own."""
        self._http.local = local

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def serve(phone: Phone, port: int = 0) -> Server:
    return Server(phone, port)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, phone: Phone, port: int) -> None:
        self.phone = phone
        self.local: Local | None = None
        secret = f"{phone.account_sid}:{phone.auth_token}".encode()
        self.authorization = f"Basic {base64.b64encode(secret).decode()}"
        contract()
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._handle(b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            return self._send(*error(20001, f"expected at most {LARGEST_BODY} bytes, found {length}", 413))
        self._handle(self.rfile.read(length))

    def _handle(self, body: bytes) -> None:
        # A page from elsewhere may have its own host name resolve to this machine.
        if urlsplit(f"//{self.headers.get('Host', '')}").hostname not in LOOPBACK:
            return self._send(403, {"error": "only this machine is served"})
        path = unquote(urlsplit(self.path).path)
        if own := OWN.get((self.command, path)):
            return own(self, body)
        if self.server.local and path.startswith("/local/"):
            return self._send(*self.server.local(self.command, path.removeprefix("/local/"), body))
        status, payload = self._as_twilio(body)
        if status == 0:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        return self._send(status, payload)

    def _as_twilio(self, body: bytes) -> Answer:
        if not hmac.compare_digest(self.headers.get("Authorization", "").encode(), self.server.authorization.encode()):
            return error(20003, "Authenticate", 401)
        try:
            call = contract().request(self.command, self.path, self.headers.get("Content-Type", ""), body)
            if call.path.get("AccountSid", self.server.phone.account_sid) != self.server.phone.account_sid:
                return error(20404, "The requested account was not found", 404)
        except ContractBroken as broken:
            status = 404 if broken.code == 20404 else 400
            return error(broken.code, str(broken).replace("\n", " "), status)
        operation = OPERATIONS.get(call.operation.id)
        if operation is None:
            return error(20404, f"The phone has no {call.operation.id}", 404)
        status, payload = operation(self.server.phone, call, self.path)
        try:
            contract().answer(call.operation, status, payload) if status else None
        except ContractBroken as broken:
            # The fault is the phone's own, and must not look like one of whoever called.
            return error(20500, f"The phone is wrong: {broken}", 500)
        return status, payload

    def _show_page(self, body: bytes) -> None:
        self._send(200, PAGE.read_bytes(), "text/html; charset=utf-8")

    def _list_messages(self, body: bytes) -> None:
        self._send(200, self.server.phone.messages())

    def _list_phones(self, body: bytes) -> None:
        self._send(200, self.server.phone.phones())

    def _reply(self, body: bytes) -> None:
        try:
            asked = _fields(body, {"message_sid": str, "from": str, "to": str, "button": str, "body": str})
            asked["sender"] = asked.pop("from", None)
            sid = self.server.phone.reply(**asked)
        except ValueError as refused:
            return self._send(400, {"error": str(refused)})
        return self._send(200, {"sid": sid})

    def _fault(self, body: bytes) -> None:
        try:
            asked = _fields(body, {"kind": str, "code": int, "times": int})
            self.server.phone.faults.add(asked.get("kind", ""), asked.get("code"), asked.get("times", 1))
        except ValueError as refused:
            return self._send(400, {"error": str(refused)})
        return self._send(200, asked)

    def _send(self, status: int, payload: Any, content_type: str = "application/json") -> None:
        content = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", ONLY_ITSELF)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: paths and queries hold people's numbers."""


OWN: dict[tuple[str, str], Callable[[_Handler, bytes], None]] = {
    ("GET", "/"): _Handler._show_page,
    ("GET", "/messages"): _Handler._list_messages,
    ("GET", "/phones"): _Handler._list_phones,
    ("POST", "/reply"): _Handler._reply,
    ("POST", "/faults"): _Handler._fault,
}
"""What is not Twilio's."""

OPERATIONS: dict[str, Callable[[Phone, Call, str], Answer]] = {
    "CreateMessage": lambda phone, call, _: phone.create_message(call.body),
    "FetchMessage": lambda phone, call, _: phone.fetch_message(call.path["Sid"]),
    "ListMessage": lambda phone, call, target: phone.list_messages(call.query, target),
    "CreateContent": lambda phone, call, _: phone.create_content(call.body),
    "FetchContent": lambda phone, call, _: phone.fetch_content(call.path["Sid"]),
    "CreateApprovalCreate": lambda phone, call, _: phone.request_approval(call.path["ContentSid"], call.body),
    "FetchApprovalFetch": lambda phone, call, _: phone.fetch_approval(call.path["Sid"]),
}


def _fields(body: bytes, known: Mapping[str, type]) -> dict[str, Any]:
    """A JSON object of these fields; null is the same as absent."""
    given = json.loads(body)
    if not isinstance(given, dict) or given.keys() - known.keys():
        raise ReplyRefused(f"expected a JSON object of {', '.join(known)}, found {given!r}")
    present = {name: value for name, value in given.items() if value is not None}
    for name, value in present.items():
        if not isinstance(value, known[name]):
            raise ReplyRefused(f"expected {name} to be of type {known[name].__name__}, found {value!r}")
    return present
