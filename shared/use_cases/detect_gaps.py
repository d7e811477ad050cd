"""A booking was written: the staff-days it touches, before and after, are reconciled; what happened to it is announced;
a booking over our sale raises an alert. What the calendar cannot see (a note, a price) is not looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from shared.domain.audit import AuditRecord, AuditWord, record_fact
from shared.domain.booking import Booking
from shared.domain.events import EventType
from shared.domain.occupied import double_booked, time_of
from shared.domain.scan import calendar_sees
from shared.domain.set_aside import Problem, unknown_services, unknown_staff, unreadable
from shared.domain.staff_day import freed_by_change
from shared.ports import Clock, Documents
from shared.use_cases.load_calendar import Calendar, load_calendar
from shared.use_cases.reconcile_staff_day import Reconciled, reconcile_staff_day
from shared.use_cases.set_aside import set_aside
from shared.use_cases.writing import fact

ACTOR = "detect_gaps"


@dataclass(frozen=True)
class Detected:
    staff_days: int
    gaps_changed: int


def detect_gaps(
    booking_id: str,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    version: datetime,
    documents: Documents,
    clock: Clock,
) -> Detected:
    """`version` is the update time of the write: what it did is recorded once, however often it is delivered."""
    now = clock.now()
    was, now_is = booking_of(booking_id, before), booking_of(booking_id, after)
    if isinstance(now_is, Problem):
        set_aside([now_is], documents=documents, now=now, actor=ACTOR)
    old = was if isinstance(was, Booking) else None
    new = now_is if isinstance(now_is, Booking) else None

    detected = Detected(0, 0)
    if calendar_sees(old) != calendar_sees(new):
        # Of a booking that can no longer be understood nobody knows whether its time was given back.
        given_back = {} if isinstance(now_is, Problem) else freed_by_change(old, new)
        calendar = load_calendar(documents, documents.salon_id)
        if calendar is None:
            # Connecting the salon reconciles what was there before.
            return detected
        if isinstance(calendar, Problem):
            set_aside([calendar], documents=documents, now=now, actor=ACTOR)
        else:
            days = {}
            horizon = {day.isoformat() for day in calendar.days(now)}
            for staff_id, day in staff_days([old, new], calendar):
                days[staff_id, day] = reconcile_staff_day(
                    staff_id,
                    day,
                    documents=documents,
                    clock=clock,
                    actor=ACTOR,
                    calendar=calendar,
                    freed=given_back.get(staff_id, ()),
                    surely=day in horizon,
                )
            if new is not None:
                _alert(new, calendar, list(days.values()), documents, now)
            detected = Detected(len(days), sum(each.gaps_changed for each in days.values()))
    happened = what_happened(old, new, documents.salon_id, version=version, now=now)
    if happened is not None:
        documents.commit(fact(happened))
    return detected


def staff_days(bookings: Sequence[Booking | None], calendar: Calendar) -> list[tuple[str, str]]:
    """Every one that any of them takes time of, buffers included."""
    return sorted({staff_day for booking in bookings if booking for staff_day in _touched(booking, calendar)})


def _touched(booking: Booking, calendar: Calendar) -> Iterator[tuple[str, str]]:
    time = [booking.stretch, *time_of(booking, calendar.services)]
    day: date = calendar.salon.date_of(min(part.start for part in time))
    last = calendar.salon.date_of(max(part.end for part in time) - timedelta(microseconds=1))
    while day <= last:
        yield booking.staff_id, day.isoformat()
        day += timedelta(days=1)


def booking_of(booking_id: str, data: Mapping[str, Any] | None) -> Booking | Problem | None:
    if data is None:
        return None
    try:
        return Booking.from_document(booking_id, data)
    except ValidationError as error:
        return unreadable("booking", booking_id, error)


_ENDED: dict[str, tuple[AuditWord, EventType]] = {
    "cancelled": ("booking_cancelled", "BOOKING_CANCELLED"),
    "completed": ("booking_completed", "BOOKING_COMPLETED"),
    "no_show": ("booking_no_show", "BOOKING_NO_SHOW"),
}


def what_happened(
    before: Booking | None, after: Booking | None, salon_id: str, *, version: datetime, now: datetime
) -> AuditRecord | None:
    """The record of a change that others want to hear of."""
    happened = _happened(before, after)
    if happened is None or after is None:
        return None
    word, announces = happened
    return record_fact(
        salon_id=salon_id,
        resource_type="booking",
        resource_id=after.id,
        version=version,
        now=now,
        actor="booking_app",
        event=word,
        action=f"Booking {word.removeprefix('booking_')}",
        details={
            "staff_id": after.staff_id,
            "status": after.status,
            "start": after.start_time,
            "end": after.end_time,
        },
        announces=announces,
        payload={"booking_id": after.id, "customer_id": after.customer_id},
    )


def _happened(before: Booking | None, after: Booking | None) -> tuple[AuditWord, EventType] | None:
    if after is None:
        return None
    if after.status in _ENDED and (before is None or before.status != after.status):
        # Only a sale of ours writes the depth: what was given up for it, it has announced in its transaction.
        given_up = after.chain_depth != (before.chain_depth if before else 0)
        return None if given_up else _ENDED[after.status]
    if before is None:
        # Our own sale has announced its booking in its transaction.
        return None if after.outreach_id else ("booking_created", "BOOKING_CREATED")
    if (before.staff_id, before.stretch) != (after.staff_id, after.stretch):
        return "booking_rescheduled", "BOOKING_RESCHEDULED"
    return None


def _alert(
    booking: Booking, calendar: Calendar, looks: Sequence[Reconciled], documents: Documents, now: datetime
) -> None:
    problems = [problem for look in looks for problem in look.problems]
    if booking.occupies:
        problems += unknown_services(booking, calendar.services)
        problems += [] if all(look.known for look in looks) else [unknown_staff(booking)]
        others = {other.id: other for look in looks for other in look.bookings if other.staff_id == booking.staff_id}
        for record in over_our_sales({**others, booking.id: booking}.values(), calendar, now, about=booking.id):
            documents.commit(fact(record))
    set_aside(problems, documents=documents, now=now, actor=ACTOR)


def over_our_sales(
    bookings: Iterable[Booking], calendar: Calendar, now: datetime, *, about: str | None = None
) -> list[AuditRecord]:
    """The app cannot be stopped from writing over a sale of ours, but the owner hears of it: once of each pair, whichever
    of the two is looked at. `bookings` are those of one staff member."""
    pairs = [
        sorted(pair, key=lambda booking: (booking.source != "smart_fill", booking.id))
        for pair in double_booked([b for b in bookings if b.end_time > now], calendar.services)
        if about is None or about in (pair[0].id, pair[1].id)
    ]
    return [
        record_fact(
            salon_id=calendar.salon.id,
            resource_type="booking",
            resource_id=sale.id,
            version=f"over {other.id}",
            now=now,
            actor=ACTOR,
            event="alert_triggered",
            action="Two bookings of one staff member overlap, one of them sold by us",
            details={"booking_id": sale.id, "other_id": other.id},
            announces="ALERT_TRIGGERED",
            payload={"reason": "a booking overlaps a sale of ours", "booking_id": sale.id, "other_id": other.id},
            severity="error",
        )
        for sale, other in pairs
        if sale.source == "smart_fill"
    ]
