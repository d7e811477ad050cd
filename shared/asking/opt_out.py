"""Writes what a STOP or a START means: entries in the ledger of consents, and the end of open offers."""

from collections.abc import Sequence
from datetime import datetime

from shared.asking.end_ask import ended
from shared.asking.outreach import OPEN, Outreach, responded
from shared.customers.consent import Channel, ConsentRecord, Statement, started, stopped
from shared.customers.customer import Customer
from shared.customers.read_consents import entered
from shared.messaging.message import Inbound
from shared.ports import Query, Reader, Write
from shared.records.commit import update


def said_by(message: Inbound, identity: str, customers: Sequence[Customer]) -> Statement:
    """The statement that an inbound message makes for the address with that key and all `customers` there."""
    return Statement(
        identity=identity,
        said_id=message.id,
        salon_id=message.salon_id,
        customer_ids=[customer.id for customer in customers],
        source="carrier" if message.opt_out else "message",
        text=message.body,
        at=message.received_at,
    )


def opt_out(
    said: Statement, documents: Reader, *, now: datetime, actor: str, known: Sequence[ConsentRecord] = ()
) -> tuple[Write, ...]:
    """The writes of a STOP; none where `known`, the person's entries in the ledger, says so already and no offer is open. Bookings
    stay as they are. Open offers end as answered, so that the rounds are topped up at once."""
    offers: list[Write] = []
    for outreach in _open_offers(said, documents):
        closed = responded(outreach, answer="opt_out", result="opted_out", now=now)
        offers += (*update(closed), *ended(outreach, closed.document, documents, actor=actor))
    return (*entered(stopped(said), now, said.by, known=known), *offers)


def opt_in(
    said: Statement, channel: Channel, *, now: datetime, known: Sequence[ConsentRecord] = ()
) -> tuple[Write, ...]:
    """The writes of a START that came by this channel; none where `known` says so already."""
    return entered(started(said, channel), now, known=known)


def _open_offers(said: Statement, documents: Reader) -> list[Outreach]:
    """The open offers to everybody at the address of the statement, on any channel."""
    found: dict[str, Outreach] = {}
    who = [("address_key", said.identity), *(("customer_id", id) for id in said.customer_ids)]
    for field, value in who:
        query = Query("outreach", where=((field, "==", value), ("status", "in", list(OPEN))))
        found.update({snapshot.id: Outreach.model_validate(snapshot.data) for snapshot in documents.query(query)})
    return list(found.values())
