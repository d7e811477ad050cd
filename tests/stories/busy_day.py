"""A day in which everything happens that can happen to an offer, and how it looks afterwards."""

from collections.abc import Mapping
from typing import Any

from local.conditions import Conditions
from local.in_process import Suite
from local.outbox import Message, Outbox
from shared.ports import Accepted, AnswerLost, Refused, Sending
from tests.stories.salon import (
    NOW,
    ROOT,
    booking,
    cancel,
    customer,
    offers,
    open_salon,
    phone,
    regular,
    waitlist_entry,
    write,
)

State = dict[str, Mapping[str, Any]]


class Troubled:
    """A provider that has these answers first for what goes to these people."""

    def __init__(self, outbox: Outbox, trouble: dict[str, list[Refused | AnswerLost]]) -> None:
        self._outbox = outbox
        self._trouble = trouble

    def send(self, sending: Sending) -> Accepted | Refused | AnswerLost:
        trouble = self._trouble.get(sending.to, [])
        return trouble.pop(0) if trouble else self._outbox.send(sending)


def offer_to(suite: Suite, number: int) -> Message:
    """The last one this customer got."""
    return [message for message in offers(suite) if message.sending.to == phone(number)][-1]


def busy_day(conditions: Conditions | None = None, *, each: int = 1) -> Suite:
    """Freed hours, yes and no by button and word, late and doubled answers, a walk-in, failed and lost sendings, a STOP, a
    question, a sale that is cancelled and sold again; every webhook comes `each` times. Call it inside nothing: the
    suite comes back closed, to be looked at."""
    with Suite(now=NOW, conditions=conditions) as suite:
        open_salon(suite, waiting=6, settings={"offers": {"max_wave_size": 2}})
        regular(suite, "regular")
        suite.put(f"{ROOT}/customers/once", customer(80))
        suite.put(f"{ROOT}/waitlist/once", waitlist_entry("once", NOW, service_ids=["colour"]))

        def repeatedly(name: str, number: int, **said: Any) -> None:
            offer = offer_to(suite, number)
            for _ in range(each):
                suite.reply(offer, sid=f"SM{name}", **said)
            suite.run_until_idle()

        def report(number: int, *statuses: str, error_code: int | None = None) -> None:
            for status in statuses:
                for _ in range(each):
                    suite.report(offer_to(suite, number), status, error_code=error_code)
            suite.run_until_idle()

        cancel(suite)  # c0 and c1 are asked
        report(0, "sent", "delivered", "read")
        report(1, "delivered")
        repeatedly("no", 0, button=1)
        for _ in range(each):
            write(suite, "Is Mia in today?", sender=phone(1), sid="SMquestion")
        suite.advance(minutes=11)  # c2 and c3
        report(2, "undelivered", error_code=63024)
        repeatedly("yes", 3, button=0)
        repeatedly("late", 1, button=0)  # c1 was a moment too late
        suite.advance(minutes=61)

        busy = Refused(20429, "busy", retry=True, provider_fault=True)
        suite.messenger = Troubled(suite.outbox, {phone(0): [busy], phone(4): [AnswerLost("HTTP 502")]})
        cancel(suite, "b15")
        suite.advance(minutes=12)
        for number in (4, 5):
            if any(message.sending.to == phone(number) for message in offers(suite)):
                repeatedly(f"stop{number}", number, body="STOP")
        suite.advance(minutes=10)
        suite.put(f"{ROOT}/bookings/walk-in", booking(NOW.replace(hour=15, minute=0), source="walk_in"))
        suite.run_until_idle()
        suite.advance(minutes=5)

        sold = next(id for id, each in suite.list(f"{ROOT}/bookings").items() if each["source"] == "smart_fill")
        cancel(suite, sold)
        cancel(suite, "b17", by="salon")
        suite.put(f"{ROOT}/bookings/over", booking(NOW.replace(hour=16, minute=30)))
        suite.advance(hours=1)
        return suite


def everything(suite: Suite) -> State:
    """All documents by path, the platform's too."""
    return {
        f"{name}/{id}": snapshot.data
        for name, collection in suite.database._collections.items()
        for id, snapshot in collection.documents.items()
    }


def state_documents(suite: Suite) -> State:
    """Those whose changes are audited."""
    return {path: data for path, data in everything(suite).items() if "audit_head" in data}


def records(suite: Suite) -> dict[str, dict[str, Any]]:
    return suite.list(f"{ROOT}/audit_logs")


def in_other_words(suite: Suite, value: Any) -> Any:
    """With what depends on the order of deliveries said otherwise: the SIDs of the provider count its messages, and hashes
    are made of them too."""
    names = {message.sid: f"the SID of {message.sending.reference}" for message in suite.outbox.messages}

    def said(part: Any) -> Any:
        match part:
            case dict():
                return {key: said(item) for key, item in part.items() if key not in ("audit_head", "previous_hash")}
            case list():
                return [said(item) for item in part]
            case str():
                return names.get(part, part)
        return part

    return said(value)


def waits(path: str, data: Mapping[str, Any]) -> bool:
    """Whether something has still to happen to this document, by the words of its state machine."""
    collection = path.split("/")[-2]
    match collection:
        case "gaps":
            return data["status"] == "open"
        case "outreach":
            open_still = data["status"] in ("pending", "sending", "unknown", "sent", "delivered", "read")
            return open_still or data["response"]["owed"]
        case "inbound":
            return data["handled_at"] is None
        case "messages":
            return data["status"] in ("pending", "sending", "unknown")
        case "approvals":
            return data["status"] == "pending"
        case "audit_logs":
            return data["announces"] is not None and data["announced_at"] is None
    return False


def overdue(suite: Suite) -> list[str]:
    return [
        path
        for path, data in everything(suite).items()
        if data.get("due_at") is not None and data["due_at"] <= suite.clock.now()
    ]
