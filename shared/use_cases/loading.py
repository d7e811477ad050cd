"""Documents as models. A document of ours that does not parse is broken and raises, except where it is one of many; one of
the booking app's is set aside by the caller."""

from collections.abc import Iterable
from typing import TypeVar

from pydantic import ValidationError

from shared.domain.booking import Booking
from shared.domain.customer import Customer
from shared.domain.invalid import InvalidEvent
from shared.domain.message import Inbound, Message
from shared.domain.outreach import Outreach
from shared.domain.salon import Salon
from shared.domain.stored import Stored
from shared.ports import SALON, Reader, Snapshot

M = TypeVar("M", bound=Stored)


def legible(model: type[M], snapshots: Iterable[Snapshot]) -> list[M]:
    """Those of our documents that can be understood: the others stand in nobody's way."""
    read = []
    for snapshot in snapshots:
        try:
            read.append(model.model_validate(snapshot.data))
        except ValidationError:
            continue
    return read


def salon_of(documents: Reader, salon_id: str) -> Salon:
    snapshot = documents.get(SALON)
    if snapshot is None:
        raise InvalidEvent(f"expected a document salons/{salon_id}, found none")
    return Salon.from_document(salon_id, snapshot.data)


def salon_to_tell(documents: Reader, salon_id: str) -> Salon:
    """As far as it can be understood: its owner shall hear also of what cannot."""
    snapshot = documents.get(SALON)
    if snapshot is None:
        raise InvalidEvent(f"expected a document salons/{salon_id}, found none")
    return Salon.legible(salon_id, snapshot.data)


def customer_of(documents: Reader, customer_id: str) -> Customer | None:
    """None also when the document cannot be understood."""
    snapshot = documents.get(f"customers/{customer_id}")
    try:
        return Customer.from_document(snapshot.id, snapshot.data) if snapshot else None
    except ValidationError:
        return None


def booking_of(documents: Reader, booking_id: str) -> Booking | None:
    """None also when the document cannot be understood."""
    snapshot = documents.get(f"bookings/{booking_id}")
    try:
        return Booking.from_document(snapshot.id, snapshot.data) if snapshot else None
    except ValidationError:
        return None


def outgoing(snapshot: Snapshot) -> Outreach | Message:
    """What `send_outreach` may be asked to send."""
    if snapshot.path.startswith("outreach/"):
        return Outreach.model_validate(snapshot.data)
    if snapshot.path.startswith("conversations/") and snapshot.data.get("direction") == "out":
        return Message.model_validate(snapshot.data)
    raise InvalidEvent(f"expected an outreach or an outgoing message, found {snapshot.path.split('/')[0]}")


def inbound(snapshot: Snapshot) -> Inbound:
    return Inbound.model_validate(snapshot.data)
