"""What only a local cloud offers: its clock, documents, deliveries and faults."""

import json
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from local.cancellation import booking_to_cancel, cancelled
from local.clock import BusinessTime
from local.cloud import Cloud
from local.deliveries import FAULTS, Deliveries, Faults, Records
from local.documents import NotStorable, from_json, instant, parse_instant, to_json
from local.in_flight import InFlight
from local.schedules import Schedules
from shared.adapters import paths
from shared.ports import Data
from shared.records.invalid import InvalidEvent

DRAIN_SECONDS = 30.0
JUMP_SECONDS = 120.0
POLL_SECONDS = 0.01


class Refusal(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class LocalDoors:
    def __init__(
        self,
        *,
        base_url: str,
        cloud: Cloud,
        clock: BusinessTime,
        schedules: Schedules,
        deliveries: Deliveries,
        in_flight: InFlight,
        faults: Faults,
        records: Records,
        functions: Iterable[str],
        callbacks_in_flight: Callable[[], int],
    ) -> None:
        self._base_url = base_url
        self._cloud = cloud
        self._clock = clock
        self._schedules = schedules
        self._deliveries = deliveries
        self._in_flight = in_flight
        self._faults = faults
        self._records = records
        self._functions = frozenset(functions)
        self._callbacks_in_flight = callbacks_in_flight

    def respond(self, method: str, path: str, content: bytes) -> tuple[int, Any]:
        """The status and the JSON for a request to `path`, below `/local/`. Whatever goes wrong is told, not hidden: whoever
        asks is a developer or a test."""
        try:
            return self._answer(method, path, _parsed(content))
        except Refusal as refusal:
            return refusal.status, {"error": str(refusal)}
        except NotStorable as error:
            return 400, {"error": str(error)}
        except Exception as error:
            return 500, {"error": f"{type(error).__name__}: {error}"}

    def _answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if not isinstance(body, dict):
            raise Refusal(400, f"expected a JSON object, found {type(body).__name__}")
        first, _, rest = path.partition("/")
        match method, first, rest:
            case "GET", "clock", "":
                return 200, self._time()
            case "POST", "clock", "":
                return self._jump(body)
            case "POST", "tick", "":
                return self._tick(body)
            case "POST", "drain", "":
                return 200, self.drain(_number(body, "timeout_s", DRAIN_SECONDS))
            case "GET", "deliveries", "":
                return 200, self._records.all()
            case "POST", "faults", "":
                return self._fault(body)
            case "GET", "documents", _:
                return self._read(rest)
            case "PUT", "documents", _:
                self._cloud.put(_document(rest), data := from_json(body))
                return 200, to_json(data)
            case "PATCH", "documents", _:
                return self._change(_document(rest), from_json(body))
            case "DELETE", "documents", _:
                self._cloud.delete(_document(rest))
                return 200, {}
            case "GET", "cancellation", salon_id if salon_id:
                return 200, self._to_cancel(salon_id)
            case "POST", "cancellation", salon_id if salon_id:
                return self._cancel(salon_id)
        raise Refusal(404, f"nothing at {method} /local/{path}")

    def drain(self, timeout: float) -> dict[str, Any]:
        """Idle means: at one moment nothing was under way, everything written before it has arrived, and nothing began
        since."""
        deadline = time.monotonic() + timeout
        idle = False
        while not idle and self._quiet(deadline):
            begun = self._in_flight.begun
            if self._pending() == 0 and self._cloud.settle(max(0.0, deadline - time.monotonic())):
                idle = self._pending() == 0 and self._in_flight.begun == begun
        return {"idle": idle, "in_flight": self._pending(), "dead": self._deliveries.dead}

    def _quiet(self, deadline: float) -> bool:
        while self._in_flight.wait_for_none(deadline):
            if self._callbacks_in_flight() == 0:
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return False

    def _pending(self) -> int:
        return self._in_flight.count + self._callbacks_in_flight()

    def _time(self) -> dict[str, Any]:
        return {"now": instant(self._clock.now()), "speed": self._clock.speed}

    def _jump(self, body: dict[str, Any]) -> tuple[int, Any]:
        to = parse_instant(body.get("now"))
        if to < (now := self._clock.now()):
            raise Refusal(400, f"expected an instant not before {instant(now)}, found {instant(to)}")
        # What was written before belongs to the time before.
        before = self.drain(JUMP_SECONDS)
        if not before["idle"]:
            raise Refusal(
                409, f"expected all to be handled before the clock moves, found {before['in_flight']} in flight"
            )
        # A clock that runs may have come further meanwhile.
        self._schedules.jump(to)
        drained = self.drain(JUMP_SECONDS)
        return 200, {**self._time(), **drained}

    def _tick(self, body: dict[str, Any]) -> tuple[int, Any]:
        at = parse_instant(body["at"]) if body.get("at") else self._clock.now()
        if not self._schedules.fire_now(job := str(body.get("job")), at):
            raise Refusal(404, f"expected one of the jobs {self._schedules.names}, found {job!r}")
        return 200, {"job": job, "at": instant(at)}

    def _fault(self, body: dict[str, Any]) -> tuple[int, Any]:
        function, kind, times = body.get("function"), body.get("kind"), body.get("times", 1)
        if function not in self._functions:
            raise Refusal(404, f"expected one of the functions {sorted(self._functions)}, found {function!r}")
        if kind not in FAULTS:
            raise Refusal(400, f"expected one of {list(FAULTS)}, found {kind!r}")
        if not isinstance(times, int) or isinstance(times, bool) or times < 1:
            raise Refusal(400, f"expected times to be a positive whole number, found {times!r}")
        self._faults.add(function, kind, times)
        return 200, {"function": function, "kind": kind, "times": times}

    def _read(self, path: str) -> tuple[int, Any]:
        whole, everything, _ = path.partition("/**")
        if everything:
            below = self._cloud.below(_document(whole))
            return 200, {name: to_json(data) for name, data in sorted(below.items())}
        if len(_checked(path).split("/")) % 2 == 1:
            return 200, {name: to_json(data) for name, data in sorted(self._cloud.list(path).items())}
        data = self._cloud.get(path)
        if data is None:
            raise Refusal(404, f"no document at {path}")
        return 200, to_json(data)

    def _change(self, path: str, fields: Data) -> tuple[int, Any]:
        if not self._cloud.change(path, fields):
            raise Refusal(
                404, f"expected a document at {path} whose fields can be changed, found none: PUT writes a new one"
            )
        return self._read(path)

    def _to_cancel(self, salon_id: str) -> dict[str, Any]:
        """Which booking of the salon a newcomer may cancel to see what comes of it, in words, and how an app does it."""
        root = f"salons/{_checked(salon_id)}"
        salon = self._cloud.get(root) or {}
        now, bookings = self._clock.now(), self._cloud.list(f"{root}/bookings")
        id = booking_to_cancel(bookings, self._cloud.list(f"{root}/waitlist").values(), now)
        if id is None:
            raise Refusal(404, f"expected a booking of {salon_id} that somebody on the waitlist would take, found none")
        booking = bookings[id]
        services = [f"{root}/services/{service_id}" for service_id in booking["service_ids"]]
        staff, customer = f"{root}/staff/{booking['staff_id']}", f"{root}/customers/{booking['customer_id']}"
        path = f"{root}/bookings/{id}"
        return {
            "path": path,
            "customer": self._name(customer),
            "staff": self._name(staff),
            "service": ", ".join(map(self._name, services)),
            "zone": salon.get("timezone"),
            "locale": salon.get("locale"),
            "start_time": instant(booking["start_time"]),
            "curl": f'curl -X PATCH {self._base_url}/local/documents/{quote(path)} -d \'{{"status": "cancelled"}}\'',
        }

    def _cancel(self, salon_id: str) -> tuple[int, Any]:
        found = self._to_cancel(salon_id)
        self._change(found["path"], cancelled(self._clock.now()))
        return 200, found

    def _name(self, path: str) -> str:
        return str((self._cloud.get(path) or {}).get("name", path))


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content or b"{}")
    except ValueError as error:
        raise Refusal(400, f"expected JSON, found {error}") from None


def _checked(path: str) -> str:
    try:
        for segment in path.split("/"):
            paths.salon(segment)  # a salon's id is as plain as every other id
    except InvalidEvent as error:
        raise Refusal(400, str(error)) from None
    return path


def _document(path: str) -> str:
    if len(_checked(path).split("/")) % 2 == 1:
        raise Refusal(400, f"expected the path of a document (collection/id, ...), found {path!r}")
    return path


def _number(body: dict[str, Any], name: str, default: float) -> float:
    value = body.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise Refusal(400, f"expected {name} to be a number of seconds, found {value!r}")
    return float(value)
