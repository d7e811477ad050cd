"""Follows a booking that was written: reconciles the staff-days it touches, before and after, announces what happened
to it, and raises an alert where it lies over a sale of ours. What the calendar cannot see (a note, a price) is not
looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.calendar.booking import Booking
from shared.calendar.booking_changes import calendar_sees, over_our_sales, staff_days, what_happened
from shared.calendar.calendar import Calendar
from shared.calendar.load_calendar import load_calendar
from shared.calendar.reconcile_staff_day import Reconciled, reconcile_staff_day
from shared.calendar.report_problems import set_aside
from shared.calendar.staff_day import freed_by_change
from shared.calendar.unknown_references import unknown_services, unknown_staff
from shared.ports import Clock, Documents
from shared.records.commit import fact
from shared.records.problem import Problem, readable_or_problem

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
    """Follows one write of a booking. `version` is the update time of the write: what it did is recorded once, however
    often it is delivered."""
    now = clock.now()
    was, now_is = (
        readable_or_problem(Booking, "booking", booking_id, data) if data is not None else None
        for data in (before, after)
    )
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


def _alert(
    booking: Booking, calendar: Calendar, looks: Sequence[Reconciled], documents: Documents, now: datetime
) -> None:
    problems = [problem for look in looks for problem in look.problems]
    if booking.occupies:
        problems += unknown_services(booking, calendar.services)
        problems += [] if all(look.known for look in looks) else [unknown_staff(booking)]
        others = {other.id: other for look in looks for other in look.bookings if other.staff_id == booking.staff_id}
        standing = {**others, booking.id: booking}.values()
        for record in over_our_sales(standing, calendar, now, actor=ACTOR, about=booking.id):
            documents.commit(fact(record))
    set_aside(problems, documents=documents, now=now, actor=ACTOR)
