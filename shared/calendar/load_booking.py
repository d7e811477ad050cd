"""Loads one booking of the app."""

from shared.calendar.booking import Booking
from shared.ports import Reader
from shared.records.read_documents import readable_one


def booking_of(documents: Reader, booking_id: str) -> Booking | None:
    """The booking, or None where there is none or it cannot be read."""
    return readable_one(Booking, documents.get(f"bookings/{booking_id}"))
