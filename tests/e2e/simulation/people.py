"""Customers, owners and the booking app of the town: they carry out events, and answer messages."""

import random
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from werkzeug.wrappers import Response

from local.in_process import ACCOUNT_SID
from local.outbox import Message
from shared.adapters import twilio
from shared.ports import Data
from shared.salon.channel_route import route_path
from tests.e2e.simulation.cloud import Cloud
from tests.e2e.simulation.events import Event
from tests.e2e.simulation.settling import book, messaging_of, settings_of, wish
from tests.e2e.simulation.town import ELSEWHERES, SERVICES, STAFF, Place, town_of, written

OFFER_LINK = re.compile(r"/o/[\w.-]+[\w-]")


class People:
    def __init__(self, cloud: Cloud, seed: int, tell: Callable[[str], None]) -> None:
        self.cloud = cloud
        self.tell = tell
        self.inbound: list[str] = []
        """The SIDs of what people wrote and the suite took."""
        self.acts = 0
        self._seed = seed
        self._town = town_of(seed)
        self._written = count(1)
        cloud.outbox.on_message = self._reached

    def carry_out(self, event: Event) -> None:
        self.acts += 1
        place, dice, now = self._town.places[event.place], random.Random(event.dice), self.cloud.clock.now()
        match event.kind:
            case "book" | "walk in":
                self._books(place, dice, walk_in=event.kind == "walk in")
            case "walk in over an offer":
                if offers := self._offers(place):
                    slot = dice.choice(offers)["slot"]
                    staff, service = self._in_the_way(slot["staff_id"], [slot["service_id"]], "cut", dice)
                    self._book(place, staff, slot["start"], SERVICES[service], dice, service, source="walk_in")
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
                    # Standing in order: the last one is the one that is to come for longest.
                    _, sale = sales[-1]
                    self._book(place, sale["staff_id"], sale["start_time"], 30, dice, "trim")
            case "wish":
                wish(self.cloud, place, self._anyone(place, dice), dice)
            case "write":
                words = dice.choice(["yes", "1", "BOOK", "no", "STOP", "START", "I can't come", "is Ann free?", "help"])
                self._writes(place, place.phone(dice.randrange(place.customers)), words)
            case "quote":
                self._quotes(place, dice)
            case "counter-offer":
                if offers := [offer for offer in self._offers(place) if offer["delivery"]["sent_at"]]:
                    self._counters(place, dice.choice(offers)["customer_phone"], dice)
            case "stranger":
                words = dice.choice(["Hello, are you open on Friday?", "yes", "STOP", "\N{WAVING HAND SIGN}"])
                self._writes(place, f"+4477009200{dice.randrange(3):02}", words)
            case "owner":
                self._owner_writes(place, dice)
            case "time off":
                away = {"start": now, "end": now + timedelta(hours=dice.choice([1, 4])), "reason": "sick"}
                self.cloud.update(f"{place.root}/staff/{STAFF[1]}", time_off=[away], updated_at=now)
            case "settings":
                self.cloud.put(f"{place.root}/settings/current", settings_of(dice, self._town))
            case "consent":
                path = f"{place.root}/customers/{self._anyone(place, dice)}"
                if offers := self._offers(place):
                    path = f"{place.root}/customers/{dice.choice(offers)['customer_id']}"
                self.cloud.update(path, consents={"whatsapp": {"marketing": False, "service": dice.random() < 0.3}})
            case "pause":
                self._pauses(place, dice)
            case "wrong number":
                self._mistakes_its_number(place, dice)
            case "decide in the app":
                asked = [a for a in self._all(place, "approvals") if a[1]["status"] == "pending"]
                if asked:
                    id, approval = dice.choice(asked)
                    answer = {"status": dice.choice(["approved", "rejected"])}
                    in_round = [each["customer_id"] for each in approval["action_details"]["people"]]
                    struck = [each for each in (*in_round, "c0") if dice.random() < 0.2]
                    self.cloud.update(
                        f"{place.root}/approvals/{id}", **answer, response={**approval["response"], "struck": struck}
                    )
            case "function down" | "provider down" | "clock jump":
                raise ValueError(f"expected something people do, found {event.kind}")
            case _:
                self._changes(event.kind, place, dice)

    def walk_in(self, path: str, sale: Data) -> None:
        """Into the time of a sale that is being made."""
        self.acts += 1
        self.tell(f"    somebody walks into the time of {path}")
        dice, place = random.Random(path), self._town.place(path)
        staff, service = self._in_the_way(sale["staff_id"], sale["service_ids"], "trim", dice)
        self._book(place, staff, sale["start_time"], SERVICES[service], dice, service, source="walk_in")

    def take(self, path: str) -> None:
        """All of the time that is about to be offered, for the owner has allowed it."""
        place, approval = self._town.place(path), self.cloud.get(path) or {}
        gap = self.cloud.get(f"{place.root}/gaps/{approval['trigger_id']}")
        if gap is not None:
            self.acts += 1
            self.tell(f"    somebody takes the time of {path}")
            minutes = int((gap["end_time"] - gap["start_time"]).total_seconds() / 60)
            self._book(place, gap["staff_id"], gap["start_time"], minutes, random.Random(path), "cut", source="walk_in")

    def _in_the_way(self, staff: str, wanted: Sequence[str], usual: str, dice: random.Random) -> tuple[str, str]:
        """Who is booked for what, so that what is wanted of this staff member cannot be: they, or the basin that it needs."""
        needy = sorted(self._town.needs_basin)
        if self._town.needs_basin.intersection(wanted) and dice.random() < 0.5:
            return dice.choice([other for other in STAFF if other != staff]), dice.choice(needy)
        return staff, usual

    def stop(self, path: str, ask: Data) -> None:
        """Whoever is being asked wants to hear no more."""
        self.acts += 1
        self.tell(f"    {ask['customer_id']} says STOP to {path}")
        self._writes(self._town.place(path), ask["customer_phone"], "STOP")

    def pause(self, reference: str) -> None:
        """Just when this message has to wait."""
        self.acts += 1
        self.tell(f"    the salon of {reference} is paused")
        self._pauses(self._town.place(reference), random.Random(reference))

    def _quotes(self, place: Place, dice: random.Random) -> None:
        """Somebody answers under a message: an offer of any age, or what is none of ours."""
        asks = [ask for _, ask in self._all(place, "outreach") if ask["delivery"]["message_id"]]
        if not asks:
            return
        ask, words = dice.choice(asks), dice.choice(["yes", "1", "no", "\N{THUMBS UP SIGN}", "STOP"])
        others = f"SM{dice.getrandbits(60) | 1 << 100:032x}"
        quoted = {"OriginalRepliedMessageSid": dice.choice([ask["delivery"]["message_id"], others])}
        if dice.random() < 0.2:
            quoted = {"OriginalRepliedMessageSid": others, "ButtonPayload": "appt-778-confirm", "ButtonText": words}
        self._writes(place, ask["customer_phone"], words, **quoted)

    def _counters(self, place: Place, phone: str, dice: random.Random) -> None:
        """Somebody asks for something else, and says yes before or after it is answered; or both at once."""
        self._writes(place, phone, dice.choice(["Can I come at 5 instead?", "Is it with Ann?", "I have an allergy"]))
        self._later(dice.choice([0, 0, 2, 20]), lambda: self._writes(place, phone, dice.choice(["yes", "1", "ok"])))

    def _owner_writes(self, place: Place, dice: random.Random) -> None:
        words = dice.choice(["yes", "ok", "no", "TODAY", "PAUSE", "HELP", "who is Mina?", "\N{THUMBS UP SIGN}"])
        self._writes(place, place.owner, words)
        if words == "PAUSE":
            self._later(dice.uniform(5, 90), lambda: self._writes(place, place.owner, "RESUME"))

    def _pauses(self, place: Place, dice: random.Random) -> None:
        now = self.cloud.clock.now()
        self.cloud.update(place.root, status="paused", updated_at=now)
        later = now + timedelta(minutes=dice.uniform(5, 90))
        self.cloud.at(later, lambda: self.cloud.update(place.root, status="active", updated_at=later))

    def _mistakes_its_number(self, place: Place, dice: random.Random) -> None:
        """For a while the salon claims to send its SMS from a number that others hold."""
        self.cloud.update(place.root, messaging=messaging_of(place, ELSEWHERES))
        later = self.cloud.clock.now() + timedelta(minutes=dice.uniform(5, 40))
        self.cloud.at(later, lambda: self.cloud.update(place.root, messaging=messaging_of(place)))

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
        customer = customer or self._anyone(place, dice)
        book(self.cloud, place, staff, start, minutes, customer, dice, (service,), source=source)

    def _offers(self, place: Place) -> list[Data]:
        open_ones = ("pending", "sending", "sent", "delivered", "read")
        return [ask for _, ask in self._all(place, "outreach") if ask["status"] in open_ones]

    def _anyone(self, place: Place, dice: random.Random) -> str:
        return f"c{dice.randrange(place.customers)}"

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
        answers = dice.choices(
            ["yes", "no", "words", "asks", "twice", "late", "stop", "both", "silence"],
            [26, 12, 10, 10, 6, 6, 2, 4, 24],
        )[0]
        wait, link = dice.lognormvariate(2.3, 1.1), OFFER_LINK.search(message.text)
        if message.purpose == "which_branch":
            named = dice.choice(["1", "2", *(place.house for place in self._town.places), "the other one"])
            self._later(wait, lambda: self._says(message, named))
            return
        by_link = link is not None and dice.random() < 0.5
        if not (message.buttons or link) or answers == "silence":
            if message.purpose == "booking_confirmed" and dice.random() < 0.15:
                self._later(wait, lambda: self._says(message, "I can't come"))
            return

        def chooses(button: int) -> None:
            if message.buttons:
                self._presses(message, button)
            elif link and by_link:
                self._opens(link[0], ("accept", "decline")[button])
            else:
                self._says(message, ("BOOK", "SKIP")[button])

        match answers:
            case "yes" | "late":
                self._later(wait + (45 if answers == "late" else 0), lambda: chooses(0))
            case "no":
                self._later(wait, lambda: chooses(1))
            case "words":
                self._later(wait, lambda: self._says(message, dice.choice(["yes", "1", "ok", "no", "maybe"])))
            case "asks":
                place = self._town.place(message.sending.reference)
                self._later(wait, lambda: self._counters(place, message.sending.to, dice))
            case "twice":
                self._later(wait, lambda: chooses(0))
                self._later(wait + 0.1, lambda: chooses(0))
            case "both":
                self._later(wait, lambda: chooses(0))
                self._later(wait + dice.uniform(0, 3), lambda: chooses(1))
            case "stop":
                self._later(wait, lambda: self._says(message, "STOP"))

    def _later(self, minutes: float, action: Callable[[], Any]) -> None:
        self.cloud.at(self.cloud.clock.now() + timedelta(minutes=minutes), action)

    def _report(self, message: Message, status: str) -> None:
        self.tell(f"{self.cloud.clock.now():%a %H:%M:%S} reported {status}: {message.sending.reference}")
        code = random.Random(message.sid).choice([None, 63024, 63014, 30003]) if status == "undelivered" else None
        self.cloud.report(message, status, error_code=code)

    def _presses(self, message: Message, button: int) -> None:
        self.acts += 1
        sid = self._sid()
        self.tell(f"{self.cloud.clock.now():%a %H:%M:%S} presses {button}: {message.sending.reference}")
        self._taken(sid, message.sending.sender, self._reply(message, button=button, sid=sid).status_code)

    def _opens(self, link: str, answer: str) -> None:
        self.acts += 1
        self.tell(f"{self.cloud.clock.now():%a %H:%M:%S} opens the link of an offer: {answer}")
        self.cloud.request("POST", link, form={"answer": answer})

    def _says(self, message: Message, words: str) -> None:
        self.acts += 1
        sid = self._sid()
        self.tell(f"{self.cloud.clock.now():%a %H:%M:%S} says {words!r}: {message.sending.reference}")
        self._taken(sid, message.sending.sender, self._reply(message, body=words, sid=sid).status_code)

    def _reply(self, message: Message, **said: Any) -> Response:
        to, channel = message.sending.to, message.sending.channel
        return self.cloud.reply(message, sender=written(to) if channel == "whatsapp" else to, **said)

    def _writes(self, place: Place, sender: str, words: str, **quoted: str) -> None:
        sid = self._sid()
        form = {"AccountSid": ACCOUNT_SID, "ApiVersion": "2010-04-01", "MessageSid": sid, "SmsStatus": "received"}
        form |= {
            "From": f"whatsapp:{written(sender)}",
            "To": f"whatsapp:{place.number}",
            "Body": words,
            "NumMedia": "0",
        }
        form |= quoted
        self._taken(sid, place.number, self.cloud.webhook(twilio.INCOMING_PATH, form).status_code)

    def _sid(self) -> str:
        return f"SM{next(self._written) | 1 << 110:032x}"

    def _taken(self, sid: str, number: str, status: int) -> None:
        if self.cloud.get(route_path(ACCOUNT_SID, number)) is None:
            self.tell("    nobody holds the number that it went to")
        elif status < 400:
            self.inbound.append(sid)
        elif self.cloud.down:
            self.tell("    nobody is there to hear it")
