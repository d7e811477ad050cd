"""Loads a salon's calendar: what is the same for all its staff-days, and the bookings and gaps of one staff member. A
document that cannot be read is left out and named, so that it stops nobody else."""

from datetime import date
from typing import Literal

from shared.calendar.booking import LONGEST_BOOKING, Booking
from shared.calendar.calendar import Calendar
from shared.calendar.gap import Gap
from shared.calendar.service import Service
from shared.calendar.staff import StaffMember
from shared.ports import SALON, Query, Reader
from shared.records.problem import Problem, readable_or_problem
from shared.records.read_documents import readable, readable_and_problems
from shared.salon.load_settings import accepted_settings
from shared.salon.salon import Salon


def load_calendar(documents: Reader, salon_id: str) -> Calendar | Problem | None:
    """The calendar, or None where there is no salon, or the problem of a salon that cannot be read: then nothing is
    surely a gap."""
    found = documents.get(SALON)
    if found is None:
        return None
    salon = readable_or_problem(Salon, "salon", salon_id, found.data)
    if isinstance(salon, Problem):
        return salon
    services, problems = readable_and_problems(Service, "service", documents.query(Query("services")))
    if not salon.opening_hours and not salon.special_hours:
        about = "the salon says no opening hours"
        problems.append(Problem("salon", salon_id, about, f"opening_hours: {about}, so it has no gaps", "no_hours"))
    return Calendar(salon, {service.id: service for service in services}, accepted_settings(documents), tuple(problems))


def load_staff(documents: Reader, staff_id: str) -> StaffMember | Problem | None:
    """The staff member, or None where there is none, or the problem of one that cannot be read."""
    found = documents.get(f"staff/{staff_id}")
    if found is None:
        return None
    return readable_or_problem(StaffMember, "staff", staff_id, found.data)


def nobody(staff_id: str) -> StaffMember:
    """Stands for a staff member who is gone, or whose document cannot be read: one who never works."""
    return StaffMember(id=staff_id, name=staff_id, active=False)


def load_bookings(
    reader: Reader, calendar: Calendar, staff_id: str, first: date, last: date | None = None
) -> tuple[list[Booking], list[Problem]]:
    """The bookings, of any status, whose time may reach into these days, buffers included."""
    start, end = calendar.bounds(first, last)
    before, after = calendar.widest_buffers
    query = Query(
        "bookings",
        where=(
            ("staff_id", "==", staff_id),
            # Bounded on both sides, so that Firestore scans the index of few days.
            ("end_time", ">", start - after),
            ("end_time", "<", end + before + LONGEST_BOOKING),
            ("start_time", "<", end + before),
        ),
    )
    return readable_and_problems(Booking, "booking", reader.query(query))


def given_back(gap: Gap, reader: Reader) -> list[Booking]:
    """The bookings of this gap's time, or of a part of it, that were cancelled or missed."""
    query = Query(
        "bookings",
        where=(
            ("staff_id", "==", gap.staff_id),
            ("end_time", ">", gap.start_time),
            ("end_time", "<", gap.end_time + LONGEST_BOOKING),
            ("start_time", "<", gap.end_time),
        ),
    )
    return [booking for booking in readable(Booking, reader.query(query)) if booking.status in ("cancelled", "no_show")]


def gaps_of_day(reader: Reader, staff_id: str, day: date) -> list[Gap]:
    """The gaps of a staff-day, closed ones too: they count the openings, and the owner's word is among them."""
    return _gaps(reader, ("staff_id", "==", staff_id), ("date", "==", day.isoformat()))


def gaps_from(reader: Reader, staff_id: str, day: date) -> list[Gap]:
    """The gaps of a staff member from this day on."""
    return _gaps(reader, ("staff_id", "==", staff_id), ("date", ">=", day.isoformat()))


def _gaps(reader: Reader, *where: tuple[str, Literal["==", ">="], str]) -> list[Gap]:
    return [Gap.model_validate(snapshot.data) for snapshot in reader.query(Query("gaps", where=where))]
