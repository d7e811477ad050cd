"""Writes what a STOP or a START means: entries in the ledger of consents, and the end of open offers."""

from collections.abc import Sequence
from datetime import datetime

from shared.asking.end_ask import ended
from shared.asking.outreach import OPEN, Outreach, responded
from shared.customers import consent
from shared.customers.consent import Source
from shared.customers.customer import Customer
from shared.customers.read_consents import entered
from shared.messaging.message import Inbound
from shared.ports import Documents, Query, Reader, Write
from shared.records.commit import update


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
    actor: str,
) -> tuple[Write, ...]:
    """The writes of a STOP by whoever is reached at the address with this key, for all `customers` there. Their
    bookings stay as they are. Their offers end as answered, so that the rounds are topped up at once."""
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
        offers += (*update(closed), *ended(outreach, closed.document, documents, actor=actor))
    return (*entered(records, now), *offers)


def opt_in(said: Inbound, customers: Sequence[Customer], *, now: datetime) -> tuple[Write, ...]:
    """The writes of a START."""
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


def _open_offers(identity: str, customers: Sequence[Customer], documents: Reader) -> list[Outreach]:
    """The open offers to everybody at that address, on any channel."""
    found: dict[str, Outreach] = {}
    who: list[tuple[str, str]] = [("address_key", identity)]
    who += [("customer_id", customer.id) for customer in customers]
    for field, value in who:
        query = Query("outreach", where=((field, "==", value), ("status", "in", list(OPEN))))
        found.update({snapshot.id: Outreach.model_validate(snapshot.data) for snapshot in documents.query(query)})
    return list(found.values())
