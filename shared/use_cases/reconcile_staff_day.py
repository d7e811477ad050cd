"""Makes the stored gaps of a staff-day what the calendar says. An event only says that a staff-day may have changed; what
stands now decides, so late, repeated and lost events end in the same gaps.

It is looked at without a lock first, because most events change nothing; what has to change is found again and written in
one transaction, under the lock that also guards the sale of that staff member's time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from pydantic import ValidationError

from shared.domain.app_document import AppDocument
from shared.domain.audit import Amended
from shared.domain.booking import Booking
from shared.domain.gap import Gap
from shared.domain.reconcile import reconcile
from shared.domain.salon import Salon
from shared.domain.service import Service
from shared.domain.settings import SalonSettings
from shared.domain.staff import StaffMember
from shared.domain.staff_day import Freed, StaffDay
from shared.ports import SALON, Clock, Documents, Query, Reader, Transaction
from shared.use_cases.load_settings import accepted_settings
from shared.use_cases.locking import holding, person_day, release
from shared.use_cases.writing import create, replace

D = TypeVar("D", bound=AppDocument)

REACH = timedelta(hours=24)
"""The longest a booking may run: one that began so long before a day may still reach into it."""


@dataclass(frozen=True)
class Calendar:
    """What is the same for all staff-days of a salon."""

    salon: Salon
    services: Mapping[str, Service]
    settings: SalonSettings


@dataclass(frozen=True)
class Reconciled:
    """`bookings` are those of the staff member around that day, as they were read last."""

    gaps_changed: int
    bookings: Sequence[Booking] = ()


def load_calendar(documents: Reader, salon_id: str) -> Calendar | None:
    """None while there is no salon document that can be understood: connecting the salon reconciles everything."""
    found = documents.get(SALON)
    if found is None:
        return None
    try:
        salon = Salon.from_document(salon_id, found.data)
    except ValidationError:
        return None
    services = readable(Service, documents, Query("services"))
    return Calendar(salon, {service.id: service for service in services}, accepted_settings(documents))


def readable(model: type[D], reader: Reader, query: Query) -> list[D]:
    """The documents that can be understood: one that cannot stops nobody else."""
    understood = []
    for snapshot in reader.query(query):
        try:
            understood.append(model.from_document(snapshot.id, snapshot.data))
        except ValidationError:
            continue
    return understood


def reconcile_staff_day(
    staff_id: str,
    day: str,
    *,
    documents: Documents,
    clock: Clock,
    actor: str,
    calendar: Calendar | None = None,
    freed: Iterable[Freed] = (),
) -> Reconciled:
    """`freed` is time that the change behind the event gave back, as far as the bookings no longer show it."""
    calendar = calendar or load_calendar(documents, documents.salon_id)
    staff = _staff(documents, staff_id) if calendar else None
    if calendar is None or staff is None:
        return Reconciled(0)
    place = _Place(calendar, staff, date.fromisoformat(day), tuple(freed), actor)
    bookings = place.bookings(documents)
    if not place.changes(bookings, place.gaps(documents), clock.now()):
        return Reconciled(0, bookings)
    return _written(place, documents, clock)


def reconcile_salon(*, documents: Documents, clock: Clock, actor: str = "connect_salon") -> int:
    """Every staff-day of the horizon; returns how many gaps changed. Reads each staff member's bookings once."""
    calendar = load_calendar(documents, documents.salon_id)
    if calendar is None:
        return 0
    today = calendar.salon.date_of(clock.now())
    days = [today + timedelta(days=ahead) for ahead in range(calendar.settings.gap.horizon_days + 1)]
    first, last = _bounds(calendar.salon, days[0])[0], _bounds(calendar.salon, days[-1])[1]
    changed = 0
    for staff in readable(StaffMember, documents, Query("staff")):
        bookings = _bookings(documents, staff.id, first, last)
        gaps = _gaps(documents, (("staff_id", "==", staff.id), ("date", ">=", days[0].isoformat())))
        for day in days:
            place = _Place(calendar, staff, day, (), actor)
            of_day = [gap for gap in gaps if gap.date == day.isoformat()]
            if place.changes(bookings, of_day, clock.now()):
                changed += _written(place, documents, clock).gaps_changed
    return changed


@dataclass(frozen=True)
class _Place:
    calendar: Calendar
    staff: StaffMember
    day: date
    freed: tuple[Freed, ...]
    actor: str

    def bookings(self, reader: Reader) -> list[Booking]:
        start, end = _bounds(self.calendar.salon, self.day)
        return _bookings(reader, self.staff.id, start, end)

    def gaps(self, reader: Reader) -> list[Gap]:
        return _gaps(reader, (("staff_id", "==", self.staff.id), ("date", "==", self.day.isoformat())))

    def changes(self, bookings: Sequence[Booking], gaps: Sequence[Gap], now: datetime) -> list[Amended[Gap]]:
        staff_day = StaffDay(
            salon=self.calendar.salon,
            staff=self.staff,
            day=self.day,
            bookings=bookings,
            services=self.calendar.services,
            settings=self.calendar.settings.gap,
        )
        return reconcile(staff_day, gaps, now=now, actor=self.actor, freed=self.freed)


def _written(place: _Place, documents: Documents, clock: Clock) -> Reconciled:
    start, end = _bounds(place.calendar.salon, place.day)
    locks = person_day("staff", place.staff.id, start, end, place.calendar.salon.zone)

    def work(transaction: Transaction) -> Reconciled:
        bookings = place.bookings(transaction)
        changes = place.changes(bookings, place.gaps(transaction), clock.now())
        for change in changes:
            transaction.write(*(create(change) if change.document.revision == 1 else replace(change)))
        transaction.write(*release(locks))
        return Reconciled(len(changes), bookings)

    return holding(locks, lambda: documents.transact(work), documents=documents, clock=clock, pointless=lambda: None)


def _bounds(salon: Salon, day: date) -> tuple[datetime, datetime]:
    """The salon's day as instants; 23 or 25 hours apart where the clocks change."""
    midnight = datetime.combine(day, time.min, salon.zone)
    return midnight.astimezone(UTC), datetime.combine(day + timedelta(days=1), time.min, salon.zone).astimezone(UTC)


def _staff(reader: Reader, staff_id: str) -> StaffMember | None:
    found = reader.get(f"staff/{staff_id}")
    if found is None:
        return None
    try:
        return StaffMember.from_document(found.id, found.data)
    except ValidationError:
        return None


def _bookings(reader: Reader, staff_id: str, start: datetime, end: datetime) -> list[Booking]:
    query = Query(
        "bookings",
        where=(("staff_id", "==", staff_id), ("start_time", ">", start - REACH), ("start_time", "<", end + REACH)),
    )
    return readable(Booking, reader, query)


def _gaps(reader: Reader, where: tuple[tuple[str, str, str], ...]) -> list[Gap]:
    return [Gap.model_validate(snapshot.data) for snapshot in reader.query(Query("gaps", where=where))]  # type: ignore[arg-type]
