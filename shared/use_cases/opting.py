"""STOP and START: the ledger entries they make, and the open offers that a STOP ends."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain import consent
from shared.domain.audit import amend
from shared.domain.consent import ConsentRecord, Source
from shared.domain.customer import Customer
from shared.domain.message import Inbound
from shared.domain.outreach import OPEN, Outreach, responded
from shared.ports import Documents, Query, Reader, Write
from shared.use_cases.ending import ended
from shared.use_cases.writing import create, replace

IN_LIMIT = 30


def opt_out(
    identity: str,
    customers: Sequence[Customer],
    *,
    said_id: str,
    source: Source,
    text: str,
    at: datetime,
    documents: Documents,
    now: datetime,
) -> tuple[Write, ...]:
    """By whoever is reached at the address with this key, and all `customers` there. Bookings stay untouched. The offers
    end as answered, so that their rounds are topped up at once."""
    records = consent.stopped(
        identity,
        said_id=said_id,
        salon_id=documents.salon_id,
        customer_ids=[customer.id for customer in customers],
        source=source,
        text=text,
        at=at,
    )
    offers: list[Write] = []
    for outreach in _open_offers(identity, customers, documents):
        closed = responded(outreach, answer="opt_out", result="opted_out", now=now)
        offers += (*replace(closed), *ended(outreach, closed.document, documents))
    return (*entered(records, now), *offers)


def opt_in(said: Inbound, customers: Sequence[Customer], *, now: datetime) -> tuple[Write, ...]:
    records = consent.started(
        said.conversation_id,
        said.channel,
        said_id=said.id,
        salon_id=said.salon_id,
        customer_ids=[customer.id for customer in customers],
        source="carrier" if said.opt_out else "message",
        text=said.body,
        at=said.received_at,
    )
    return entered(records, now)


def withdrawal_records(documents: Reader, keys: Sequence[str]) -> dict[str, list[ConsentRecord]]:
    """The ledger by address. What a person has withdrawn follows from the records of all their addresses together."""
    found: dict[str, list[ConsentRecord]] = {}
    for start in range(0, len(keys), IN_LIMIT):
        query = Query("consents", where=(("identity", "in", list(keys[start : start + IN_LIMIT])),))
        for snapshot in documents.query(query):
            record = ConsentRecord.model_validate(snapshot.data)
            found.setdefault(record.identity, []).append(record)
    return found


def entered(records: Sequence[ConsentRecord], now: datetime, actor: str = "customer") -> tuple[Write, ...]:
    writes: list[Write] = []
    for record in records:
        entry = amend(
            record,
            now=now,
            actor=actor,
            event="consent_changed",
            action=f"{record.purpose} on {record.channel} {'granted' if record.granted else 'withdrawn'}",
            details={"granted": record.granted, "source": record.source},
        )
        writes += create(entry)
    return tuple(writes)


def _open_offers(identity: str, customers: Sequence[Customer], documents: Reader) -> list[Outreach]:
    """Of everybody at that address, on any channel."""
    found: dict[str, Outreach] = {}
    who: list[tuple[str, str]] = [("address_key", identity)]
    who += [("customer_id", customer.id) for customer in customers]
    for field, value in who:
        query = Query("outreach", where=((field, "==", value), ("status", "in", list(OPEN))))
        found.update({snapshot.id: Outreach.model_validate(snapshot.data) for snapshot in documents.query(query)})
    return list(found.values())
