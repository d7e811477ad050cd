"""Loads what the guard of an ask is judged by."""

from collections.abc import Sequence
from datetime import datetime

from shared.asking.guard import Condition, Facts, Name
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.ports import Query, Reader, Snapshot
from shared.records.read_documents import readable

AHEAD = 20
"""How many of a customer's bookings that lie ahead are read: of those that were cancelled, a few may come first."""


def load_facts(guard: Sequence[Condition], documents: Reader, now: datetime) -> Facts:
    """The facts that these conditions are about, as they are now."""

    def about(name: Name) -> list[str]:
        return list(dict.fromkeys(each.about for each in guard if each.condition == name))

    def found(paths: Sequence[str]) -> list[Snapshot]:
        return documents.get_all(paths) if paths else []

    gaps = [Gap.model_validate(each.data) for each in found([f"gaps/{id}" for id in about("slot_on_offer")])]
    bookings = readable(Booking, found([f"bookings/{id}" for id in about("booking_stands")]))
    for customer_id in about("no_future_booking"):
        query = Query(
            "bookings",
            where=(("customer_id", "==", customer_id), ("start_time", ">", now)),
            order_by=("start_time",),
            limit=AHEAD,
        )
        bookings += readable(Booking, documents.query(query))
    return Facts(now, gaps, bookings)
