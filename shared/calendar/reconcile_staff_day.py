"""Makes the stored gaps of a staff-day what the calendar says. An event only says that a staff-day may have changed; what
stands now decides, so late, repeated and lost events end in the same gaps.

Nothing is written but in a transaction that has read the bookings and gaps it decides by: a decision on older bookings
could otherwise be written after a newer one found nothing to do. The lock keeps such transactions, and sales of the same
time, from stalling each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from shared.calendar.booking import Booking
from shared.calendar.calendar import Calendar
from shared.calendar.gap import Gap
from shared.calendar.load_calendar import gaps_from, gaps_of_day, load_bookings, load_calendar, load_staff, nobody
from shared.calendar.reconcile import reconcile
from shared.calendar.report_conflicts import hand_over
from shared.calendar.staff import StaffMember
from shared.calendar.staff_day import Freed, StaffDay, freed_by_change
from shared.ports import Clock, Documents, Reader, Transaction
from shared.records.audit import Amended
from shared.records.commit import create, update
from shared.records.hold_locks import holding, person_day, release
from shared.records.problem import Problem


@dataclass(frozen=True)
class Reconciled:
    """`bookings` are those of the staff member around these days, as they were read last. `known` is False where nobody
    of that id works there."""

    gaps_changed: int
    bookings: Sequence[Booking] = ()
    problems: Sequence[Problem] = ()
    known: bool = True


def reconcile_staff_day(
    staff_id: str,
    day: str,
    *,
    documents: Documents,
    clock: Clock,
    actor: str,
    calendar: Calendar | None = None,
    freed: Iterable[Freed] = (),
    surely: bool = False,
) -> Reconciled:
    """Reconciles the gaps of one staff-day. `freed` is time that the change behind the event gave back, as far as the
    bookings no longer show it. With `surely` the first look is under the lock, because something will change. Else it
    is without one, because most looks change nothing, and everything is read again where something does."""
    if calendar is None:
        loaded = load_calendar(documents, documents.salon_id)
        if not isinstance(loaded, Calendar):
            return Reconciled(0)
        calendar = loaded
    staff = load_staff(documents, staff_id)
    member = staff if isinstance(staff, StaffMember) else nobody(staff_id)
    look = _Look(calendar, member, date.fromisoformat(day), tuple(freed), actor)
    now = clock.now()
    if surely:
        changed, bookings = _written(look, documents, clock)
    else:
        changed, bookings = 0, load_bookings(documents, calendar, staff_id, look.day)[0]
        if look.changes(bookings, gaps_of_day(documents, staff_id, look.day), now):
            changed, bookings = _written(look, documents, clock)
    hand_over(look.staff_day(bookings), documents=documents, now=now, actor=actor)
    return Reconciled(changed, bookings, (staff,) if isinstance(staff, Problem) else (), known=staff is not None)


def reconcile_staff(
    staff: StaffMember,
    *,
    calendar: Calendar,
    documents: Documents,
    clock: Clock,
    actor: str,
    stood: Iterable[Booking] = (),
) -> Reconciled:
    """Reconciles every day of the horizon, and every later one that has a gap. Bookings and gaps are read once for all
    of them. `stood` are this staff member's bookings as they were earlier: what they gave back since is freed time."""
    now = clock.now()
    days = calendar.days(now)
    gaps = gaps_from(documents, staff.id, days[0])
    days = sorted({*days, *(date.fromisoformat(gap.date) for gap in gaps if gap.is_open)})
    bookings, problems = load_bookings(documents, calendar, staff.id, days[0], days[-1])
    standing = {booking.id: booking for booking in bookings}
    given_back = [freed_by_change(booking, standing.get(booking.id)) for booking in stood]
    freed = tuple(part for each in given_back for part in each.get(staff.id, ()))
    changed = 0
    for day in days:
        look = _Look(calendar, staff, day, freed, actor)
        if look.changes(bookings, [gap for gap in gaps if gap.date == day.isoformat()], now):
            changed += _written(look, documents, clock)[0]
        hand_over(look.staff_day(bookings), documents=documents, now=now, actor=actor)
    return Reconciled(changed, bookings, problems)


@dataclass(frozen=True)
class _Look:
    calendar: Calendar
    staff: StaffMember
    day: date
    freed: tuple[Freed, ...]
    actor: str

    def staff_day(self, bookings: Sequence[Booking]) -> StaffDay:
        return StaffDay(
            salon=self.calendar.salon,
            staff=self.staff,
            day=self.day,
            bookings=bookings,
            services=self.calendar.services,
            settings=self.calendar.settings.gap,
        )

    def changes(self, bookings: Sequence[Booking], gaps: Sequence[Gap], now: datetime) -> list[Amended[Gap]]:
        return reconcile(self.staff_day(bookings), gaps, now=now, actor=self.actor, freed=self.freed)


def _written(look: _Look, documents: Documents, clock: Clock) -> tuple[int, list[Booking]]:
    """Reconciles under the lock, and returns how many gaps changed and the bookings that decided it."""
    start, end = look.calendar.bounds(look.day)
    locks = person_day("staff", look.staff.id, start, end, look.calendar.salon.zone)

    def work(transaction: Transaction) -> tuple[int, list[Booking]]:
        bookings, gaps = _read(transaction, look)
        changes = look.changes(bookings, gaps, clock.now())
        for change in changes:
            transaction.write(*(create(change) if change.document.revision == 1 else update(change)))
        transaction.write(*release(locks))
        return len(changes), bookings

    transact = partial(documents.transact, work)
    return holding(locks, transact, documents=documents, clock=clock, pointless=lambda: None)


def _read(reader: Reader, look: _Look) -> tuple[list[Booking], list[Gap]]:
    bookings, _ = load_bookings(reader, look.calendar, look.staff.id, look.day)
    return bookings, gaps_of_day(reader, look.staff.id, look.day)
