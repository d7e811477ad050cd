"""Two salons of two organizations, the people of both, and what these do. One person is a customer of both salons, and two
customers of each salon share a phone."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from local.in_process import ACCOUNT_SID, Message, Suite
from shared.adapters import twilio
from shared.ports import Data
from tests.e2e.simulation.cloud import Cloud

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OPEN_HOURS = range(10, 18)
SHARED = "+447700910000"
"""The phone of somebody whom both salons know."""


@dataclass(frozen=True)
class Place:
    id: str
    word: str
    """Begins every name in this salon: the other one must never see it."""
    digits: str

    @property
    def root(self) -> str:
        return f"salons/{self.id}"

    @property
    def sender(self) -> str:
        return f"+1415555{self.digits}000"

    @property
    def owner(self) -> str:
        return f"+4477009{self.digits}99"

    def phone(self, number: int) -> str:
        # The first two of its own are one household.
        return SHARED if number == 0 else f"+44770091{self.digits}{max(number, 2):02}"


CUSTOMERS = 12
"""Of a salon, at most."""
STAFF = ("ann", "ben")
PLACES = (Place("alpha", "Aurelia", "1"), Place("beta", "Bellamy", "2"))
SERVICES = {"cut": 60, "trim": 30, "colour": 90}


@dataclass(frozen=True)
class Event:
    """`dice` is all the chance in it, so that leaving out another event does not change this one."""

    at: datetime
    kind: str
    place: int
    dice: int


WEIGHTS = {
    "cancel": 22,
    "salon cancels": 3,
    "move": 8,
    "lengthen": 5,
    "walk in": 8,
    "walk in over an offer": 8,
    "book who was asked": 5,
    "stop": 3,
    "over a sale": 3,
    "miss": 5,
    "complete": 4,
    "book": 10,
    "wish": 12,
    "write": 12,
    "delete": 1,
    "time off": 1,
    "settings": 2,
    "pause": 1,
    "decide in the app": 3,
    "function down": 1,
    "provider down": 1,
    "clock jump": 1,
}


@dataclass(frozen=True)
class Size:
    """Of one run. Most are small, so that there can be many; the rest let one day touch the next."""

    days: int
    customers: int
    """Of each salon."""
    events: int


def size_of(seed: int) -> Size:
    dice = random.Random(f"{seed} size")
    return Size(dice.choice([1, 1, 1, 2]), dice.randint(5, CUSTOMERS), dice.randint(8, 24))


def plan(seed: int) -> list[Event]:
    dice, size = random.Random(f"{seed} plan"), size_of(seed)
    places = len(PLACES) if dice.random() < 0.7 else 1
    # In busy stretches, some of it in the same instant: what is far apart does not meet.
    busy = [START + timedelta(days=day, minutes=dice.uniform(20, 9.5 * 60)) for day in range(size.days)]
    planned: list[Event] = []
    for kind in dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=size.events):
        at = dice.choice(busy) + timedelta(minutes=dice.uniform(0, 90))
        if planned and dice.random() < 0.2:
            at = planned[-1].at
        planned.append(Event(at, kind, dice.randrange(places), dice.getrandbits(40)))
    return sorted(planned, key=lambda event: event.at)


def build(suite: Suite, seed: int) -> None:
    """Nearly full days of both salons, and wishes for more."""
    dice, size = random.Random(f"{seed} town"), size_of(seed)
    for place in PLACES:
        _build(suite, place, size, dice)
    suite.run_until_idle()


def _settings(dice: random.Random, days: int) -> Data:
    return {
        "mode": "live",
        "gap": {"settle_seconds": dice.choice([0, 90]), "horizon_days": days},
        "autonomy": {"gap_fill": dice.choice(["full_auto", "full_auto", "supervised"])},
        "limits": {
            "per_customer_hourly": dice.choice([1, 2]),
            "hourly_actions": dice.choice([3, 20]),
            "whatsapp_recipients_24h": dice.choice([6, 250, 250]),
        },
        "discounts": {"later_round_percent": dice.choice([0, 10, 25]), "daily_budget": 100},
    }


def _build(suite: Suite, place: Place, size: Size, dice: random.Random) -> None:
    root = place.root
    suite.put(f"{root}/settings/current", _settings(dice, size.days))
    for staff in STAFF:
        suite.put(f"{root}/staff/{staff}", {"name": f"{place.word} {staff}", "service_ids": list(SERVICES)})
    for service, minutes in SERVICES.items():
        suite.put(f"{root}/services/{service}", {"name": service, "duration_minutes": minutes, "price": minutes})
    for number in range(size.customers):
        both = {"marketing": dice.random() < 0.8, "service": True}
        consents = {"whatsapp": both, "sms": both} if dice.random() < 0.3 else {"whatsapp": both}
        suite.put(
            f"{root}/customers/c{number}",
            {
                "name": f"{place.word} {number}",
                "phone": place.phone(number),
                "consents": consents,
                "sooner_opt_in": dice.random() < 0.3,
                "loyalty_tier": dice.choice(["standard", "gold", "platinum"]),
                "visit_count": dice.randrange(9),
            },
        )
        if dice.random() < 0.7:
            _wish(suite, place, f"c{number}", dice)
    for day in range(size.days):
        for staff in STAFF:
            for hour in OPEN_HOURS:
                if dice.random() < 0.85:
                    start = START.replace(hour=hour) + timedelta(days=day)
                    _book(suite, place, staff, start, 60, f"c{dice.randrange(size.customers)}", dice, "cut")
    suite.put(
        root,
        {
            "name": f"{place.word} House",
            "organization_id": f"org-{place.id}",
            "status": "active",
            "timezone": "Europe/London",
            "currency": "GBP",
            "locale": "en-GB",
            "address": "1 High Street",
            "opening_hours": {day: [{"start": "10:00", "end": "18:00"}] for day in ("mon", "tue")},
            "contacts": [{"name": f"{place.word} Olga", "role": "owner", "phone": place.owner}],
            "messaging": {"account_sid": ACCOUNT_SID, "whatsapp_from": place.sender, "sms_from": place.sender + "1"},
            "created_at": START,
            "updated_at": START,
        },
    )


def _wish(suite: Suite, place: Place, customer: str, dice: random.Random) -> None:
    suite.put(
        f"{place.root}/waitlist/w{dice.getrandbits(40)}",
        {
            "customer_id": customer,
            "service_ids": dice.sample(list(SERVICES), dice.choice([1, 2])),
            "staff_ids": dice.choice([[], [], [STAFF[0]]]),
            "windows": [],
            "status": "waiting",
            "created_at": suite.clock.now(),
        },
    )


def _book(
    suite: Suite,
    place: Place,
    staff: str,
    start: datetime,
    minutes: int,
    customer: str,
    dice: random.Random,
    service: str,
    source: str = "app",
) -> None:
    now = suite.clock.now()
    suite.put(
        f"{place.root}/bookings/b{dice.getrandbits(40)}",
        {
            "customer_id": customer,
            "staff_id": staff,
            "service_ids": [service],
            "start_time": start,
            "end_time": start + timedelta(minutes=minutes),
            "price": 50,
            "source": source,
            "status": "confirmed",
            "created_at": now,
            "updated_at": now,
        },
    )


def _place_of(path: str) -> Place:
    return next(place for place in PLACES if path.startswith(f"{place.root}/"))


class People:
    """Carries out events, and answers messages."""

    def __init__(self, cloud: Cloud, seed: int, tell: Callable[[str], None]) -> None:
        self.cloud = cloud
        self.tell = tell
        self.inbound: list[str] = []
        """The SIDs of what people wrote and the suite took."""
        self.acts = 0
        self._seed = seed
        self._size = size_of(seed)
        self._written = count(1)
        cloud.outbox.on_message = self._reached

    def carry_out(self, event: Event) -> None:
        self.acts += 1
        place, dice, now = PLACES[event.place], random.Random(event.dice), self.cloud.clock.now()
        match event.kind:
            case "book" | "walk in":
                self._books(place, dice, walk_in=event.kind == "walk in")
            case "walk in over an offer":
                if offers := self._offers(place):
                    slot = dice.choice(offers)["slot"]
                    self._book(place, slot["staff_id"], slot["start"], 60, dice, "cut", source="walk_in")
            case "book who was asked":
                if offers := self._offers(place):
                    offer = dice.choice(offers)
                    staff, slot = dice.choice(STAFF), offer["slot"]
                    self._book(place, staff, slot["start"], 30, dice, "trim", customer=offer["customer_id"])
            case "stop":
                if offers := self._offers(place):
                    self._writes(place, dice.choice(offers)["customer_phone"], "STOP")
            case "over a sale":
                sales = [b for b in self._standing(place) if b[1]["source"] == "smart_fill"]
                if sales:
                    _, sale = dice.choice(sales)
                    self._book(place, sale["staff_id"], sale["start_time"], 30, dice, "trim")
            case "wish":
                _wish(self.cloud, place, self._anyone(dice), dice)
            case "write":
                words = dice.choice(["yes", "1", "BOOK", "no", "STOP", "START", "I can't come", "is Ann free?", "help"])
                self._writes(place, place.phone(dice.randrange(self._size.customers)), words)
            case "time off":
                away = {"start": now, "end": now + timedelta(hours=dice.choice([1, 4])), "reason": "sick"}
                self.cloud.update(f"{place.root}/staff/{STAFF[1]}", time_off=[away], updated_at=now)
            case "settings":
                self.cloud.put(f"{place.root}/settings/current", _settings(dice, self._size.days))
            case "pause":
                self.cloud.update(place.root, status="paused", updated_at=now)
                later = now + timedelta(minutes=dice.uniform(5, 90))
                self.cloud.at(later, lambda: self.cloud.update(place.root, status="active", updated_at=later))
            case "decide in the app":
                asked = [a for a in self._all(place, "approvals") if a[1]["status"] == "pending"]
                if asked:
                    id, _ = dice.choice(asked)
                    self.cloud.update(f"{place.root}/approvals/{id}", status=dice.choice(["approved", "rejected"]))
            case "function down" | "provider down" | "clock jump":
                raise ValueError(f"expected something people do, found {event.kind}")
            case _:
                self._changes(event.kind, place, dice)

    def walk_in(self, path: str, sale: Data) -> None:
        """Into the time of a sale that is being made."""
        self.acts += 1
        self.tell(f"    somebody walks into the time of {path}")
        dice, place = random.Random(path), _place_of(path)
        self._book(place, sale["staff_id"], sale["start_time"], 30, dice, "trim", source="walk_in")

    def stop(self, path: str, ask: Data) -> None:
        """Whoever is being asked wants to hear no more."""
        self.acts += 1
        self.tell(f"    {ask['customer_id']} says STOP to {path}")
        self._writes(_place_of(path), ask["customer_phone"], "STOP")

    def _changes(self, kind: str, place: Place, dice: random.Random) -> None:
        """Something about a booking that stands."""
        now = self.cloud.clock.now()
        began = kind in ("miss", "complete")
        bookings = [b for b in self._standing(place) if (b[1]["start_time"] <= now) == began]
        # Mostly today's: far ones free nothing that is offered soon.
        bookings = bookings[: max(8, len(bookings) // 3)]
        if not bookings:
            return
        id, booking = dice.choice(bookings)
        path, start, end = f"{place.root}/bookings/{id}", booking["start_time"], booking["end_time"]
        change: Data = {}
        match kind:
            case "cancel" | "salon cancels":
                by = "customer" if kind == "cancel" else "salon"
                change = {"status": "cancelled", "cancelled_at": now, "cancelled_by": by}
            case "move":
                moved = timedelta(hours=dice.choice([-2, -1, 1, 3, 24]))
                change = {"start_time": start + moved, "end_time": end + moved, "staff_id": dice.choice(STAFF)}
            case "lengthen":
                change = {"end_time": end + timedelta(minutes=dice.choice([-30, 15, 30]))}
                change = change if change["end_time"] > start else {}
            case "miss":
                change = {"status": "no_show"}
            case "complete":
                change = {"status": "completed"}
            case "delete":
                self.cloud.delete(path)
                return
        self.cloud.update(path, updated_at=now, **change)

    def _books(self, place: Place, dice: random.Random, *, walk_in: bool) -> None:
        gaps = [gap for _, gap in self._all(place, "gaps") if gap["status"] == "open"]
        if not gaps:
            return
        gap = dice.choice(gaps)
        source = "walk_in" if walk_in else "app"
        self._book(place, gap["staff_id"], gap["start_time"], 30, dice, "trim", source=source)

    def _book(
        self,
        place: Place,
        staff: str,
        start: datetime,
        minutes: int,
        dice: random.Random,
        service: str,
        customer: str | None = None,
        source: str = "app",
    ) -> None:
        customer = customer or self._anyone(dice)
        _book(self.cloud, place, staff, start, minutes, customer, dice, service, source)

    def _offers(self, place: Place) -> list[Data]:
        open_ones = ("pending", "sending", "sent", "delivered", "read")
        return [ask for _, ask in self._all(place, "outreach") if ask["status"] in open_ones]

    def _anyone(self, dice: random.Random) -> str:
        return f"c{dice.randrange(self._size.customers)}"

    def _all(self, place: Place, collection: str) -> list[tuple[str, Data]]:
        return sorted(self.cloud.list(f"{place.root}/{collection}").items())

    def _standing(self, place: Place) -> list[tuple[str, Data]]:
        found = [b for b in self._all(place, "bookings") if b[1]["status"] == "confirmed"]
        return sorted(found, key=lambda each: (each[1]["start_time"], each[0]))

    # Messages.

    def _reached(self, message: Message) -> None:
        """The provider took it: its reports come, and whoever reads it may answer, at once or hours later."""
        dice = random.Random(f"{self._seed} {message.sid}")
        faults = self.cloud.faults
        if not faults.strikes("report never"):
            arrived = ["sent", "delivered", "read"] if dice.random() < 0.3 else ["sent", "delivered"]
            steps = ["sent", "undelivered"] if faults.strikes("undelivered") else arrived
            for status in steps:
                self._later(dice.uniform(0, 0.2 if status == "sent" else 5), partial(self._report, message, status))
                if faults.strikes("report doubled"):
                    self._later(dice.uniform(0, 30), partial(self._report, message, status))
        answers = dice.choices(
            ["yes", "no", "words", "twice", "late", "stop", "both", "silence"], [30, 12, 12, 6, 6, 2, 4, 28]
        )[0]
        wait = dice.lognormvariate(2.3, 1.1)
        if not message.buttons or answers == "silence":
            if message.purpose == "booking_confirmed" and dice.random() < 0.15:
                self._later(wait, lambda: self._says(message, "I can't come"))
            return
        match answers:
            case "yes" | "late":
                self._later(wait + (45 if answers == "late" else 0), lambda: self._presses(message, 0))
            case "no":
                self._later(wait, lambda: self._presses(message, 1))
            case "words":
                self._later(wait, lambda: self._says(message, dice.choice(["yes", "1", "ok", "no", "maybe"])))
            case "twice":
                self._later(wait, lambda: self._presses(message, 0))
                self._later(wait + 0.1, lambda: self._presses(message, 0))
            case "both":
                self._later(wait, lambda: self._presses(message, 0))
                self._later(wait + dice.uniform(0, 3), lambda: self._presses(message, 1))
            case "stop":
                self._later(wait, lambda: self._says(message, "STOP"))

    def _later(self, minutes: float, action: Callable[[], Any]) -> None:
        self.cloud.at(self.cloud.clock.now() + timedelta(minutes=minutes), action)

    def _report(self, message: Message, status: str) -> None:
        self.tell(f"{self.cloud.clock.now():%a %H:%M:%S} reported {status}: {message.sending.reference}")
        self.cloud.report(message, status)

    def _presses(self, message: Message, button: int) -> None:
        self.acts += 1
        sid = self._sid()
        self.tell(f"{self.cloud.clock.now():%a %H:%M:%S} presses {button}: {message.sending.reference}")
        self._taken(sid, self.cloud.reply(message, button=button, sid=sid).status_code)

    def _says(self, message: Message, words: str) -> None:
        self.acts += 1
        sid = self._sid()
        self.tell(f"{self.cloud.clock.now():%a %H:%M:%S} says {words!r}: {message.sending.reference}")
        self._taken(sid, self.cloud.reply(message, body=words, sid=sid).status_code)

    def _writes(self, place: Place, sender: str, words: str) -> None:
        sid = self._sid()
        form = {"AccountSid": ACCOUNT_SID, "ApiVersion": "2010-04-01", "MessageSid": sid, "SmsStatus": "received"}
        form |= {"From": f"whatsapp:{sender}", "To": f"whatsapp:{place.sender}", "Body": words, "NumMedia": "0"}
        self._taken(sid, self.cloud.webhook(twilio.INCOMING_PATH, form).status_code)

    def _sid(self) -> str:
        return f"SM{next(self._written) | 1 << 110:032x}"

    def _taken(self, sid: str, status: int) -> None:
        if status < 400:
            self.inbound.append(sid)
        elif self.cloud.down:
            self.tell("    nobody is there to hear it")
