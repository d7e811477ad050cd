"""One booking of the app as a model."""

from pydantic import ValidationError

from shared.calendar.booking import Booking
from shared.ports import Reader


def booking_of(documents: Reader, booking_id: str) -> Booking | None:
    """None also when the document cannot be understood."""
    snapshot = documents.get(f"bookings/{booking_id}")
    try:
        return Booking.from_document(snapshot.id, snapshot.data) if snapshot else None
    except ValidationError:
        return None
