"""The whole cloud in one process and one thread: memory instead of Firestore and Pub/Sub, a clock that stands still
until it is moved, and the real functions, called through their own main.py with the events the platform would deliver.

The same calls give the same documents and messages, byte for byte: tests, simulation and replay run on it.
"""

import heapq
import pickle
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any, Self
from urllib.parse import unquote, urlencode, urlsplit

import flask
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Response

from functions.manage_schedules import scheduler, sign_in
from functions.send_outreach import messenger as messenger_adapter
from local import cloud_events, cron
from local.conditions import Calm, Conditions, Crash, Dead, Delivery
from local.functions import FUNCTIONS, Function, door, load
from local.memory.memory import Change, MemoryBus, MemoryDatabase, MemoryScheduler, MemoryStore
from local.outbox import Message, Outbox, seeded_templates
from local.routes import Schedule, document_triggers, doors, schedules, subscriptions
from local.sign_in import LocalSignIns
from local.stepped_clock import SteppedClock
from shared.adapters import clock as clock_adapter
from shared.adapters import firestore, log, pubsub, settings, twilio
from shared.ports import (
    SALON,
    Data,
    Delete,
    Deployment,
    Documents,
    Messenger,
    Published,
    Put,
    Query,
    Update,
)

PROJECT = "demo-smart-fill"
BASE_URL = "https://smart-fill.example"
ACCOUNT_SID = "AC" + "0" * 31 + "1"
AUTH_TOKEN = "in-process"
NEVER = datetime.max.replace(tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MAX_ATTEMPTS = 5
"""Deliveries of one event before it is dead. The cloud tries longer; what fails five times here fails for good. A function
without retries loses a document's event that fails once."""
MAX_DELIVERIES = 200_000
"""Within one run_until_idle: more means that functions keep waking each other."""


Form = Mapping[str, str | Sequence[str]]
"""What a form sends; of a box that may be ticked several times, all that were."""


class Suite:
    """`with Suite(now=...) as suite:` puts itself behind the adapters for as long as the block runs; only one can."""

    def __init__(
        self,
        functions: Path = FUNCTIONS,
        *,
        now: datetime,
        messenger: Messenger | None = None,
        deployment: Deployment | None = None,
        conditions: Conditions | None = None,
    ) -> None:
        self.clock = SteppedClock(now)
        self.database = MemoryDatabase(now=self.clock.now, on_change=self._changed)
        self.store = MemoryStore(self.database)
        self.bus = MemoryBus(self._published)
        self.outbox = Outbox(self.clock.now)
        self.messenger = messenger or self.outbox
        self.deployment = deployment or Deployment(BASE_URL, b"in-process signing key", seeded_templates())
        self.conditions = conditions or Calm()
        self.waiting: list[Delivery] = []
        self.dead: list[Dead] = []
        self.failures: list[tuple[str, Exception]] = []
        """Every attempt that raised, dead in the end or not: the function and its error."""
        self.on_change: list[Callable[[Change], None]] = []
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.delivered = 0
        self.functions = functions
        found = _described(functions)
        self._triggers = list(document_triggers(found))
        self._subscriptions = list(subscriptions(found))
        self._doors = list(doors(found))
        self._schedules = {schedule.name: schedule for schedule in schedules(found)}
        self.switch = MemoryScheduler({name: found.cron for name, found in self._schedules.items()}, run=self.tick)
        self._loaded: dict[str, Callable[..., Any]] = {}
        self._numbers = count(1)
        self._actions: list[tuple[datetime, str, int, Callable[[], None]]] = []
        self._next = {schedule.name: cron.next_after(schedule.cron, now) for schedule in self._schedules.values()}
        self._due: dict[str, datetime] = {}
        self._due_order: list[tuple[datetime, str]] = []
        self._flask = flask.Flask("in_process")
        self._replaced = ExitStack()

    def __enter__(self) -> Self:
        replacements: list[tuple[ModuleType, str, object]] = [
            (firestore, "store", lambda: self.store),
            (pubsub, "bus", lambda: self.bus),
            (messenger_adapter, "messenger", lambda: self.messenger),
            (scheduler, "scheduler", lambda: self.switch),
            (sign_in, "sign_ins", lambda: LocalSignIns(AUTH_TOKEN)),
            (clock_adapter, "clock", lambda: self.clock),
            (settings, "deployment", lambda: self.deployment),
            (settings, "twilio_auth_token", lambda sid: AUTH_TOKEN if sid == ACCOUNT_SID else None),
            (log, "line", self._logged),
        ]
        for module, name, replacement in replacements:
            self._replaced.enter_context(_replaced(module, name, replacement))
        return self

    def __exit__(self, *_: object) -> None:
        self._replaced.close()

    # What the booking app would do. Paths are whole: salons/s1/bookings/b1.

    def put(self, path: str, data: Data) -> None:
        documents, below = self._at(path)
        documents.commit(Put(below, data))

    def update(self, path: str, **fields: Any) -> None:
        documents, below = self._at(path)
        if not documents.commit(Update(below, fields)):
            raise LookupError(f"expected a document at {path}, found none")

    def delete(self, path: str) -> None:
        documents, below = self._at(path)
        documents.commit(Delete(below))

    def get(self, path: str) -> Data | None:
        documents, below = self._at(path)
        found = documents.get(below)
        return found.data if found else None

    def list(self, collection: str) -> dict[str, Data]:
        salon_id, _, below = collection.removeprefix("salons/").partition("/")
        documents = self.store.salon(salon_id) if collection.startswith("salons/") else self.store.platform()
        found = documents.query(Query(below if collection.startswith("salons/") else collection))
        return {snapshot.id: snapshot.data for snapshot in found}

    # What the world does.

    def request(
        self, method: str, path: str, *, form: Form | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Through the door whose path it is. An error escaping it is a 500, as in the cloud, kept in `failures`."""
        asked = path.partition("?")[0]
        way = next((door for door in self._doors if method in door.methods and door.leads_to(asked)), None)
        if way is None:
            return Response(status=404)
        try:
            answer = self._load(way.function)(self._request(method, path, form, headers))
        except Exception as error:
            self.failures.append((way.function.name, error))
            return Response(status=500)
        return answer if isinstance(answer, Response) else self._flask.make_response(answer)

    def _request(self, method: str, path: str, form: Form | None, headers: Mapping[str, str] | None) -> flask.Request:
        """As a WSGI server hands it to Flask."""
        asked, _, query = path.partition("?")
        base = urlsplit(self.deployment.public_base_url)
        body = urlencode(form, doseq=True).encode() if form is not None else b""
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(asked, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": base.hostname or "",
            "SERVER_PORT": str(base.port or {"http": 80}.get(base.scheme, 443)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": base.netloc,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": base.scheme,
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if form is not None:
            environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
        for name, value in (headers or {}).items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return flask.Request(environ)

    def webhook(self, path: str, form: Mapping[str, str], *, retries: int = 3) -> Response:
        """Signed as Twilio signs, and sent again while the answer is no success, as `#rc=3&rp=all` asks for."""
        signature = RequestValidator(AUTH_TOKEN).compute_signature(self.deployment.public_base_url + path, dict(form))
        for _ in range(retries + 1):
            response = self.request("POST", path, form=form, headers={"X-Twilio-Signature": signature})
            if response.status_code < 400:
                break
        return response

    def reply(
        self,
        message: Message,
        *,
        button: int | None = None,
        body: str = "",
        sid: str | None = None,
        sender: str | None = None,
    ) -> Response:
        """The person answers that message: presses the button of that number (0 is the yes), or writes. `sender` is how
        WhatsApp spells whom it was sent to, where otherwise."""
        form = self._people(message, sender=sender or message.sending.to, recipient=message.sending.sender)
        form |= {"MessageSid": sid or f"SM{next(self._numbers) | 1 << 100:032x}", "SmsStatus": "received"}
        form |= {"Body": body, "NumMedia": "0", "OriginalRepliedMessageSid": message.sid}
        if button is not None:
            pressed = message.buttons[button]
            form |= {"Body": pressed.title, "ButtonText": pressed.title, "ButtonPayload": pressed.payload}
        return self.webhook(twilio.INCOMING_PATH, form)

    def report(self, message: Message, status: str, *, error_code: int | None = None) -> Response:
        """The provider reports how far that message got."""
        form = self._people(message, sender=message.sending.sender, recipient=message.sending.to)
        form |= {"MessageSid": message.sid, "SmsSid": message.sid, "MessageStatus": status, "SmsStatus": status}
        if error_code is not None:
            form["ErrorCode"] = str(error_code)
        return self.webhook(f"{twilio.STATUS_PATH}?{urlencode({'mid': message.sending.reference})}", form)

    def _people(self, message: Message, *, sender: str, recipient: str) -> dict[str, str]:
        prefix = "whatsapp:" if message.sending.channel == "whatsapp" else ""
        return {
            "AccountSid": message.sending.account_sid,
            "ApiVersion": "2010-04-01",
            "From": f"{prefix}{sender}",
            "To": f"{prefix}{recipient}",
        }

    def at(self, instant: datetime, action: Callable[[], None], *, order: str = "") -> None:
        """Runs when the clock gets there. What is due at the same instant runs by `order`, then by arrival."""
        if instant < self.clock.now():
            raise ValueError(f"expected an instant not before {self.clock.now()}, found {instant}")
        heapq.heappush(self._actions, (instant, order, next(self._numbers), action))

    def publish(self, message: Published) -> None:
        self.bus.publish(message)

    # Running.

    def run_until_idle(self) -> None:
        """Delivers until nothing waits. Retries follow at once: back-off is real time, and none passes here."""
        for _ in range(MAX_DELIVERIES):
            if not self.waiting:
                return
            self._deliver(self.waiting.pop(self.conditions.next(self.waiting)))
        busiest = Counter(delivery.function.name for delivery in self.waiting).most_common(3)
        raise RuntimeError(f"expected functions to come to rest, found them waking each other: {busiest}")

    def advance(self, **by: float) -> None:
        self.advance_to(self.clock.now() + timedelta(**by))

    def advance_to(self, target: datetime) -> None:
        """From due time to due time. Per-minute ticks with no document due are skipped: they would find nothing."""
        self.run_until_idle()
        while (moment := self._next_moment()) <= target:
            # What was written with a due time already past is due now.
            self.clock.move_to(max(moment, self.clock.now()))
            while self._actions and self._actions[0][0] <= moment:
                heapq.heappop(self._actions)[3]()
                self.run_until_idle()
            for schedule in self._schedules.values():
                if self._when(schedule) <= moment:
                    if not self.switch.is_paused(schedule.name):
                        self.tick(schedule.name)
                    self._next[schedule.name] = cron.next_after(schedule.cron, moment)
                    self.run_until_idle()
        self.clock.move_to(max(target, self.clock.now()))

    def tick(self, name: str, at: datetime | None = None) -> None:
        """One schedule's message: a job's by its name, a tick's by its folder's."""
        at = at or self.clock.now()
        self.bus.publish(Published("ticks", {"at": at}, self._schedules[name].attributes))

    @property
    def is_new(self) -> bool:
        """Whether nothing has happened here."""
        return not (self.delivered or self.waiting or self._actions) and self.database.is_empty

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing waits, was sent or failed: then all that has happened stands in the documents."""
        return not (self.waiting or self.dead or self.failures or self.outbox.messages or self._actions)

    def dumped(self) -> bytes:
        """What has happened here so far, for `restore`: of a suite that `is_at_rest`."""
        number = next(self._numbers)
        self._numbers = count(number)
        happened = self.delivered, self.outcomes, number, self._next, self._due, self._due_order
        return pickle.dumps((self.database.dumped(), self.clock.real(), *happened))

    def restore(self, dumped: bytes) -> None:
        """Puts this suite, to which nothing has happened yet, where the dumped one was at the same instant."""
        database, real, self.delivered, self.outcomes, number, self._next, self._due, self._due_order = pickle.loads(
            dumped
        )
        self.clock.sleep((real - self.clock.real()).total_seconds())
        self.database.restore(database)
        self._numbers = count(number)

    def _next_moment(self) -> datetime:
        moments = [self._when(schedule) for schedule in self._schedules.values()]
        moments += [self._actions[0][0]] if self._actions else []
        return min(moments, default=NEVER)

    def _when(self, schedule: Schedule) -> datetime:
        due = self._next[schedule.name]
        if schedule.cron != cron.EVERY_MINUTE:
            return due
        next_due = self._next_due()
        # The first minute that is not before it: an earlier tick would not find it.
        return NEVER if next_due is None else max(due, cron.next_after(schedule.cron, next_due - MICROSECOND))

    def _next_due(self) -> datetime | None:
        while self._due_order:
            at, path = self._due_order[0]
            if self._due.get(path) == at:
                return at
            heapq.heappop(self._due_order)
        return None

    def _deliver(self, delivery: Delivery) -> None:
        self.delivered += 1
        fate = self.conditions.fate(delivery)
        try:
            if fate in ("lost", "crash_before"):
                raise Crash(fate)
            for _ in range(2 if fate == "twice" else 1):
                self._load(delivery.function)(cloud_events.read(delivery.headers, delivery.body))
            if fate == "crash_after":
                raise Crash(fate)
        except Exception as error:
            self._failed(delivery, error)

    def _failed(self, delivery: Delivery, error: Exception) -> None:
        self.failures.append((delivery.function.name, error))
        if delivery.retried and delivery.attempt < MAX_ATTEMPTS:
            self.waiting.append(replace(delivery, attempt=delivery.attempt + 1))
        elif delivery.retried:
            self.dead.append(Dead(delivery, error))

    def _load(self, function: Function) -> Callable[..., Any]:
        if function.name not in self._loaded:
            self._loaded[function.name] = door(function)
        return self._loaded[function.name]

    def _changed(self, change: Change) -> None:
        self._watch_due(change)
        for listener in self.on_change:
            listener(change)
        for trigger in self._triggers:
            if cloud_events.match(trigger.pattern, change.path) is None:
                continue
            if not cloud_events.happened(trigger.event, change.before, change.after):
                continue
            number = next(self._numbers)
            headers, body = cloud_events.document_event(
                change, project=PROJECT, event_id=f"event-{number}", time=change.update_time, event=trigger.event
            )
            retried = trigger.function.retry
            self.waiting.append(Delivery(number, trigger.function, change.path, headers, body, retried))

    def _published(self, message: Published) -> None:
        id = next(self._numbers)
        headers, body = cloud_events.pubsub_event(
            message.topic, message.body, message.attributes, project=PROJECT, event_id=str(id), time=self.clock.now()
        )
        about = " ".join(f"{name}={value}" for name, value in sorted(message.attributes.items()))
        for subscription in self._subscriptions:
            if subscription.topic == message.topic and subscription.wants(message.attributes):
                self.waiting.append(Delivery(next(self._numbers), subscription.function, about, headers, body))

    def _watch_due(self, change: Change) -> None:
        due_at = (change.after or {}).get("due_at")
        if isinstance(due_at, datetime):
            self._due[change.path] = due_at
            heapq.heappush(self._due_order, (due_at, change.path))
        else:
            self._due.pop(change.path, None)

    def _logged(self, severity: str, message: str, **fields: object) -> None:
        if "function" in fields and "outcome" in fields:
            self.outcomes[str(fields["function"]), str(fields["outcome"])] += 1

    def _at(self, path: str) -> tuple[Documents, str]:
        match path.split("/"):
            case ["salons", salon_id, *below]:
                return self.store.salon(salon_id), "/".join(below) or SALON
        return self.store.platform(), path


@cache
def _described(functions: Path) -> Sequence[Function]:
    return tuple(load(functions))


@contextmanager
def _replaced(module: ModuleType, name: str, replacement: object) -> Iterator[None]:
    original = getattr(module, name)
    setattr(module, name, replacement)
    try:
        yield
    finally:
        setattr(module, name, original)
