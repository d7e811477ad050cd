"""A small made-up salon for tests: one stylist, one service, a waitlist, everything at whole hours on the wall of its zone,
which is UTC+0 winter time unless a test says another."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Response

from local.conditions import Calm, Conditions, Delivery
from local.in_process import ACCOUNT_SID, Suite
from local.outbox import Message
from shared.adapters import twilio
from shared.messaging.tokens import OfferToken, sign
from shared.ports import Write
from tests.zones import wall

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday, 09:30 in London
SALON = "s1"
ROOT = f"salons/{SALON}"
LONDON = ZoneInfo("Europe/London")
WHATSAPP = "+14155238886"
SMS = "+447700900800"
OWNER = "+447700900999"

_sids = count(1)


def customer(number: int, **fields: Any) -> dict[str, Any]:
    both = {"marketing": True, "service": True}
    return {
        "name": f"Customer {number}",
        "phone": f"+4477009001{number:02}",
        "consents": {"whatsapp": both},
        **fields,
    }


def booking(start: datetime, minutes: int = 60, **fields: Any) -> dict[str, Any]:
    return {
        "customer_id": "holder",
        "staff_id": "mia",
        "service_ids": ["cut"],
        "start_time": start,
        "end_time": start + timedelta(minutes=minutes),
        "price": 50,
        "source": "app",
        "status": "confirmed",
        "created_at": NOW - timedelta(days=3),
        "updated_at": NOW - timedelta(days=3),
        **fields,
    }


def open_salon(suite: Suite, **options: Any) -> datetime:
    """Puts a salon (`put_salon`) and lets the suite see to it. Returns the start of the booking `b1`."""
    opening = _Opening(suite, repr(options))
    if not opening.repeated():
        put_salon(suite, **options)
        suite.run_until_idle()
        opening.remember()
    return start_of_b1(options.get("zone", LONDON))


class _Opening:
    """Opening the same salon comes to the same each time, and takes longer than most tests: so it is remembered."""

    _remembered: ClassVar[dict[str, bytes]] = {}

    def __init__(self, suite: Suite, salon: str) -> None:
        ways_in = len(suite._triggers), len(suite._subscriptions)
        deployment = suite.deployment.public_base_url, suite.deployment.signing_key
        seen = suite.clock.real(), suite.functions, ways_in, deployment, salon
        self._suite, self._same = suite, repr(seen)
        # What is watched or goes wrong is an opening of its own. Where a mistake was put into the code, what was remembered
        # without it would hide it.
        watched = suite.on_change or type(suite.conditions) is not Calm or "MUTANT_UNDER_TEST" in os.environ
        self._may_be = suite.is_new and not watched

    def repeated(self) -> bool:
        found = self._remembered.get(self._same) if self._may_be else None
        if found is not None:
            self._suite.restore(found)
        return found is not None

    def remember(self) -> None:
        if self._may_be and self._suite.is_at_rest:
            self._remembered[self._same] = self._suite.dumped()


def start_of_b1(zone: ZoneInfo = LONDON) -> datetime:
    return wall(zone, "13:00")


def put_salon(
    suite: Suite, *, waiting: int = 3, settings: dict[str, Any] | None = None, zone: ZoneInfo = LONDON, **salon: Any
) -> None:
    """A salon with a full afternoon and `waiting` customers on the waitlist, among its bookings `b1`, which a test may cancel
    (13:00 on Monday, three and a half hours after NOW where it is in London)."""
    root = ROOT
    suite.put(f"{root}/settings/current", {"mode": "live", "gap": {"settle_seconds": 0}, **(settings or {})})
    suite.put(f"{root}/staff/mia", {"name": "Mia", "service_ids": ["cut"]})
    suite.put(f"{root}/services/cut", {"name": "Cut", "duration_minutes": 60, "price": 50})
    suite.put(f"{root}/customers/holder", customer(99, name="Holder"))
    for number in range(waiting):
        suite.put(f"{root}/customers/c{number}", customer(number))
        suite.put(f"{root}/waitlist/w{number}", waitlist_entry(f"c{number}", NOW - timedelta(hours=10 - number)))
    for hour in range(10, 18):
        suite.put(f"{root}/bookings/b{hour}", booking(wall(zone, f"{hour}:00")))
    suite.delete(f"{root}/bookings/b13")
    suite.put(f"{root}/bookings/b1", booking(start_of_b1(zone)))
    suite.put(
        root,
        {
            "name": "Salon One",
            "organization_id": "org1",
            "status": "active",
            "timezone": zone.key,
            "currency": "GBP",
            "locale": "en-GB",
            "address": "1 High Street",
            "opening_hours": {"mon": [{"start": "10:00", "end": "18:00"}]},
            "contacts": [{"name": "Olga", "role": "owner", "phone": OWNER}],
            "messaging": {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP},
            "created_at": NOW,
            "updated_at": NOW,
            **salon,
        },
    )


def waitlist_entry(customer_id: str, created_at: datetime, **fields: Any) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "service_ids": ["cut"],
        "windows": [],
        "status": "waiting",
        "created_at": created_at,
        **fields,
    }


def cancel(suite: Suite, booking_id: str = "b1", by: str = "customer") -> None:
    now = suite.clock.now()
    suite.update(
        f"salons/{SALON}/bookings/{booking_id}", status="cancelled", cancelled_at=now, cancelled_by=by, updated_at=now
    )
    suite.run_until_idle()


@contextmanager
def salon(
    *, now: datetime = NOW, waiting: int = 3, conditions: Conditions | None = None, **options: Any
) -> Iterator[Suite]:
    """An open salon; when the test is over, nothing may have failed on the way."""
    with Suite(now=now, conditions=conditions) as suite:
        open_salon(suite, waiting=waiting, **options)
        yield suite
        if conditions is None:
            assert suite.failures == []
        assert suite.dead == []


def regular(suite: Suite, customer_id: str, visits: int = 2, **fields: Any) -> None:
    """Somebody who has been to Mia so often, the last time three weeks ago."""
    number = 50 + len(suite.list(f"{ROOT}/customers"))
    suite.put(f"{ROOT}/customers/{customer_id}", customer(number, **fields))
    for visit in range(visits):
        at = NOW - timedelta(days=21 + visit)
        past = booking(at, customer_id=customer_id, status="completed")
        suite.put(f"{ROOT}/bookings/{customer_id}-{visit}", past)
    suite.run_until_idle()


def waits(suite: Suite, customer_id: str, number: int, *, entry: dict[str, Any] | None = None, **fields: Any) -> None:
    """One more customer on the waitlist, behind all who wait."""
    suite.put(f"{ROOT}/customers/{customer_id}", customer(number, **fields))
    suite.put(f"{ROOT}/waitlist/w-{customer_id}", {**waitlist_entry(customer_id, NOW), **(entry or {})})
    suite.run_until_idle()


def settle(suite: Suite, **settings: Any) -> None:
    """The salon's settings from here on."""
    suite.put(f"{ROOT}/settings/current", {"mode": "live", "gap": {"settle_seconds": 0}, **settings})
    suite.run_until_idle()


def decisions(suite: Suite) -> list[dict[str, Any]]:
    found = suite.list(f"{ROOT}/autonomous_decisions").values()
    return sorted(found, key=lambda decision: (decision["created_at"], decision["action_details"]["round"]))


def asked(suite: Suite) -> list[str]:
    """The customers asked so far, in the order they were chosen."""
    chosen = [each for decision in decisions(suite) for each in decision["action_details"]["asked"]]
    outreach = {each["customer_id"] for each in suite.list(f"{ROOT}/outreach").values()}
    assert outreach == set(chosen), "what was decided is what was done"
    return chosen


def why_not(suite: Suite) -> dict[str, str]:
    """Who was considered in the last round and not asked, and why."""
    considered = decisions(suite)[-1]["considered"]
    return {each["customer_id"]: each["excluded"] for each in considered if each["excluded"]}


def offers(suite: Suite) -> list[Message]:
    """What went out, and only in words that ask."""
    return [message for message in suite.outbox.messages if message.sending.reference.startswith(f"{SALON}/outreach/")]


def arrive(suite: Suite) -> None:
    """The provider reports every offer as delivered. Where it never does, rounds are topped up after five minutes."""
    for message in offers(suite):
        suite.report(message, "delivered")
    suite.run_until_idle()


def outreach_of(suite: Suite, customer_id: str) -> dict[str, Any]:
    """The last one to this customer."""
    theirs = [o for o in suite.list(f"{ROOT}/outreach").values() if o["customer_id"] == customer_id]
    return max(theirs, key=lambda outreach: (outreach["created_at"], outreach["round"]))


def ours(suite: Suite) -> list[dict[str, Any]]:
    """The bookings we made."""
    return [each for each in suite.list(f"{ROOT}/bookings").values() if each["source"] == "smart_fill"]


def freed_gaps(suite: Suite) -> list[dict[str, Any]]:
    return [gap for gap in suite.list(f"{ROOT}/gaps").values() if gap["origin"] != "idle"]


def phone(number: int) -> str:
    return str(customer(number)["phone"])


def texts(suite: Suite, to: str) -> list[str]:
    """What that person has read so far."""
    return [message.text for message in suite.outbox.messages if message.sending.to == to]


def purposes(suite: Suite, to: str) -> list[str | None]:
    return [message.purpose for message in suite.outbox.messages if message.sending.to == to]


def offer_link(suite: Suite, customer_id: str) -> str:
    """The path of the link that an SMS to this customer would carry."""
    offered = OfferToken(SALON, outreach_of(suite, customer_id)["id"], "link")
    return f"/o/{sign(suite.deployment.signing_key, offered)}"


def run_without(suite: Suite, function: str) -> None:
    """Delivers everything but what that function would get: it waits."""
    held: list[Delivery] = []
    while suite.waiting:
        delivery = suite.waiting.pop(0)
        if delivery.function.name == function:
            held.append(delivery)
        else:
            suite._deliver(delivery)
    suite.waiting = held


def just_before(suite: Suite, wanted: Callable[[Write], bool], meanwhile: Callable[[], None]) -> list[bool]:
    """Something else runs to its end when all is read and the first such write is about to be committed. True when it has."""
    commit, done = suite.database.commit, []

    def raced(writes: Any, reads: Any = None) -> bool:
        if not done and any(wanted(write) for write in writes):
            done.append(True)
            meanwhile()
        return commit(writes, reads)

    suite.database.commit = raced  # type: ignore[method-assign]
    return done


def hang_before_the_next_claim(suite: Suite, meanwhile: Callable[[], None] = lambda: None) -> list[datetime]:
    """The next claim of a message is committed half a minute after that was looked at. When it began to hang, once it has."""
    commit, hung = suite.database.commit, []

    def slow(writes: Any, reads: Any = None) -> bool:
        if not hung and any(getattr(write, "fields", {}).get("status") == "sending" for write in writes):
            hung.append(suite.clock.now())
            suite.clock.move_to(suite.clock.now() + timedelta(seconds=31))
            meanwhile()
        return commit(writes, reads)

    suite.database.commit = slow  # type: ignore[method-assign]
    return hung


def write(
    suite: Suite,
    body: str,
    *,
    sender: str,
    channel: str = "whatsapp",
    recipient: str | None = None,
    sid: str | None = None,
    **form: str,
) -> Response:
    """A person writes to the salon, out of nowhere or (`OriginalRepliedMessageSid`) under one of our messages."""
    prefix = "whatsapp:" if channel == "whatsapp" else ""
    to = recipient or (WHATSAPP if channel == "whatsapp" else SMS)
    fields = {"AccountSid": ACCOUNT_SID, "ApiVersion": "2010-04-01", "From": prefix + sender, "To": prefix + to}
    fields |= {"MessageSid": sid or f"SM{next(_sids) | 1 << 80:032x}", "SmsStatus": "received", "NumMedia": "0"}
    return suite.webhook(twilio.INCOMING_PATH, {**fields, "Body": body, **form})
