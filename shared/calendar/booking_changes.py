"""What a change of a booking means: the staff-days it touches, what is announced, and what overlaps a sale of ours."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from shared.calendar.booking import Booking
from shared.calendar.calendar import Calendar
from shared.calendar.occupied import double_booked, time_of
from shared.records.audit import AuditRecord, AuditWord, record_fact
from shared.records.events import EventType


def staff_days(bookings: Sequence[Booking | None], calendar: Calendar) -> list[tuple[str, str]]:
    """Every staff-day of which one of these bookings takes time, buffers included."""
    return sorted({staff_day for booking in bookings if booking for staff_day in _touched(booking, calendar)})


def _touched(booking: Booking, calendar: Calendar) -> Iterator[tuple[str, str]]:
    time = [booking.stretch, *time_of(booking, calendar.services)]
    day: date = calendar.salon.date_of(min(part.start for part in time))
    last = calendar.salon.date_of(max(part.end for part in time) - timedelta(microseconds=1))
    while day <= last:
        yield booking.staff_id, day.isoformat()
        day += timedelta(days=1)


_ENDED: dict[str, tuple[AuditWord, EventType]] = {
    "cancelled": ("booking_cancelled", "BOOKING_CANCELLED"),
    "completed": ("booking_completed", "BOOKING_COMPLETED"),
    "no_show": ("booking_no_show", "BOOKING_NO_SHOW"),
}


def what_happened(
    before: Booking | None, after: Booking | None, salon_id: str, *, version: datetime, now: datetime
) -> AuditRecord | None:
    """The record that announces this change, or None where it is nothing that others want to hear of."""
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


def over_our_sales(
    bookings: Iterable[Booking], calendar: Calendar, now: datetime, *, actor: str, about: str | None = None
) -> list[AuditRecord]:
    """The records that alert the owner to bookings, all of one staff member, that overlap a sale of ours: the app cannot be
    stopped from writing them. Each pair is told once, whichever of the two is looked at."""
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
            actor=actor,
            event="alert_triggered",
            action="Two bookings of one staff member overlap, one of them sold by us",
            details={"problem": "overlap", "booking_id": sale.id, "other_id": other.id},
            announces="ALERT_TRIGGERED",
            payload={"reason": "a booking overlaps a sale of ours", "booking_id": sale.id, "other_id": other.id},
            severity="error",
        )
        for sale, other in pairs
        if sale.source == "smart_fill"
    ]


def calendar_sees(booking: Booking | None) -> object:
    """All of a booking that gaps depend on: where it is the same for two states of a booking, both leave the same gaps."""
    if booking is None:
        return None
    status = "stands" if booking.occupies else booking.status
    ended = None if booking.occupies else (booking.cancelled_by, booking.cancelled_at)
    return booking.staff_id, booking.stretch, tuple(booking.service_ids), booking.gap_id, status, ended
