"""Deliveries to functions: queued, tried, tried again after a short while, and given up in the end, as in the cloud.

Faults are put in here, because production has them and the emulators do not: duplicates, loss, delay, crashes.
"""

import queue
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from local.functions import Function
from local.in_flight import InFlight
from local.workers import WorkerDied, Workers

Fault = Literal["duplicate", "drop", "delay", "crash_before", "crash_after"]
FAULTS: tuple[Fault, ...] = get_args(Fault)

PUBSUB_ATTEMPTS = 5
FIRESTORE_ATTEMPTS = 10
"""Eventarc goes on for a day; ten tries with the back-off below are some seconds."""
FIRST_BACKOFF_SECONDS = 0.1
LONGEST_BACKOFF_SECONDS = 1.0
DELAY_SECONDS = 1.0
AT_ONCE = 8
REMEMBERED = 50_000


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one function. `event` and `subject` are what `/local/deliveries` shows of it."""

    function: Function
    event: str
    subject: str
    event_id: str
    path: str
    headers: Mapping[str, str]
    body: Callable[[int], bytes]
    """By the attempt, which Pub/Sub counts in the body."""
    attempts: int
    attempt: int = 1
    is_copy: bool = False


def document_attempts(function: Function) -> int:
    """How often a document's event is delivered to it at most."""
    return FIRESTORE_ATTEMPTS if function.retry else 1


def always(body: bytes) -> Callable[[int], bytes]:
    return lambda attempt: body


class Faults:
    """Queued per function, used up one delivery at a time in the order they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queued: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, function: str, kind: Fault, times: int) -> None:
        with self._lock:
            self._queued[function].extend([kind] * times)

    def take(self, function: str) -> Fault | None:
        with self._lock:
            queued = self._queued[function]
            return queued.popleft() if queued else None


class Records:
    """What was delivered, oldest first, for people and tests to read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)

    def add(self, **record: Any) -> None:
        with self._lock:
            self._records.append(record)

    def all(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._records)


class Deliveries:
    def __init__(self, workers: Workers, in_flight: InFlight, faults: Faults, records: Records) -> None:
        self.dead = 0
        self._workers = workers
        self._in_flight = in_flight
        self._faults = faults
        self._records = records
        self._queue: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._lock = threading.Lock()
        for number in range(AT_ONCE):
            threading.Thread(target=self._deliver_all, name=f"delivery-{number}", daemon=True).start()

    def accept(self, delivery: Delivery) -> None:
        """Returns at once; from now on the delivery is in flight."""
        self._in_flight.begin()
        self._queue.put(delivery)

    def _deliver_all(self) -> None:
        while True:
            self._deliver(self._queue.get())

    def _deliver(self, delivery: Delivery) -> None:
        fault = self._faults.take(delivery.function.name)
        if fault == "drop":
            self._record(delivery, "dropped", 0.0, fault)
            self._in_flight.end()
            return
        if fault == "delay":
            self._later(DELAY_SECONDS, self._try, delivery, fault)
            return
        if fault == "duplicate":
            self.accept(replace(delivery, is_copy=True))
        self._try(delivery, fault)

    def _try(self, delivery: Delivery, fault: Fault | None) -> None:
        started = time.perf_counter()
        succeeded = self._call(delivery, fault)
        ms = round((time.perf_counter() - started) * 1000, 1)
        if succeeded:
            self._record(delivery, "delivered", ms, fault)
        elif delivery.attempt < delivery.attempts:
            self._record(delivery, "failed", ms, fault)
            backoff = min(FIRST_BACKOFF_SECONDS * 2 ** (delivery.attempt - 1), LONGEST_BACKOFF_SECONDS)
            self._later(backoff, self._queue.put, replace(delivery, attempt=delivery.attempt + 1))
            return
        elif delivery.attempts == 1:
            # Not to be tried again: the document itself comes due.
            self._record(delivery, "failed", ms, fault)
        else:
            with self._lock:
                self.dead += 1
            self._record(delivery, "dead", ms, fault)
        self._in_flight.end()

    def _call(self, delivery: Delivery, fault: Fault | None) -> bool:
        try:
            answer = self._workers.call(
                delivery.function,
                "POST",
                delivery.path,
                list(delivery.headers.items()),
                delivery.body(delivery.attempt),
                fault,
            )
        except WorkerDied:
            return False
        return 200 <= answer.status < 300

    def _record(self, delivery: Delivery, outcome: str, ms: float, fault: Fault | None) -> None:
        self._records.add(
            function=delivery.function.name,
            event=delivery.event,
            subject=delivery.subject,
            event_id=delivery.event_id,
            attempt=delivery.attempt,
            outcome=outcome,
            ms=ms,
            fault=fault,
        )

    def _later(self, seconds: float, call: Any, *arguments: Any) -> None:
        timer = threading.Timer(seconds, call, arguments)
        timer.daemon = True
        timer.start()
