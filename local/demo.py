"""`python -m local demo`: one cancelled booking becomes one sold slot, told step by step with the salon's own clock.

It sees the local cloud from outside only, through its HTTP doors. It ends with 0 only if the slot was really sold.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError, URLError

from local.cancellation import booking_to_cancel, cancelled
from local.demo_cloud import Cloud, Document, Failed, Stopped, T, expect, local_cloud, stoppable
from local.demo_salon import OWNER_PHONE, ZONE
from local.demo_voice import Voice
from local.documents import from_json, parse_instant, to_json
from shared.records.audit import AuditRecord

SETTLED = timedelta(minutes=2)
"""People cancel and re-book within a minute; so the first offers wait a little, and the story moves the clock on."""
CODES = {"target_unreachable": "more would be needed for the chance wanted"}
"""What the suite stores as a code, in words."""
FIRST = 3
"""So many are named."""


class Steps:
    """Which step the story is at."""

    def __init__(self) -> None:
        self.name = "start the local cloud"

    def __call__(self, name: str) -> None:
        self.name = name


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

    def phone_of(self, document: Document) -> str:
        return str(self._customers[document["customer_id"]]["phone"])

    def phone(self, address: str) -> str:
        number = address.removeprefix("whatsapp:")
        return next((str(who["name"]) for who in self._customers.values() if who["phone"] == number), number)


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("demo", help="tell how one cancelled booking is sold again", description=__doc__)
    parser.add_argument("--cloud", choices=("emulator", "memory"), help="default: emulator where found, else memory")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    began = time.monotonic()
    voice = Voice(sys.stdout)
    step = Steps()
    try:
        with stoppable(), local_cloud(options.cloud) as cloud:
            voice.title(f"{cloud.words}, ready after {time.monotonic() - began:.1f} s")
            tell(cloud, voice, step)
    except Failed as failed:
        voice.failure(step.name, str(failed))
        return 1
    except (HTTPError, URLError, OSError, KeyError) as error:
        voice.failure(step.name, f"{type(error).__name__}: {error}")
        return 1
    except Stopped:
        return 130
    voice.title(f"Sold again, exactly once. {time.monotonic() - began:.1f} s in all, everything stopped.")
    return 0


def tell(cloud: Cloud, voice: Voice, step: Steps) -> None:
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
    cloud.change(f"bookings/{booking_id}", to_json(cancelled(cancelled_at)))
    since = time.monotonic()
    voice.tell(cancelled_at, "cancelled", f"{names.customer(booking)} can't come")

    step("see the gap")
    gap_id, gap = cloud.until(lambda: _gap(cloud, booking), "an open gap of origin freed over that time")
    voice.tell(
        parse_instant(gap["created_at"]),
        "gap seen",
        f"{names.staff(gap)} is free {_clock(gap['start_time'])} to {_clock(gap['end_time'])}, worth"
        f" {gap['potential_revenue']:.2f} {names.currency}, priority {gap['priority']}"
        f"  ({time.monotonic() - since:.1f} s after the cancellation)",
    )

    step("decide whom to ask")
    cloud.drain()
    cloud.move_clock(cloud.now() + SETTLED)
    decision = cloud.until(lambda: _decision(cloud, gap_id), "a decision about that gap")
    voice.tell(parse_instant(decision["created_at"]), "decision", "; ".join(map(_in_words, decision["reasons"])))
    for line in _considered(decision, names):
        voice.more(line)

    step("ask the customers")
    offers = cloud.until(lambda: _offers(cloud, decision, names), "an offer on a phone")
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
    expect(filled["status"] == "filled" and filled["filled_by"] == sale_id, "the gap filled by it", filled["status"])

    step("withdraw the other offers")
    asks = cloud.collection("outreach")
    others = [ask for ask in asks.values() if ask["id"] != sale["outreach_id"]]
    still_open = [ask["status"] for ask in others if ask["status"] not in ("expired", "failed", "responded")]
    expect(not still_open, "no other offer left open", still_open)
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
        voice.more(
            f"{name}: {' > '.join(record.event_type.replace('_', ' ') for record in trail)}  [{trail[-1].hash[:12]}]"
        )
    expect(cloud.drain()["dead"] == 0, "no event given up", "some")


def _booking_to_cancel(cloud: Cloud) -> tuple[str, Document]:
    bookings = cloud.collection("bookings")
    waiting = map(from_json, cloud.collection("waitlist").values())
    id = booking_to_cancel({id: from_json(each) for id, each in bookings.items()}, waiting, cloud.now())
    if id is None:
        raise Failed("expected a coming booking whose time somebody on the waitlist would take, found none")
    return id, bookings[id]


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


def _in_words(reason: str) -> str:
    return CODES.get(reason, reason)


def _considered(decision: Document, names: Names) -> Iterator[str]:
    """The first of those who could be asked and of those who could not, by name; how many others for which reason."""
    for taken in (True, False):
        people = [each for each in decision["considered"] if (each["excluded"] is None) is taken]
        why = [", ".join(each["reasons"]) if taken else each["excluded"] for each in people]
        for each, reason in list(zip(people, why, strict=True))[:FIRST]:
            yield f"{'+' if taken else '-'} {names.customer(each)}: {reason}"
        # How often each of them was here makes no reason of its own.
        others = Counter(reason.partition(" (")[0] for reason in why[FIRST:])
        if others:
            yield f"  ... and {others.total()} more: " + ", ".join(
                f"{reason} ({n})" for reason, n in others.most_common()
            )


def _offers(cloud: Cloud, decision: Document, names: Names) -> list[Document] | None:
    """In the order in which the decision names whom it asks; which phone rings first is chance."""
    order = [names.phone_of(each) for each in decision["considered"]]
    offers = [message for message in cloud.messages() if message["buttons"]]
    return sorted(offers, key=lambda offer: order.index(offer["to"].removeprefix("whatsapp:"))) or None


def _message_to(cloud: Cloud, address: str, after: str | None = None) -> Document | None:
    number = address.removeprefix("whatsapp:")
    own = [message for message in cloud.messages() if message["to"].removeprefix("whatsapp:") == number]
    sids = [message["sid"] for message in own]
    return next(iter(own[sids.index(after) + 1 :] if after in sids else own), None)


def _sales(cloud: Cloud) -> list[tuple[str, Document]]:
    return [(id, booking) for id, booking in cloud.collection("bookings").items() if booking["source"] == "smart_fill"]


def _exactly_one(sales: list[T]) -> list[T]:
    expect(len(sales) == 1, "exactly one booking made of the yes", len(sales))
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
    expect(whole and chained, f"an unbroken audit trail of {document['id']}", [record.id for record in own])
    return own


def _clock(text: str) -> str:
    return f"{parse_instant(text).astimezone(ZONE):%H:%M}"
