"""The cloud in one process, with faults. Every commit, publication and call of the provider inside a function is a crash
point, and one where something else may happen in between: another delivery, or the app, runs to its own end there."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn, Self, TypeVar

from cloudevents.http import CloudEvent
from werkzeug.wrappers import Response

from local import cron
from local.conditions import Crash, Dead, Delivery
from local.functions import Function
from local.in_process import MAX_ATTEMPTS, MICROSECOND, Suite
from local.memory.memory import Change, Database, MemoryBus, MemoryStore
from local.memory.memory_database import Reads
from local.routes import Schedule
from shared.adapters import paths
from shared.ports import Accepted, AnswerLost, Create, Data, Published, Query, Refused, Sending, Snapshot, Update, Write
from shared.records.hold_locks import LEASE
from tests.e2e.simulation.faults import Faults
from tests.e2e.simulation.pages import pages
from tests.e2e.simulation.town import Town

T = TypeVar("T")

SELDOM = {
    "gap_scan": "30 */2 * * *",
    "clean_up": "7 */6 * * *",
    "repair": "37 */6 * * *",
    "reconnect_salons": "52 */6 * * *",
}
"""What repairs runs so seldom here: it finds nothing most of the time, and hours without it are the harder test."""
HANGS = LEASE + timedelta(seconds=1)
"""Its locks are anybody's by then, and it does not know."""
SOON = timedelta(minutes=30)
"""What somebody does within that time they may as well do now."""
NESTED = 3
"""How many functions may be under way at once."""
STILL_DOWN = timedelta(minutes=7)
"""After so long a function that is down is tried again."""


class PowerCut(BaseException):
    """No `except Exception` of ours may survive a machine that is gone."""


@dataclass(frozen=True)
class HandedOver:
    """A call of the provider, after so many changes. `left` says that the message may be on its way."""

    at: datetime
    after: int
    sending: Sending
    left: bool
    accepted: bool


@dataclass
class Machine:
    """A function at work on one event, or on a request."""

    function: str
    event_id: str | None
    tries_again: bool = False
    dead: bool = False


@dataclass(frozen=True)
class Unheard:
    """From then until then this document's function could not hear that it was due, or, without a path, none could hear it
    of any. A message that is lost is so for an instant: the next tick sends another."""

    start: datetime
    end: datetime
    path: str | None = None


class Cloud(Suite):
    def __init__(self, town: Town, *, faults: Faults, tell: Callable[[str], None] = lambda line: None) -> None:
        super().__init__(now=town.start)
        now = town.start
        self.town = town
        self.faults = faults
        self.tell = tell
        self.store = MemoryStore(_Watched(self.database, self))
        self.bus = MemoryBus(lambda message: self.effect("publish", lambda: self._published(message)))
        self.messenger = _Provider(self)
        self.handed_over: list[HandedOver] = []
        self.published: Counter[str] = Counter()
        self.announcements: list[tuple[Published, int]] = []
        """Each with the number of changes before it."""
        self.lines: list[tuple[str, dict[str, object]]] = []
        self.down: dict[str, datetime] = {}
        self.unheard: list[Unheard] = []
        self.failed_over: list[tuple[datetime, str, str]] = []
        """When which function failed over which document."""
        self.provider_down = now
        """Until then the provider takes nothing."""
        self.meanwhile: Callable[[], bool] = lambda: False
        """Lets the app do its next thing now, if it has one that could be now."""
        self.walk_in: Callable[[str, Data], None] = lambda path, sale: None
        """The app books the time of this sale."""
        self.take: Callable[[str], None] = lambda path: None
        """The app books all of the time that this approval is about."""
        self.stop: Callable[[str, Data], None] = lambda path, ask: None
        """Its customer opts out."""
        self.pause: Callable[[str], None] = lambda reference: None
        """The salon of this message is paused."""
        self.beaten: list[Sequence[Write]] = []
        """The commits of functions that others were faster than."""
        self.died_before: list[tuple[str, str, Sequence[Write]]] = []
        """Which function died before which effect, and what that would have written."""
        self.met: Counter[str] = Counter()
        """How often a guard stopped what a suite without it would have done (`danger.py`)."""
        self._pages: Counter[str] = Counter()
        self.effects = 0
        self.interleavings = 0
        self.history: list[Change] = []
        self.written_for: list[str | None] = []
        """The event that a function was at work on, for each change."""
        self._inside: list[Machine] = []
        self._tries_again = False
        """Whether the next machine works on what its function has failed over."""
        self._wakes: dict[int, str] = {}
        """The documents of which deliveries say that they are due, by the delivery's number."""
        for name, often in SELDOM.items():
            self._schedules[name] = replace(self._schedules[name], cron=often)
            self._next[name] = cron.next_after(often, now)
        self.on_change.append(self._noted)

    def __enter__(self) -> Self:
        super().__enter__()
        self._replaced.enter_context(pages(self.town.small_pages))
        return self

    def _noted(self, change: Change) -> None:
        self.history.append(change)
        self.written_for.append(self._inside[-1].event_id if self._inside else None)

    @property
    def machine(self) -> Machine | None:
        """The one at work."""
        return self._inside[-1] if self._inside else None

    def works(self, function: str) -> bool:
        """Whether it is this function that is at work."""
        return self.machine is not None and self.machine.function == function

    # Effects.

    def effect(self, what: str, act: Callable[[], T], writes: Sequence[Write] = ()) -> T:
        if not self._inside:
            return act()
        machine = self._inside[-1]
        if machine.dead:
            # What Python does on its way out, a machine that is gone does not.
            raise PowerCut
        self.effects += 1
        self._something_in_between("overtaken at a lock" if "locks/" in what else "interleaved")
        again = machine.tries_again and self.faults.strikes("crash at another try")
        if self.faults.strikes("crash before an effect") or again:
            self.died_before.append((machine.function, what, writes))
            self._dies(machine, f"before {what}")
        done = act()
        if self.faults.strikes("crash after an effect"):
            self._dies(machine, f"after {what}")
        return done

    def _dies(self, machine: Machine, when: str) -> NoReturn:
        self.tell(f"    {machine.function} dies {when}")
        machine.dead = True
        raise PowerCut

    def about_to_create(self, path: str, data: Data) -> None:
        """The worst moment, for all is read and nothing is written: the app gives away the time that is being sold, or who
        is being asked opts out."""
        if not self._inside:
            return
        if "/bookings/" in path and self.faults.strikes("a walk-in into a sale"):
            with self.as_the_world():
                self.walk_in(path, data)
        if "/outreach/" in path and self.faults.strikes("a STOP into an ask"):
            with self.as_the_world():
                self.stop(path, data)
                self._heard_at_once("answer_message")

    def about_to_approve(self, path: str) -> None:
        """What the owner has just allowed is gone before anybody hears of their yes."""
        if self._inside and self.faults.strikes("a walk-in into an approval"):
            with self.as_the_world():
                self.take(path)
                self._heard_at_once("detect_gaps")

    def _heard_at_once(self, function: str) -> None:
        """What this function has to hear is heard before whatever else waits, or goes on."""
        for index in reversed(range(len(self.waiting))):
            if self.waiting[index].function.name == function:
                self._deliver_one(index)
                return

    def about_to_wait(self, reference: str) -> None:
        """A message that has to be sent again later: what is right now may not be so then."""
        if self.faults.strikes("a pause into a refusal"):
            with self.as_the_world():
                self.pause(reference)

    def _something_in_between(self, overtaken: str) -> None:
        if len(self._inside) >= NESTED:
            return
        delivered, acted = self.delivered, False
        if self.waiting and self.faults.strikes(overtaken):
            self.tell(f"    {self._inside[-1].function} is overtaken")
            self._deliver_one(self._rival())
        if self.faults.strikes("a machine that hangs"):
            self.tell(f"    {self._inside[-1].function} hangs for {HANGS.seconds} s")
            since = self.clock.now()
            self.clock.move_to(since + HANGS)
            self.unheard.append(Unheard(since, since + HANGS))
            for _ in range(self.faults.among("a machine that hangs", 4)):
                if self.waiting:
                    self._deliver_one(self._rival())
        soon = self.clock.now() + SOON
        if self._actions and self._actions[0][0] <= soon and self.faults.strikes("a person at the same instant"):
            with self.as_the_world():
                heapq.heappop(self._actions)[3]()
                acted = True
        if self.faults.strikes("the app at the same instant"):
            with self.as_the_world():
                acted |= self.meanwhile()
        self.interleavings += acted or self.delivered > delivered

    def _rival(self) -> int:
        """Mostly one that runs the same function: two of a kind are likeliest to be after the same thing."""
        same = [index for index, each in enumerate(self.waiting) if each.function.name == self._inside[-1].function]
        if same and self.faults.among("interleaved", 4):
            return same[self.faults.among("interleaved", len(same))]
        return self.faults.among("interleaved", len(self.waiting))

    @contextmanager
    def as_the_world(self) -> Iterator[None]:
        """What the app and people do is not done by a function."""
        inside, self._inside = self._inside, []
        try:
            yield
        finally:
            self._inside = inside

    # Deliveries.

    def run_until_idle(self) -> None:
        for _ in range(50_000):
            if not self.waiting:
                return
            self._deliver_one(
                self.faults.among("reordered", len(self.waiting)) if self.faults.strikes("reordered") else 0
            )
        raise RuntimeError(f"functions keep waking each other: {self.waiting[:3]}")

    def _deliver_one(self, index: int) -> None:
        delivery = self.waiting.pop(index)
        function = delivery.function.name
        late_yes = "event_type=OFFER_LOST" in delivery.about
        if self.clock.now() < self.down.get(function, self.clock.now()):
            self._is_unheard(delivery)
            if delivery.retried:
                self._later(replace(delivery, attempt=delivery.attempt + 1), STILL_DOWN)
            else:
                self._not_delivered_again(delivery)
        elif self.faults.strikes("lost") or (late_yes and self.faults.strikes("a late yes unheard")):
            self.tell(f"    lost: {function} {delivery.about}")
            self._is_unheard(delivery)
        elif self.faults.strikes("delayed"):
            self._is_unheard(delivery)
            self._later(delivery, timedelta(minutes=self.faults.minutes("delayed", 40)))
        else:
            if self.faults.strikes("duplicated") or (late_yes and self.faults.strikes("a late yes heard twice")):
                self.waiting.append(delivery)
            failed = len(self.failures)
            path = self._wakes.get(delivery.number, delivery.about)
            self._tries_again = any((function, path) == (name, where) for _, name, where in self.failed_over)
            before = sum(self.outcomes.values())
            self._deliver(delivery)
            if len(self.failures) > failed:
                self.tell(f"  {function} {delivery.about}: {self.failures[-1][1]!r}")
            elif sum(self.outcomes.values()) > before:
                self.tell(f"  {function} {delivery.about}: {self.lines[-1][1].get('outcome')}")

    def _failed(self, delivery: Delivery, error: Exception) -> None:
        super()._failed(delivery, error)
        path = self._wakes.get(delivery.number, delivery.about)
        self.failed_over.append((self.clock.now(), delivery.function.name, path))
        if not delivery.retried:
            self._not_delivered_again(delivery)
        elif delivery.attempt == MAX_ATTEMPTS:
            self._is_unheard(delivery)

    def _not_delivered_again(self, delivery: Delivery) -> None:
        """A function without retries: the document comes due instead, and nothing is a dead letter."""
        self.faults.struck["not delivered again"] += 1
        self.tell(f"    not delivered again: {delivery.function.name} {delivery.about}")

    def _is_unheard(self, delivery: Delivery) -> None:
        now, path = self.clock.now(), self._wakes.get(delivery.number)
        if path is not None or delivery.function.name == "wake_due":
            self.unheard.append(Unheard(now, now, path))

    def _later(self, delivery: Delivery, by: timedelta) -> None:
        if delivery.attempt > 30:
            self.dead.append(Dead(delivery, Crash("down")))
            return
        self.at(self.clock.now() + by, lambda: self.waiting.append(delivery))

    def _load(self, function: Function) -> Callable[..., Any]:
        door = super()._load(function)

        def on_its_machine(event: Any) -> Any:
            if self.clock.now() < self.down.get(function.name, self.clock.now()):
                raise Crash("down")
            tries_again, self._tries_again = self._tries_again, False
            event_id = event["id"] if isinstance(event, CloudEvent) else None
            self._inside.append(Machine(function.name, event_id, tries_again))
            try:
                return door(event)
            except PowerCut:
                raise Crash(f"{function.name} died") from None
            finally:
                self._inside.pop()

        return on_its_machine

    def webhook(self, path: str, form: Mapping[str, str], *, retries: int = 3) -> Response:
        """The provider promises to try again, and does not always; and what was taken may come once more."""
        if self.faults.strikes("webhook doubled"):
            again = self.clock.now() + timedelta(minutes=self.faults.minutes("webhook doubled", 30))

            def once_more() -> None:
                Suite.webhook(self, path, form)

            self.at(again, once_more)
        return super().webhook(path, form, retries=0 if self.faults.strikes("webhook not tried again") else retries)

    # Time.

    def jump(self, by: timedelta) -> None:
        """The clock is set forward: what was due in between is due all at once, and no schedule ran."""
        now = self.clock.now() + by
        self.unheard.append(Unheard(self.clock.now(), now))
        self._actions = [(max(at, now), order, number, action) for at, order, number, action in self._actions]
        heapq.heapify(self._actions)
        for schedule in self._schedules.values():
            if self._next[schedule.name] < now:
                self._next[schedule.name] = cron.next_after(schedule.cron, now)
        self.clock.move_to(now)

    def _when(self, schedule: Schedule) -> datetime:
        """Never before now: a document may be written late, with its time already past."""
        due = super()._when(schedule)
        return due if due >= self.clock.now() else cron.next_after(schedule.cron, self.clock.now() - MICROSECOND)

    def _published(self, message: Published) -> None:
        if message.topic == "salon-events":
            self.published[message.attributes["event_id"]] += 1
            self.announcements.append((message, len(self.history)))
        before = len(self.waiting)
        super()._published(message)
        if message.topic == "ticks" and "after" in message.body:
            self._pages[str(message.body["at"])] += 1
            self.met["a third page of what is due"] += self._pages[str(message.body["at"])] == 2
        if message.topic == "salon-due":
            path = paths.Root(str(message.body["salon_id"])).document(str(message.body["path"]))
            self._wakes.update((delivery.number, path) for delivery in self.waiting[before:])

    def _logged(self, severity: str, message: str, **fields: object) -> None:
        self.lines.append((message, fields))
        super()._logged(severity, message, **fields)


class _Watched:
    """The database, with every write of a function an effect."""

    def __init__(self, database: Database, cloud: Cloud) -> None:
        self._database = database
        self._cloud = cloud

    def get(self, paths: Sequence[str]) -> list[Snapshot | None]:
        return self._database.get(paths)

    def query(self, collection: str, query: Query) -> list[Snapshot]:
        return self._database.query(collection, query)

    def due(
        self, group: str, now: datetime, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[tuple[datetime, str]]:
        return self._database.due(group, now, limit, after)

    def outlived(self, salon_id: str, group: str, now: datetime, limit: int) -> list[str]:
        return self._database.outlived(salon_id, group, now, limit)

    def commit(self, writes: Sequence[Write], reads: Reads | None = None) -> bool:
        if not writes:
            return self._database.commit(writes, reads)
        for write in writes:
            if isinstance(write, Create):
                self._cloud.about_to_create(write.path, write.data)
            elif isinstance(write, Update) and write.fields.get("recorded_status") == "approved":
                self._cloud.about_to_approve(write.path)
        what = f"commit of {writes[0].path.partition('/')[2]}"
        done = self._cloud.effect(what, lambda: self._database.commit(writes, reads), writes)
        if not done:
            self._cloud.beaten.append(writes)
        return done


class _Provider:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def send(self, sending: Sending) -> Accepted | Refused | AnswerLost:
        return self._cloud.effect("send", lambda: self._send(sending))

    def _send(self, sending: Sending) -> Accepted | Refused | AnswerLost:
        faults = self._cloud.faults
        if self._cloud.clock.now() < self._cloud.provider_down:
            return self._called(sending, Refused(20503, "down", retry=True, provider_fault=True))
        if faults.strikes("refused, may retry"):
            code = (63018, 20429, 20503)[faults.among("refused, may retry", 3)]
            return self._called(sending, Refused(code, "not now", retry=True, provider_fault=True))
        if faults.strikes("refused for good"):
            code = (21211, 21610, 63016, 63049)[faults.among("refused for good", 4)]
            return self._called(sending, Refused(code, "never", retry=False, provider_fault=code > 63000))
        if faults.strikes("answer lost, not sent"):
            return self._called(sending, AnswerLost("broken connection"))
        answer = self._cloud.outbox.send(sending)
        if faults.strikes("answer lost, but sent"):
            return self._called(sending, AnswerLost("broken connection"))
        return self._called(sending, answer)

    def _called(self, sending: Sending, answer: Accepted | Refused | AnswerLost) -> Accepted | Refused | AnswerLost:
        cloud = self._cloud
        left = not isinstance(answer, Refused)
        cloud.handed_over.append(
            HandedOver(cloud.clock.now(), len(cloud.history), sending, left, isinstance(answer, Accepted))
        )
        cloud.tell(f"    provider: {sending.reference} -> {type(answer).__name__}")
        if isinstance(answer, Refused) and answer.retry:
            cloud.about_to_wait(sending.reference)
        return answer
