"""`python -m local demo`: one cancelled booking becomes one sold slot, told step by step with the salon's own clock.

It sees the local cloud from outside only, through its HTTP doors. It ends with 0 only if the slot was really sold.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from local.demo_salon import OWNER_PHONE, SALON_ID, ZONE
from local.documents import from_json, instant, parse_instant
from shared.records.audit import AuditRecord

READY_SECONDS = 90.0
STEP_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.1
STARTS_IN = (timedelta(hours=2, minutes=30), timedelta(hours=8))
"""Which booking is cancelled: soon enough to matter, late enough that somebody can still come."""
SETTLED = timedelta(minutes=2)
"""People cancel and re-book within a minute; so the first offers wait a little, and the story moves the clock on."""
WIDTH = 100

T = TypeVar("T")
Document = dict[str, Any]


class Failed(Exception):
    """A step of the story did not come true; says which one, what was expected and what was found."""


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("demo", help="tell how one cancelled booking is sold again", description=__doc__)
    parser.add_argument("--cloud", choices=("emulator", "memory"), help="default: emulator where found, else memory")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    began = time.monotonic()
    voice = Voice(sys.stdout)
    step = Steps()
    try:
        with _stoppable(), _local_cloud(options.cloud, step) as cloud:
            voice.title(f"{cloud.words}, ready after {time.monotonic() - began:.1f} s")
            tell(cloud, voice, step)
    except Failed as failed:
        voice.failure(step.name, str(failed))
        return 1
    except (HTTPError, URLError, OSError, KeyError) as error:
        voice.failure(step.name, f"{type(error).__name__}: {error}")
        return 1
    except _Stopped:
        return 130
    voice.title(f"Sold again, exactly once. {time.monotonic() - began:.1f} s in all, everything stopped.")
    return 0


def tell(cloud: "Cloud", voice: "Voice", step: "Steps") -> None:
    """Every line is read back from what the functions wrote or sent, none from what they should have done."""
    step("choose a booking")
    booking_id, booking = _booking_to_cancel(cloud)
    names = Names(cloud)
    voice.tell(
        cloud.now(),
        "booked",
        f"{names.customer(booking)} has {names.service(booking)} with {names.staff(booking)},"
        f" {_clock(booking['start_time'])}, {booking['price']:.2f} {names.currency}",
    )

    step("cancel it, as the booking app does")
    cancelled_at = cloud.now()
    stamps = {"cancelled_at": instant(cancelled_at), "updated_at": instant(cancelled_at)}
    cloud.put(f"bookings/{booking_id}", booking | {"status": "cancelled", "cancelled_by": "customer"} | stamps)
    cancelled = time.monotonic()
    voice.tell(cancelled_at, "cancelled", f"{names.customer(booking)} can't come")

    step("see the gap")
    gap_id, gap = cloud.until(lambda: _gap(cloud, booking), "an open gap of origin freed over that time")
    voice.tell(
        parse_instant(gap["created_at"]),
        "gap seen",
        f"{names.staff(gap)} is free {_clock(gap['start_time'])} to {_clock(gap['end_time'])}, worth"
        f" {gap['potential_revenue']:.2f} {names.currency}, priority {gap['priority']}"
        f"  ({time.monotonic() - cancelled:.1f} s after the cancellation)",
    )

    step("decide whom to ask")
    cloud.drain()
    cloud.move_clock(cloud.now() + SETTLED)
    decision = cloud.until(lambda: _decision(cloud, gap_id), "a decision about that gap")
    voice.tell(parse_instant(decision["created_at"]), "decision", "; ".join(decision["reasons"]))
    for line in _considered(decision, names):
        voice.more(line)

    step("ask the customers")
    offers = cloud.until(lambda: _offers(cloud), "an offer on a phone")
    chosen = offers[0]
    voice.tell(parse_instant(chosen["created_at"]), "asked", f"{len(offers)} phones ring. The first reads:")
    voice.message(chosen["body"], [button["title"] for button in chosen["buttons"]])

    step("answer by the button")
    answered = time.monotonic()
    cloud.reply(chosen["sid"], chosen["buttons"][0]["payload"])
    voice.tell(cloud.now(), "reply", f"{names.phone(chosen['to'])} presses [{chosen['buttons'][0]['title']}]")

    step("sell the slot exactly once")
    cloud.until(lambda: _sales(cloud), "a booking made of the yes")
    took = time.monotonic() - answered
    cloud.drain()
    [(sale_id, sale)] = _exactly_one(_sales(cloud))
    voice.tell(
        parse_instant(sale["created_at"]),
        "booked",
        f"{names.customer(sale)} has {names.service(sale)} with {names.staff(sale)}, {_clock(sale['start_time'])},"
        f" {sale['price']:.2f} {names.currency}  ({took:.1f} s after the reply)",
    )
    filled = cloud.get(f"gaps/{gap_id}")
    _expect(filled["status"] == "filled" and filled["filled_by"] == sale_id, "the gap filled by it", filled["status"])

    step("withdraw the other offers")
    asks = cloud.collection("outreach")
    others = [ask for ask in asks.values() if ask["id"] != sale["outreach_id"]]
    still_open = [ask["status"] for ask in others if ask["status"] not in ("expired", "failed", "responded")]
    _expect(not still_open, "no other offer left open", still_open)
    voice.tell(cloud.now(), "withdrawn", f"the other {len(others)} offers are closed, without a message")

    step("confirm it to the customer")
    confirmation = cloud.until(lambda: _message_to(cloud, chosen["to"], after=chosen["sid"]), "a confirmation")
    voice.tell(parse_instant(confirmation["created_at"]), "confirmed", f"{names.phone(chosen['to'])} reads:")
    voice.message(confirmation["body"], [])

    step("tell the owner")
    notice = cloud.until(lambda: _message_to(cloud, OWNER_PHONE), "a notice to the owner")
    voice.tell(parse_instant(notice["created_at"]), "owner", "Olivia, the owner, reads:")
    voice.message(notice["body"], [])

    step("verify the audit trail")
    documents = {f"gap {gap_id}": filled, f"outreach {sale['outreach_id']}": asks[sale["outreach_id"]]}
    documents[f"decision {decision['id']}"] = cloud.get(f"autonomous_decisions/{decision['id']}")
    records = _records(cloud)
    voice.tell(cloud.now(), "audit", "every change, with the hash of the one before it:")
    for name, document in documents.items():
        trail = _trail(document, records)
        voice.more(f"{name}: {' > '.join(record.event_type for record in trail)}  [{trail[-1].hash[:12]}]")
    _expect(cloud.drain()["dead"] == 0, "no event given up", "some")


class Steps:
    """Which step the story is at."""

    def __init__(self) -> None:
        self.name = "start the local cloud"

    def __call__(self, name: str) -> None:
        self.name = name


class Cloud:
    """The running local cloud, as anybody on this machine sees it."""

    def __init__(self, info: Mapping[str, Any]) -> None:
        self._base = str(info["base_url"])
        self._phone = str(info["twilio_url"])
        kind = "Google's emulators" if info["cloud"] == "emulator" else "memory"
        self.words = f"Smart Fill on {kind}, every function and one salon"

    def now(self) -> datetime:
        return parse_instant(self._call("GET", f"{self._base}/local/clock")["now"])

    def move_clock(self, to: datetime) -> None:
        self._call("POST", f"{self._base}/local/clock", {"now": instant(to)})

    def drain(self) -> Document:
        drained: Document = self._call("POST", f"{self._base}/local/drain", {"timeout_s": STEP_SECONDS})
        _expect(drained["idle"], f"everything at rest within {STEP_SECONDS:.0f} s", drained)
        return drained

    def get(self, path: str) -> Document:
        found: Document = self._call("GET", f"{self._base}/local/documents/{quote(f'salons/{SALON_ID}/{path}')}")
        return found

    def collection(self, name: str) -> dict[str, Document]:
        return self.get(name)

    def salon(self) -> Document:
        found: Document = self._call("GET", f"{self._base}/local/documents/salons/{SALON_ID}")
        return found

    def put(self, path: str, document: Document) -> None:
        self._call("PUT", f"{self._base}/local/documents/{quote(f'salons/{SALON_ID}/{path}')}", document)

    def messages(self) -> list[Document]:
        found: list[Document] = self._call("GET", f"{self._phone}/messages")
        return found

    def reply(self, message_sid: str, button: str) -> None:
        self._call("POST", f"{self._phone}/reply", {"message_sid": message_sid, "button": button})

    def until(self, look: Callable[[], T | None], expected: str) -> T:
        deadline = time.monotonic() + STEP_SECONDS
        while not (found := look()):
            _expect(time.monotonic() < deadline, f"{expected} within {STEP_SECONDS:.0f} s", "none")
            time.sleep(POLL_SECONDS)
        return found

    def _call(self, method: str, url: str, body: Document | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = Request(url, data, {"Content-Type": "application/json"}, method=method)
        with urlopen(request, timeout=2 * STEP_SECONDS) as answer:
            return json.loads(answer.read())


class Names:
    """Ids as people call them."""

    def __init__(self, cloud: Cloud) -> None:
        self._customers = cloud.collection("customers")
        self._staff = cloud.collection("staff")
        self._services = cloud.collection("services")
        self.currency = str(cloud.salon()["currency"])

    def customer(self, document: Document) -> str:
        return str(self._customers[document["customer_id"]]["name"])

    def staff(self, document: Document) -> str:
        return str(self._staff[document["staff_id"]]["name"])

    def service(self, booking: Document) -> str:
        return " and ".join(self._services[service]["name"] for service in booking["service_ids"])

    def phone(self, address: str) -> str:
        number = address.removeprefix("whatsapp:")
        return next((str(who["name"]) for who in self._customers.values() if who["phone"] == number), number)


class Voice:
    """The story on a terminal."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._styled = stream.isatty() and not os.environ.get("NO_COLOR")

    def title(self, text: str) -> None:
        self._say(f"\n{self._style(text, '1')}\n")

    def tell(self, at: datetime, what: str, text: str) -> None:
        when = self._style(f"{at.astimezone(ZONE):%H:%M:%S}", "2")
        first, *others = textwrap.wrap(text, WIDTH - 22)
        self._say(f"{when}  {self._style(f'{what:<10}', '1;32')}  {first}")
        for line in others:
            self.more(line)

    def more(self, text: str) -> None:
        for line in textwrap.wrap(text, WIDTH - 22):
            self._say(f"{'':22}{line}")

    def message(self, body: str, buttons: list[str]) -> None:
        for line in textwrap.wrap(body, WIDTH - 30):
            self._say(f"{'':22}{self._style('|', '36')} {line}")
        if buttons:
            self._say(
                f"{'':22}{self._style('|', '36')} {self._style('  '.join(f'[{button}]' for button in buttons), '36')}"
            )

    def failure(self, step: str, reason: str) -> None:
        self._say(f"\n{self._style(f'Failed at the step: {step}.', '1;31')} {reason}\n")

    def _say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)

    def _style(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._styled else text


def _booking_to_cancel(cloud: Cloud) -> tuple[str, Document]:
    """One that somebody on the waitlist would take, the earliest."""
    now = cloud.now()
    wanted = {service for entry in cloud.collection("waitlist").values() for service in entry["service_ids"]}
    coming = sorted(
        (parse_instant(booking["start_time"]), id, booking)
        for id, booking in cloud.collection("bookings").items()
        if booking["status"] == "confirmed" and set(booking["service_ids"]) <= wanted
    )
    for starts_at, id, booking in coming:
        if STARTS_IN[0] <= starts_at - now <= STARTS_IN[1]:
            return id, booking
    raise Failed(f"expected a confirmed booking that starts in {STARTS_IN[0]} to {STARTS_IN[1]}, found none")


def _gap(cloud: Cloud, booking: Document) -> tuple[str, Document] | None:
    start = parse_instant(booking["start_time"])
    for id, gap in cloud.collection("gaps").items():
        freed = gap["staff_id"] == booking["staff_id"] and gap["origin"] == "freed" and gap["status"] == "open"
        if freed and parse_instant(gap["start_time"]) <= start < parse_instant(gap["end_time"]):
            return id, gap
    return None


def _decision(cloud: Cloud, gap_id: str) -> Document | None:
    for decision in cloud.collection("autonomous_decisions").values():
        if decision["context"]["trigger_id"] == gap_id:
            return decision
    return None


def _considered(decision: Document, names: Names) -> Iterator[str]:
    for taken in (True, False):
        people = [each for each in decision["considered"] if (each["excluded"] is None) is taken]
        for each in people[:3]:
            why = ", ".join(each["reasons"]) if taken else each["excluded"]
            yield f"{'+' if taken else '-'} {names.customer(each)}: {why}"
        if len(people) > 3:
            yield f"  ... and {len(people) - 3} more {'like them' if taken else 'who are not asked'}"


def _offers(cloud: Cloud) -> list[Document] | None:
    return [message for message in cloud.messages() if message["buttons"]] or None


def _message_to(cloud: Cloud, address: str, after: str | None = None) -> Document | None:
    number = address.removeprefix("whatsapp:")
    own = [message for message in cloud.messages() if message["to"].removeprefix("whatsapp:") == number]
    sids = [message["sid"] for message in own]
    return next(iter(own[sids.index(after) + 1 :] if after in sids else own), None)


def _sales(cloud: Cloud) -> list[tuple[str, Document]]:
    return [(id, booking) for id, booking in cloud.collection("bookings").items() if booking["source"] == "smart_fill"]


def _exactly_one(sales: list[T]) -> list[T]:
    _expect(len(sales) == 1, "exactly one booking made of the yes", len(sales))
    return sales


def _records(cloud: Cloud) -> list[AuditRecord]:
    return [AuditRecord.model_validate(from_json(record)) for record in cloud.collection("audit_logs").values()]


def _trail(document: Document, records: list[AuditRecord]) -> list[AuditRecord]:
    """The document's records, oldest first, if they are complete, unchanged and end in what it holds."""
    own = [record for record in records if record.resource_id == document["id"] and record.revision is not None]
    own.sort(key=lambda record: record.revision or 0)
    hashes = [None, *(record.hash for record in own)]
    whole = [record.revision for record in own] == list(range(1, document["revision"] + 1))
    chained = [record.previous_hash for record in own] == hashes[:-1] and hashes[-1] == document["audit_head"]
    _expect(whole and chained, f"an unbroken audit trail of {document['id']}", [record.id for record in own])
    return own


def _expect(holds: object, expected: str, found: object) -> None:
    if not holds:
        raise Failed(f"expected {expected}, found {found}")


def _clock(text: str) -> str:
    return f"{parse_instant(text).astimezone(ZONE):%H:%M}"


@contextmanager
def _local_cloud(kind: str | None, step: Steps) -> Iterator[Cloud]:
    """Started as people start it, at half past ten of the salon's morning, and stopped whatever happens."""
    morning = datetime.now(ZONE).replace(hour=10, minute=30, second=0, microsecond=0).astimezone(UTC)
    with tempfile.TemporaryDirectory(prefix="smart-fill-demo-") as folder:
        info, log = Path(folder) / "info.json", Path(folder) / "up.log"
        command = [sys.executable, "-m", "local", "up", "--salon", "demo", "--at", instant(morning)]
        command += ["--info", str(info)] + (["--cloud", kind] if kind else [])
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + READY_SECONDS
            while not info.exists():
                said = log.read_text(errors="replace")[-2000:]
                _expect(process.poll() is None, "the local cloud to start", f"that it ended: {said}")
                _expect(
                    time.monotonic() < deadline, f"it ready within {READY_SECONDS:.0f} s", f"it still starting: {said}"
                )
                time.sleep(POLL_SECONDS)
            yield Cloud(json.loads(info.read_text()))
            step("stop everything")
        finally:
            _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise Failed(f"expected the local cloud to stop within {STOP_SECONDS:.0f} s, found it running") from None


class _Stopped(BaseException):
    """SIGINT or SIGTERM: what was started is stopped on the way out."""


@contextmanager
def _stoppable() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _Stopped

    previous = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in previous.items():
            signal.signal(each, handler)
