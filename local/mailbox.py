"""A mail server that keeps what it is given and delivers nothing: the local stand-in for the deployment's own.

It speaks as much SMTP as a client needs to hand over a message. `replies` are given instead of the usual ones, by verb;
a reply of None breaks the connection.
"""

import socketserver
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self


@dataclass
class Mailbox:
    letters: list[EmailMessage] = field(default_factory=list)
    replies: dict[str, bytes | None] = field(default_factory=dict)

    def __enter__(self) -> Self:
        mailbox = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                converse(mailbox, self)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])


USUAL = {
    "EHLO": b"250-mailbox\r\n250-AUTH PLAIN\r\n250 8BITMIME",
    "AUTH": b"235 ok",
    "DATA": b"354 go on",
    "QUIT": b"221 bye",
}


def converse(mailbox: Mailbox, client: socketserver.StreamRequestHandler) -> None:
    client.wfile.write(b"220 mailbox\r\n")
    for line in client.rfile:
        verb = line.split()[0].decode().upper() if line.split() else ""
        reply = mailbox.replies.get(verb, USUAL.get(verb, b"250 ok"))
        if reply is None:
            return
        client.wfile.write(reply + b"\r\n")
        if verb == "QUIT":
            return
        if verb == "DATA" and reply.startswith(b"354"):
            text = _text(client)
            taken = mailbox.replies.get("TEXT", b"250 taken")
            if taken is None:
                return
            if taken.startswith(b"2"):
                mailbox.letters.append(message_from_bytes(text, policy=policy.default))
            client.wfile.write(taken + b"\r\n")


def _text(client: socketserver.StreamRequestHandler) -> bytes:
    lines = []
    for line in client.rfile:
        if line == b".\r\n":
            break
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    return b"".join(lines)
