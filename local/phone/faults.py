"""What can be made to go wrong between us and Twilio. Each kind has its own queue; a message uses up one of each."""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["error", "lose_response", "late", "duplicate", "reorder", "undelivered", "no_callback"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""error: the request is refused with `code`, and nothing is sent (500 unless told), nor anything else used up.
lose_response: the message goes out but the answer never comes (the connection breaks, or with `code` that HTTP status).
late: its webhooks come seconds later. duplicate: each of them comes twice. reorder: the last comes first.
undelivered: it never arrives, for the reason `code`. no_callback: nothing is ever reported.
`late` and `duplicate` also meet a message from a person."""


@dataclass(frozen=True)
class Fault:
    kind: Kind
    code: int | None = None


class Faults:
    def __init__(self) -> None:
        self._queued: dict[str, deque[Fault]] = {kind: deque() for kind in KINDS}
        self._lock = threading.Lock()

    def add(self, kind: Kind, code: int | None = None, times: int = 1) -> None:
        if kind not in KINDS:
            raise ValueError(f"expected a fault of {', '.join(KINDS)}, found {kind!r}")
        with self._lock:
            self._queued[kind].extend(Fault(kind, code) for _ in range(times))

    def take(self, kind: Kind) -> Fault | None:
        with self._lock:
            return self._queued[kind].popleft() if self._queued[kind] else None

    def clear(self) -> None:
        with self._lock:
            for queue in self._queued.values():
                queue.clear()
