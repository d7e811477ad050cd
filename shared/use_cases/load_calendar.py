"""A salon's calendar as it is stored: what is the same for all staff-days, and the bookings and gaps of one staff member.
Each document that cannot be understood is left out and named, so that it stops nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeVar

from pydantic import ValidationError

from shared.domain.app_document import AppDocument
from shared.domain.booking import Booking
from shared.domain.gap import Gap
from shared.domain.salon import Salon
from shared.domain.service import Service
from shared.domain.set_aside import Problem, unreadable
from shared.domain.settings import SalonSettings
from shared.domain.staff import StaffMember
from shared.ports import SALON, Query, Reader
from shared.use_cases.load_settings import accepted_settings

D = TypeVar("D", bound=AppDocument)

REACH = timedelta(hours=24)
"""The longest a booking may run: one that ends later than this after a day cannot have begun in it."""


@dataclass(frozen=True)
class Calendar:
    """What is the same for all staff-days of a salon. `problems` are the services that had to be left out."""

    salon: Salon
    services: Mapping[str, Service]
    settings: SalonSettings
    problems: tuple[Problem, ...] = ()

    def bounds(self, first: date, last: date | None = None) -> tuple[datetime, datetime]:
        """These days as instants; a day has 23 or 25 hours where the clocks change."""
        start, end = first, (last or first) + timedelta(days=1)
        return self._midnight(start), self._midnight(end)

    def days(self, now: datetime) -> list[date]:
        """The horizon, today first."""
        today = self.salon.date_of(now)
        return [today + timedelta(days=ahead) for ahead in range(self.settings.gap.horizon_days + 1)]

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.salon.zone).astimezone(UTC)

    @property
    def widest_buffers(self) -> tuple[timedelta, timedelta]:
        """How far a booking's time may reach beyond it, before and after."""
        none = timedelta()
        services = self.services.values()
        return (
            max((service.buffer_before for service in services), default=none),
            max((service.buffer_after for service in services), default=none),
        )


def load_calendar(documents: Reader, salon_id: str) -> Calendar | Problem | None:
    """None where there is no salon, a problem where its document cannot be understood: then nothing is a gap for sure."""
    found = documents.get(SALON)
    if found is None:
        return None
    try:
        salon = Salon.from_document(salon_id, found.data)
    except ValidationError as error:
        return unreadable("salon", salon_id, error)
    services, problems = understood(Service, "service", documents, Query("services"))
    if not salon.opening_hours and not salon.special_hours:
        about = "the salon says no opening hours"
        problems.append(Problem("salon", salon_id, about, f"opening_hours: {about}, so it has no gaps"))
    return Calendar(salon, {service.id: service for service in services}, accepted_settings(documents), tuple(problems))


def load_staff(documents: Reader, staff_id: str) -> StaffMember | Problem | None:
    found = documents.get(f"staff/{staff_id}")
    if found is None:
        return None
    try:
        return StaffMember.from_document(found.id, found.data)
    except ValidationError as error:
        return unreadable("staff", staff_id, error)


def nobody(staff_id: str) -> StaffMember:
    """Stands for a staff member who is gone, or whose document cannot be understood: works at no time."""
    return StaffMember(id=staff_id, name=staff_id, active=False)


def load_bookings(
    reader: Reader, calendar: Calendar, staff_id: str, first: date, last: date | None = None
) -> tuple[list[Booking], list[Problem]]:
    """All whose time, buffers included, may reach into these days, whatever their status."""
    start, end = calendar.bounds(first, last)
    before, after = calendar.widest_buffers
    query = Query(
        "bookings",
        where=(
            ("staff_id", "==", staff_id),
            # Bounded on both sides, so that Firestore scans the index of few days.
            ("end_time", ">", start - after),
            ("end_time", "<", end + before + REACH),
            ("start_time", "<", end + before),
        ),
    )
    return understood(Booking, "booking", reader, query)


def given_back(gap: Gap, reader: Reader) -> list[Booking]:
    """The bookings of this time, or of a part of it, that were cancelled or missed."""
    query = Query(
        "bookings",
        where=(
            ("staff_id", "==", gap.staff_id),
            ("end_time", ">", gap.start_time),
            ("end_time", "<", gap.end_time + REACH),
            ("start_time", "<", gap.end_time),
        ),
    )
    return [booking for booking in readable(Booking, reader, query) if booking.status in ("cancelled", "no_show")]


def gaps_of_day(reader: Reader, staff_id: str, day: date) -> list[Gap]:
    """Closed ones too: they count the openings, and the owner's word is among them."""
    return _gaps(reader, ("staff_id", "==", staff_id), ("date", "==", day.isoformat()))


def gaps_from(reader: Reader, staff_id: str, day: date) -> list[Gap]:
    return _gaps(reader, ("staff_id", "==", staff_id), ("date", ">=", day.isoformat()))


def _gaps(reader: Reader, *where: tuple[str, Literal["==", ">="], str]) -> list[Gap]:
    return [Gap.model_validate(snapshot.data) for snapshot in reader.query(Query("gaps", where=where))]


def understood(model: type[D], resource_type: str, reader: Reader, query: Query) -> tuple[list[D], list[Problem]]:
    found: list[D] = []
    problems: list[Problem] = []
    for snapshot in reader.query(query):
        try:
            found.append(model.from_document(snapshot.id, snapshot.data))
        except ValidationError as error:
            problems.append(unreadable(resource_type, snapshot.id, error))
    return found, problems


def readable(model: type[D], reader: Reader, query: Query) -> Sequence[D]:
    return understood(model, model.__name__.lower(), reader, query)[0]
