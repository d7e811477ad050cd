"""The local stand-in for Firebase Cloud Messaging (HTTP v1): keeps what it is sent and shows it to nobody.

`answers` are given first, one for each message, as (status, content); None takes the message and breaks the connection.
"""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Answer = tuple[int, dict[str, Any]] | None


@dataclass
class PushService:
    pushed: list[dict[str, Any]] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)

    def __enter__(self) -> Self:
        service = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = service.answer(self.path, content)
                if answer is None:
                    self.close_connection = True
                    return
                status, body = answer
                encoded = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(encoded)))
                self.end_headers()
                self.wfile.write(encoded)

            def log_message(self, format: str, *args: object) -> None:
                """Silent: what is pushed names people."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path: str, content: dict[str, Any]) -> Answer:
        """FCM takes one message at a time, for a token it knows, at its project's own path."""
        answer: Answer = self.answers.popleft() if self.answers else (200, {})
        if answer is not None and answer[0] != 200:
            return answer
        parts = path.split("/")
        if parts[1:3] != ["v1", "projects"] or parts[4:] != ["messages:send"] or "token" not in content["message"]:
            return 400, error(400, "INVALID_ARGUMENT")
        self.pushed.append(content["message"])
        return answer and (200, {"name": f"projects/{parts[3]}/messages/{len(self.pushed)}"})


def error(status: int, code: str) -> dict[str, Any]:
    """As FCM says what is wrong."""
    detail = {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}
    return {"error": {"code": status, "status": code, "details": [detail]}}
