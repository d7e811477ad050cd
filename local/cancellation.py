"""A customer who can't come, where somebody wants to see what happens then: which booking, and what their app writes."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from shared.ports import Data

STARTS_IN = timedelta(hours=2, minutes=30)
"""A booking that starts later is one for whose time somebody can still come."""


def booking_to_cancel(bookings: Mapping[str, Data], waitlist: Iterable[Data], now: datetime) -> str | None:
    """The id of the next confirmed booking whose time somebody on the waitlist would take. Of two at once, the first by id."""
    wanted = {service for entry in waitlist for service in entry["service_ids"]}
    fitting = (
        (booking["start_time"], id)
        for id, booking in bookings.items()
        if booking["status"] == "confirmed"
        and booking["start_time"] - now >= STARTS_IN
        and set(booking["service_ids"]) <= wanted
    )
    return min(fitting, default=(now, None))[1]


def cancelled(now: datetime) -> Data:
    """The fields that a booking app changes when a customer cancels."""
    return {"status": "cancelled", "cancelled_by": "customer", "cancelled_at": now, "updated_at": now}
