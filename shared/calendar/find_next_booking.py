"""Finds the next booking of somebody who writes that they cannot come."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.calendar.booking import Booking
from shared.customers.customer import Customer
from shared.messaging.replies import day_named
from shared.ports import Documents, Query
from shared.records.read_documents import readable
from shared.salon.salon import Salon


def next_booking(
    body: str, customers: Sequence[Customer], *, salon: Salon, documents: Documents, now: datetime
) -> Booking | None:
    """The first booking that lies ahead of any of these customers, or None. Where the words name a day, only that day
    counts."""
    if not customers:
        return None
    query = Query(
        "bookings",
        where=(("customer_id", "in", [customer.id for customer in customers]), ("start_time", ">", now)),
        order_by=("start_time",),
        limit=20,
    )
    in_days = day_named(body)
    day = None if in_days is None else salon.date_of(now) + timedelta(days=in_days)
    ahead = (booking for booking in readable(Booking, documents.query(query)) if booking.occupies)
    return next((booking for booking in ahead if day in (None, salon.date_of(booking.start_time))), None)
