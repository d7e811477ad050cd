"""Requests to the public doors, passed on as they are. Faults meet them as they meet deliveries, but nobody here tries
again: whoever asked has to."""

import time

from local.deliveries import DELAY_SECONDS, Fault, Faults, Records
from local.in_flight import InFlight
from local.routes import Door
from local.workers import Answer, Headers, WorkerDied, Workers

UNAVAILABLE = Answer(503, [("Content-Type", "text/plain")], b"Service Unavailable")


class Visits:
    def __init__(self, workers: Workers, in_flight: InFlight, faults: Faults, records: Records) -> None:
        self._workers = workers
        self._in_flight = in_flight
        self._faults = faults
        self._records = records

    def visit(self, door: Door, method: str, target: str, headers: Headers, body: bytes) -> Answer:
        self._in_flight.begin()
        try:
            fault = self._faults.take(door.function.name)
            if fault == "delay":
                time.sleep(DELAY_SECONDS)
            if fault == "duplicate":
                self._once(door, method, target, headers, body, fault)
            return self._once(door, method, target, headers, body, fault)
        finally:
            self._in_flight.end()

    def _once(self, door: Door, method: str, target: str, headers: Headers, body: bytes, fault: Fault | None) -> Answer:
        started = time.perf_counter()
        try:
            answer = (
                UNAVAILABLE
                if fault == "drop"
                else self._workers.call(door.function, method, target, headers, body, fault)
            )
        except WorkerDied:
            answer = UNAVAILABLE
        self._records.add(
            function=door.function.name,
            event=f"{method} {door.pattern}",
            subject="",
            event_id="",
            attempt=1,
            outcome="dropped" if fault == "drop" else "delivered" if answer.status < 500 else "failed",
            ms=round((time.perf_counter() - started) * 1000, 1),
            fault=fault,
        )
        return answer
