"""A booking was written: the staff-days it touches, before and after, are reconciled; what happened to it is announced;
a booking over our sale raises an alert."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from shared.domain.audit import AuditRecord, AuditWord, record_fact
from shared.domain.booking import Booking
from shared.domain.events import EventType
from shared.domain.salon import Salon
from shared.domain.staff_day import freed_by_change
from shared.ports import Clock, Create, Documents
from shared.use_cases.reconcile_staff_day import load_calendar, reconcile_staff_day

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
    calendar = load_calendar(documents, documents.salon_id)
    if calendar is None:
        return Detected(0, 0)
    facts: list[AuditRecord] = []
    was = _understood(booking_id, before, [], documents.salon_id, clock.now())
    now_is = _understood(booking_id, after, facts, documents.salon_id, clock.now())
    happened = _happened(was, now_is)
    if happened is not None and now_is is not None:
        facts.append(_fact(happened, now_is, documents.salon_id, version, clock.now()))

    changed = 0
    freed = freed_by_change(was, now_is)
    staff_days = sorted(
        {staff_day for booking in (was, now_is) if booking for staff_day in _touched(booking, calendar.salon)}
    )
    for staff_id, day in staff_days:
        result = reconcile_staff_day(
            staff_id,
            day,
            documents=documents,
            clock=clock,
            actor=ACTOR,
            calendar=calendar,
            freed=freed.get(staff_id, ()),
        )
        changed += result.gaps_changed
        if now_is is not None and now_is.staff_id == staff_id:
            facts += _conflicts(now_is, result.bookings, documents.salon_id, clock.now())
    for fact in {fact.id: fact for fact in facts}.values():
        documents.commit(Create(fact.path, fact.stored()))
    return Detected(len(staff_days), changed)


def _understood(
    booking_id: str, data: Mapping[str, Any] | None, facts: list[AuditRecord], salon_id: str, now: datetime
) -> Booking | None:
    if data is None:
        return None
    try:
        return Booking.from_document(booking_id, data)
    except ValidationError as error:
        # Which field and what was expected, never what it held.
        reason = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'booking'}: {e['msg']}" for e in error.errors())
        facts.append(
            record_fact(
                salon_id=salon_id,
                resource_type="booking",
                resource_id=booking_id,
                version=reason,
                now=now,
                actor=ACTOR,
                event="data_set_aside",
                action="A booking that cannot be understood was set aside",
                details={"reason": reason},
                announces="ALERT_TRIGGERED",
                payload={"reason": f"booking {booking_id} cannot be understood ({reason})"},
                severity="warning",
            )
        )
        return None


_ENDED: dict[str, tuple[AuditWord, EventType]] = {
    "cancelled": ("booking_cancelled", "BOOKING_CANCELLED"),
    "completed": ("booking_completed", "BOOKING_COMPLETED"),
    "no_show": ("booking_no_show", "BOOKING_NO_SHOW"),
}


def _happened(before: Booking | None, after: Booking | None) -> tuple[AuditWord, EventType] | None:
    if after is None:
        return None
    if after.status in _ENDED and (before is None or before.status != after.status):
        return _ENDED[after.status]
    if before is None:
        # Our own sale has announced its booking in its transaction.
        return None if after.outreach_id else ("booking_created", "BOOKING_CREATED")
    if (before.staff_id, before.stretch) != (after.staff_id, after.stretch):
        return "booking_rescheduled", "BOOKING_RESCHEDULED"
    return None


def _fact(
    happened: tuple[AuditWord, EventType], booking: Booking, salon_id: str, version: datetime, now: datetime
) -> AuditRecord:
    word, announces = happened
    return record_fact(
        salon_id=salon_id,
        resource_type="booking",
        resource_id=booking.id,
        version=version,
        now=now,
        actor="booking_app",
        event=word,
        action=f"Booking {word.removeprefix('booking_')}",
        details={"staff_id": booking.staff_id, "status": booking.status},
        announces=announces,
        payload={"booking_id": booking.id, "customer_id": booking.customer_id},
    )


def _touched(booking: Booking, salon: Salon) -> Iterator[tuple[str, str]]:
    day = salon.date_of(booking.start_time)
    last = salon.date_of(booking.end_time - timedelta(microseconds=1))
    while day <= last:
        yield booking.staff_id, day.isoformat()
        day += timedelta(days=1)


def _conflicts(booking: Booking, others: Sequence[Booking], salon_id: str, now: datetime) -> list[AuditRecord]:
    """The app cannot be stopped from writing over a sale of ours, but the owner hears of it."""
    if not booking.occupies:
        return []
    return [
        record_fact(
            salon_id=salon_id,
            resource_type="booking",
            resource_id=booking.id,
            version=f"over {other.id}",
            now=now,
            actor=ACTOR,
            event="alert_triggered",
            action="Two bookings of one staff member overlap, one of them sold by us",
            details={"booking_id": booking.id, "other_id": other.id},
            announces="ALERT_TRIGGERED",
            payload={"reason": "a booking overlaps a sale of ours", "booking_id": booking.id, "other_id": other.id},
            severity="error",
        )
        for other in others
        if other.id != booking.id
        and other.occupies
        and "smart_fill" in (booking.source, other.source)
        and other.stretch.overlaps(booking.stretch)
    ]
