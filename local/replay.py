"""`python -m local replay`: the bookings of an export as if they happened now, with customers who do not exist, and every
function doing its work. docs/import.md says what is simulated and how to read the report."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TextIO
from zoneinfo import ZoneInfo

from local import arguments, customers, in_process, replay_report
from local.booking_export import ExportedBooking, NotAnExport, lines_of
from local.customers import Circumstance, Draws
from local.import_bookings import Import, booking_document, fictional_phone, read_export
from local.in_process import Suite
from local.memory.memory import Change
from local.outbox import Message
from shared.ports import Data, Query

SALON = "replay"
ROOT = f"salons/{SALON}"
NO_SHOW_GRACE = timedelta(minutes=20)
"""The salon's front desk gives up on somebody after this."""
WISHES = 0.05
"""The share of customers who put themselves on the waitlist in a fortnight."""
FORTNIGHT = timedelta(days=14)
SANDBOX = "+14155238886"

POLICIES: dict[str, Data] = {
    "default": {},
    "original": {
        "offers": {"max_wave_size": 1, "max_asks_per_gap": 5, "round_minutes": 15, "response_deadline_minutes": 15}
    },
    "none": {"mode": "dry_run"},
}
"""By name, what a policy changes in the settings. `none` asks nobody: what the salon fills without us."""


@dataclass(frozen=True)
class Question:
    """What is replayed. The days are the salon's own, both included."""

    timezone: str
    currency: str
    first_day: date
    last_day: date
    seed: int = 0
    policy: str = "default"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first_day, time(), self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last_day + timedelta(days=1), time(), self.zone).astimezone(UTC)


def replay(lines: Iterable[str], question: Question, progress: TextIO | None = None) -> dict[str, Any]:
    """The report. Raises NotAnExport when the file holds nothing to replay."""
    made = read_export(lines, question.timezone, question.currency, salon_id=SALON)
    if not made.bookings:
        raise NotAnExport("expected at least one booking that can be understood, found none")
    starts = sorted(booking.start.astimezone(question.zone).date() for booking in made.bookings)
    if not any(question.first_day <= day <= question.last_day for day in starts):
        raise NotAnExport(
            f"expected days from {starts[0]} to {starts[-1]}, on which the bookings of the file start,"
            f" found {question.first_day} to {question.last_day}"
        )
    with Suite(now=question.start) as suite:
        world = _World(suite, made, question)
        world.begin()
        for day in _days(question):
            suite.advance_to(min(day + timedelta(days=1), question.end))
            if progress is not None:
                _tell(progress, world, day)
        outcome = world.outcome()
    found = replay_report.figures(outcome)
    return {
        "about": {
            "from": question.first_day.isoformat(),
            "to": question.last_day.isoformat(),
            "timezone": question.timezone,
            "currency": question.currency,
            "policy": question.policy,
            "seed": question.seed,
            "lines_set_aside": len(made.problems),
        },
        "assumptions": customers.assumptions() | {"wishes_per_fortnight": WISHES},
        "figures": found,
        "definitions": {name: replay_report.definition(name) for name in replay_report.flat(found)},
    }


class _World:
    """The salon's booking app, its customers and their phones."""

    def __init__(self, suite: Suite, made: Import, question: Question) -> None:
        self._suite = suite
        self._made = made
        self._question = question
        self._displaced: dict[str, Decimal] = {}
        self._cancelled: list[tuple[datetime, datetime, Decimal]] = []
        self._did: Counter[str] = Counter()
        suite.outbox.on_message = self._react
        suite.on_change.append(self._complete_our_sale)

    def begin(self) -> None:
        """The salon as it stood on the first morning, and everything the file says of the days to come."""
        start = self._question.start
        for path, data in self._made.documents.items():
            if path != ROOT and "/bookings/" not in path:
                self._suite.put(path, data)
        for booking in self._made.bookings:
            if booking.created_at < start:
                document = booking_document(booking, self._question.currency, as_of=start)
                self._suite.put(self._path(booking), document)
                self._did["standing_at_start"] += document["status"] == "confirmed"
            self._plan(booking)
        self._plan_wishes()
        self._suite.put(f"{ROOT}/settings/current", {"mode": "live"} | POLICIES[self._question.policy])
        owner = {"name": "Owner", "role": "owner", "phone": fictional_phone(len(self._customer_ids()))}
        messaging = {"account_sid": in_process.ACCOUNT_SID, "whatsapp_from": SANDBOX}
        self._suite.put(ROOT, self._made.documents[ROOT] | {"contacts": [owner], "messaging": messaging})
        self._suite.run_until_idle()

    def outcome(self) -> replay_report.Outcome:
        suite = self._suite
        return replay_report.Outcome(
            bookings=suite.list(f"{ROOT}/bookings"),
            gaps=suite.list(f"{ROOT}/gaps"),
            outreach=suite.list(f"{ROOT}/outreach"),
            standing_at_start=self._did["standing_at_start"],
            appeared=self._did["appeared"],
            cancelled=self._cancelled,
            no_shows=self._did["no_shows"],
            displaced=list(self._displaced.values()),
            said_yes=self._did["said_yes"],
            work={
                "messages": len(suite.outbox.messages),
                "deliveries": suite.delivered,
                "failed_attempts": len(suite.failures),
                "dead": len(suite.dead),
                "refused_webhooks": self._did["refused_webhooks"],
            },
        )

    def said(self) -> str:
        did = self._did
        return f"{did['appeared']} booked, {len(self._cancelled)} cancelled, {did['asked']} asked, {did['sold']} sold"

    # The booking app.

    def _plan(self, booking: ExportedBooking) -> None:
        self._at(booking.created_at, f"1 {booking.id}", lambda: self._appear(booking))
        if booking.cancelled_at is not None:
            self._at(booking.cancelled_at, f"1 {booking.id}", lambda: self._cancel(booking))
        elif booking.status == "no_show":
            given_up = min(booking.start + NO_SHOW_GRACE, booking.end)
            self._at(given_up, f"1 {booking.id}", lambda: self._end(booking, "no_show"))
        else:
            self._at(booking.end, f"1 {booking.id}", lambda: self._end(booking, "completed"))

    def _at(self, instant: datetime, order: str, action: Any) -> None:
        if self._question.start <= instant < self._question.end:
            self._suite.at(instant, action, order=order)

    def _appear(self, booking: ExportedBooking) -> None:
        self._did["appeared"] += 1
        if any(self._sold_over(booking)):
            self._displaced[booking.id] = booking.price
            return
        now = self._suite.clock.now()
        self._suite.put(self._path(booking), booking_document(booking, self._question.currency, as_of=now))
        self._withdraw_wishes(booking.customer_id, now)

    def _sold_over(self, booking: ExportedBooking) -> Iterator[Data]:
        """Sales of ours that the booking meets: of its stylist's time, or of its customer's."""
        for field, value in (("staff_id", booking.staff_id), ("customer_id", booking.customer_id)):
            query = Query("bookings", where=((field, "==", value), ("source", "==", "smart_fill")))
            for found in self._suite.store.salon(SALON).query(query):
                sale = found.data
                if (
                    sale["status"] != "cancelled"
                    and sale["start_time"] < booking.end
                    and booking.start < sale["end_time"]
                ):
                    yield sale

    def _cancel(self, booking: ExportedBooking) -> None:
        if booking.id in self._displaced:
            return
        now = self._suite.clock.now()
        self._cancelled.append((booking.start, now, booking.price))
        changes = {"cancelled_at": now, "cancelled_by": "customer", "updated_at": now}
        self._suite.update(self._path(booking), status="cancelled", **changes)

    def _end(self, booking: ExportedBooking, status: Literal["completed", "no_show"]) -> None:
        if booking.id in self._displaced:
            return
        self._did["no_shows"] += status == "no_show"
        self._suite.update(self._path(booking), status=status, updated_at=self._suite.clock.now())

    def _complete_our_sale(self, change: Change) -> None:
        if change.before is not None or change.after is None or change.after.get("source") != "smart_fill":
            return
        if change.path.startswith(f"{ROOT}/bookings/"):
            self._did["sold"] += 1
            self._at(change.after["end_time"], f"1 {change.path}", lambda: self._completed(change.path))

    def _completed(self, path: str) -> None:
        self._suite.update(path, status="completed", updated_at=self._suite.clock.now())

    # The waitlist.

    def _plan_wishes(self) -> None:
        fortnights = -(-(self._question.end - self._question.start) // FORTNIGHT)
        for customer_id in self._customer_ids():
            for number in range(fortnights):
                draws = Draws(self._question.seed, f"wish of {customer_id} in fortnight {number}")
                if draws.uniform("wishes") < WISHES:
                    instant = self._question.start + FORTNIGHT * number + FORTNIGHT * draws.uniform("when")
                    wish_id = f"{customer_id}-{number}"
                    self._at(instant, f"0 {wish_id}", lambda id=wish_id, who=customer_id: self._wish(id, who))

    def _customer_ids(self) -> list[str]:
        return sorted({booking.customer_id for booking in self._made.bookings})

    def _wish(self, wish_id: str, customer_id: str) -> None:
        now = self._suite.clock.now()
        bookings = self._bookings_of(customer_id)
        if any(booking["status"] == "confirmed" and booking["end_time"] > now for booking in bookings):
            return
        had = Counter(booking["service_ids"][0] for booking in bookings if booking["status"] == "completed")
        if not had:
            return
        self._suite.put(
            f"{ROOT}/waitlist/{wish_id}",
            {
                "customer_id": customer_id,
                "service_ids": [min(had, key=lambda service: (-had[service], service))],
                "staff_ids": [],
                "windows": [{"start": now, "end": now + FORTNIGHT}],
                "status": "waiting",
                "created_at": now,
                "expires_at": now + FORTNIGHT,
                "synthetic": ["everything"],
            },
        )

    def _withdraw_wishes(self, customer_id: str, now: datetime) -> None:
        """Who has booked does not wait any longer."""
        for entry_id, entry in self._wishes_of(customer_id).items():
            if entry["status"] in ("waiting", "offered"):
                self._suite.update(f"{ROOT}/waitlist/{entry_id}", status="cancelled", updated_at=now)

    # The customers.

    def _react(self, message: Message) -> None:
        kind, _, outreach_id = message.sending.reference.removeprefix(f"{SALON}/").partition("/")
        if kind != "outreach":
            self._at(message.at + timedelta(seconds=4), f"3 {message.sid}", lambda: self._report(message, "delivered"))
            return
        self._did["asked"] += 1
        ask = self._suite.get(f"{ROOT}/outreach/{outreach_id}")
        if ask is None:
            raise LookupError(f"expected outreach {outreach_id}, of which a message was sent, found none")
        reaction = customers.react(
            Draws(self._question.seed, outreach_id),
            circumstance=self._circumstance(ask, message.at),
            purpose=ask["consent_purpose"],
            sent_at=message.at,
            starts_at=ask["slot"]["start"],
            zone=self._question.zone,
        )
        order = f"2 {outreach_id}"
        reported = "delivered" if reaction.delivered else "undelivered"
        self._at(reaction.reported_at, order, lambda: self._report(message, reported))
        if reaction.read_at is not None:
            self._at(reaction.read_at, order, lambda: self._report(message, "read"))
        if reaction.answer is not None and reaction.answers_at is not None:
            self._at(reaction.answers_at, order, lambda: self._answer(message, reaction))

    def _circumstance(self, ask: Data, now: datetime) -> Circumstance:
        """How things are with this customer, whatever the suite made of it."""
        slot, customer_id = ask["slot"], ask["customer_id"]
        waiting = [wish for wish in self._wishes_of(customer_id).values() if wish["status"] in ("waiting", "offered")]
        for wish in waiting:
            inside = any(
                window["start"] <= slot["start"] and slot["end"] <= window["end"] for window in wish["windows"]
            )
            if inside and slot["service_id"] in wish["service_ids"]:
                return "waits_for_this"
        if waiting:
            return "waits_for_other"
        bookings = self._bookings_of(customer_id)
        if any(b["status"] == "confirmed" and b["start_time"] > slot["end"] for b in bookings):
            # Nobody in an export has said whether they would come sooner.
            return "other"
        visits = sorted(b["start_time"] for b in bookings if b["status"] == "completed" and b["start_time"] <= now)
        return "due_again" if customers.due_again(visits, now) else "other"

    def _answer(self, message: Message, reaction: customers.Reaction) -> None:
        sid = f"SM{message.sid[2:]}a"
        match reaction.answer:
            case "accept":
                self._did["said_yes"] += 1
                pressed, typed = 0, "1"
            case "decline":
                pressed, typed = 1, "2"
            case _:
                self._check(self._suite.reply(message, body="STOP", sid=sid))
                return
        if reaction.presses_button:
            self._check(self._suite.reply(message, button=pressed, sid=sid))
        else:
            self._check(self._suite.reply(message, body=typed, sid=sid))

    def _report(self, message: Message, status: str) -> None:
        self._check(self._suite.report(message, status, error_code=63024 if status == "undelivered" else None))

    def _check(self, response: Any) -> None:
        self._did["refused_webhooks"] += response.status_code >= 400

    # Lookups.

    def _path(self, booking: ExportedBooking) -> str:
        return f"{ROOT}/bookings/{booking.id}"

    def _bookings_of(self, customer_id: str) -> list[Data]:
        query = Query("bookings", where=(("customer_id", "==", customer_id),))
        return [found.data for found in self._suite.store.salon(SALON).query(query)]

    def _wishes_of(self, customer_id: str) -> dict[str, Data]:
        query = Query("waitlist", where=(("customer_id", "==", customer_id),))
        return {found.id: found.data for found in self._suite.store.salon(SALON).query(query)}


def _days(question: Question) -> Iterator[datetime]:
    day = question.start
    while day < question.end:
        yield day
        day += timedelta(days=1)


def _tell(progress: TextIO, world: _World, day: datetime) -> None:
    progress.write(f"{day:%Y-%m-%d}  {world.said()}\n")
    progress.flush()


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("replay", help="replay a booking export through the functions", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--timezone", required=True, help="the salon's IANA zone: the times of the file are local")
    parser.add_argument("--currency", required=True, help="ISO 4217, such as CAD")
    parser.add_argument("--from", dest="first_day", required=True, type=arguments.day, metavar="DAY")
    parser.add_argument("--to", dest="last_day", required=True, type=arguments.day, metavar="DAY")
    parser.add_argument("--seed", type=int, default=0, help="of the simulated customers (default: %(default)s)")
    parser.add_argument("--policy", choices=POLICIES, default="default")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where to write the report as JSON")
    parser.add_argument("--cloud", choices=["memory"], default="memory", help="a replay always runs in memory")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    question = Question(
        timezone=options.timezone,
        currency=options.currency,
        first_day=options.first_day,
        last_day=options.last_day,
        seed=options.seed,
        policy=options.policy,
    )
    try:
        if question.last_day < question.first_day:
            raise NotAnExport(f"expected --to not before --from, found {question.last_day} and {question.first_day}")
        if options.report:
            # Found out now, and not after minutes of work. What stands there stays until there is something better.
            options.report.open("a").close()
        report = replay(lines_of(options.file), question, sys.stderr)
        if options.report:
            options.report.write_text(json.dumps(report, indent=2) + "\n")
    except NotAnExport as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print(replay_report.table(report))
    work = report["figures"]["work"]
    return 1 if work["dead"] or work["refused_webhooks"] else 0
