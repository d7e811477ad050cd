"""Firestore operations of one booking event, beside the fewest that could decide it.

The fewest: each document that the answer depends on, read once (the salon, its settings, the staff member, every service
they do, every booking that reaches into the day, every gap of the day), and each document that the answer is, written
once with its audit record. What relaying the announcement costs afterwards is not counted on either side.

python -m bench.events
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bench.counting import Bill, CountedDocuments
from bench.salon import DAYS, HALF_HOUR, NOW, STAFF, StandingClock, booking, copy_of, documents_of
from bench.table import show
from functions.detect_gaps.follow_booking import detect_gaps
from shared.calendar.booking import Booking
from shared.calendar.booking_changes import staff_days
from shared.calendar.calendar import Calendar
from shared.calendar.load_calendar import load_calendar
from shared.ports import Data, Documents, Put, Query, Snapshot

MOST = 1.5
DAY = timedelta(days=1)
OPENS = datetime(2026, 11, 25, 10, tzinfo=NOW.tzinfo)


def main() -> None:
    documents = documents_of("bench", bookings_a_day=12)
    first, free = _between_others(documents)
    gone = {**first.data, "status": "cancelled", "cancelled_at": NOW, "cancelled_by": "customer"}
    done = {**first.data, "status": "completed"}
    elsewhere = {**first.data, "staff_id": "staff4" if first.data["staff_id"] != "staff4" else "staff5"}
    fresh = booking(*free, 30)
    rows = []
    for name, id, before, after, again in (
        ("changes nothing: a note or a price", first.id, first.data, {**first.data, "price": 600}, False),
        ("changes nothing: the visit is completed", first.id, first.data, done, False),
        ("changes nothing: a cancellation delivered again", first.id, first.data, gone, True),
        ("opens a gap: cancelled", first.id, first.data, gone, False),
        ("closes a gap: booked", "new", None, fresh, False),
        ("both: given to another stylist", first.id, first.data, elsewhere, False),
    ):
        rows.append(_row(name, copy_of(documents, "bench"), id, before, after, again=again))
    show(
        "Firestore operations of one booking event (10 staff, 10 services, 12 bookings a day)",
        ["event", "reads", "writes", "deletes", "in all", "at least", "ratio"],
        rows,
    )
    if any(isinstance(row[-1], float) and row[-1] > MOST for row in rows):
        raise SystemExit(f"expected at most {MOST} times the fewest operations possible")


def _between_others(documents: Documents) -> tuple[Snapshot, tuple[str, datetime]]:
    """A booking whose neighbours are booked too, so that its cancellation opens a gap; and a free half hour between two
    bookings, so that booking it closes one."""
    found = {(b.data["staff_id"], b.data["start_time"]): b for b in documents.query(Query("bookings"))}
    places = sorted(
        (f"staff{staff}", OPENS + day * DAY + n * HALF_HOUR)
        for staff in range(STAFF)
        for day in range(DAYS - 3)
        for n in range(1, 19)
    )
    crowded = [
        (staff, at) for staff, at in places if {(staff, at - HALF_HOUR), (staff, at + HALF_HOUR)} <= found.keys()
    ]
    return (
        next(found[place] for place in crowded if place in found),
        next(place for place in crowded if place not in found),
    )


def _row(name: str, documents: Documents, id: str, before: Data | None, after: Data, *, again: bool) -> list[object]:
    documents.commit(Put(f"bookings/{id}", after))
    if again:
        _detect(documents, id, before, after)
    gaps = _gaps(documents)
    bill = Bill()
    _detect(CountedDocuments(documents, bill), id, before, after)
    fewest = _fewest(documents, id, before, after, gaps, again=again)
    ratio: float | str = bill.operations / fewest if fewest else ("1.00" if bill.operations == 0 else "more than none")
    return [name, bill.reads, bill.writes, bill.deletes, bill.operations, fewest, ratio]


def _detect(documents: Any, id: str, before: Data | None, after: Data) -> None:
    detect_gaps(id, before=before, after=after, version=NOW, documents=documents, clock=StandingClock())


def _gaps(documents: Documents) -> Mapping[str, Data]:
    return {found.id: found.data for found in documents.query(Query("gaps"))}


def _fewest(
    documents: Documents,
    id: str,
    before: Data | None,
    after: Data,
    gaps_before: Mapping[str, Data],
    *,
    again: bool,
) -> int:
    states = [Booking.from_document(id, data) for data in (before, after) if data is not None]
    said = {"confirmed": ("start_time", "staff_id"), "cancelled": ("status",), "completed": ("status",)}[
        after["status"]
    ]
    announced = before is None or any(before[name] != after[name] for name in said)
    writes = 1 if announced and not again else 0
    if (
        before is not None
        and all(before[name] == after[name] for name in ("start_time", "staff_id"))
        and states[0].occupies == states[1].occupies
    ):
        return writes
    calendar = load_calendar(documents, "bench")
    assert isinstance(calendar, Calendar)
    days = staff_days(states, calendar)
    reads = 2 + len(calendar.services)
    for staff_id, day in days:
        start = datetime.fromisoformat(day).replace(tzinfo=NOW.tzinfo)
        bookings = [
            found for found in documents.query(Query("bookings", where=(("staff_id", "==", staff_id),)))
            if found.data["start_time"] < start + timedelta(days=1) and found.data["end_time"] > start
        ]  # fmt: skip
        gaps = [gap for gap in gaps_before.values() if (gap["staff_id"], gap["date"]) == (staff_id, day)]
        reads += 1 + len(bookings) + len(gaps)
    gaps_now = _gaps(documents)
    changed = [gap_id for gap_id, gap in gaps_now.items() if gaps_before.get(gap_id) != gap]
    return reads + writes + 2 * len(changed)


if __name__ == "__main__":
    main()
