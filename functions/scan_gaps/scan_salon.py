"""Repairs what lost events left: reconciles the staff-days whose bookings, staff, services, hours or settings changed since
the last scan, and, spread over a day, everybody's whole horizon, whatever changed.

Changes are found by `updated_at`. An app that does not write it, and a booking that was deleted, are caught by the daily
look. Where nothing changed, nothing is written either.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from functions.scan_gaps.scan_cursor import OVERLAP, ScanCursor, SeenBooking, due, remembered, seen_as, turn_at
from shared.calendar.booking import Booking
from shared.calendar.booking_changes import over_our_sales, staff_days, what_happened
from shared.calendar.calendar import Calendar
from shared.calendar.load_calendar import load_calendar, nobody
from shared.calendar.reconcile_staff_day import Reconciled, reconcile_staff, reconcile_staff_day
from shared.calendar.report_problems import set_aside
from shared.calendar.staff import StaffMember
from shared.calendar.staff_day import Freed, freed_by_change
from shared.calendar.unknown_references import unknown_services, unknown_staff
from shared.ports import SALON, Clock, Data, Documents, Query, Snapshot
from shared.records.audit import AuditRecord
from shared.records.commit import fact, save
from shared.records.problem import Problem, readable_or_problem
from shared.salon.load_settings import ACCEPTED

ACTOR = "scan_gaps"
MANY: Final = 300
"""The number of changed bookings from which on a scan reads the whole horizon instead, which is then the cheaper way to
be right."""
HOURS: Final = ("opening_hours", "special_hours", "closures", "timezone", "status")


@dataclass(frozen=True)
class Scanned:
    """For `staff` members all days were looked at, and `staff_days` single days of others."""

    staff: int = 0
    staff_days: int = 0
    gaps_changed: int = 0


def scan_gaps(*, documents: Documents, clock: Clock) -> Scanned:
    """Scans the salon. Raises the failures of single staff members together, after all others were looked at; those
    members are looked at again next time."""
    now = clock.now()
    found = {snapshot.path: snapshot for snapshot in documents.get_all([SALON, ScanCursor.path, ACCEPTED])}
    if SALON not in found:
        return Scanned()
    kept = found.get(ScanCursor.path)
    cursor = ScanCursor.model_validate(kept.data) if kept else None
    hours = _digest({name: found[SALON].data.get(name) for name in HOURS})
    settings_version = found[ACCEPTED].data["version"] if ACCEPTED in found else 0
    turn, over = turn_at(documents.salon_id, now)

    bookings = _written_since(documents, "bookings", cursor, limit=MANY)
    staff = _written_since(documents, "staff", cursor)
    everything = (
        cursor is None
        or (cursor.hours, cursor.settings_version) != (hours, settings_version)
        or len(bookings) == MANY
        or bool(_written_since(documents, "services", cursor, limit=1))
    )
    new_turn = cursor is None or cursor.turn != turn
    wanted = {snapshot.id for snapshot in staff}
    if cursor is not None and not new_turn:
        wanted |= {*cursor.again, *due(cursor.staff_ids, cursor.checked, over)}
    if not (everything or new_turn or wanted or bookings):
        return Scanned()

    calendar = load_calendar(documents, documents.salon_id)
    if not isinstance(calendar, Calendar):
        set_aside([calendar] if calendar else [], documents=documents, now=now, actor=ACTOR)
        return Scanned()
    scan = _Scan(documents, clock, now, calendar, cursor.seen_bookings() if cursor else {})
    staff_ids = cursor.staff_ids if cursor else []
    if everything or new_turn:
        staff_ids = scan.everybody()
        wanted |= {*staff_ids} if everything else {*due(staff_ids, 0, over), *(cursor.again if cursor else ())}
    scan.look_at_staff(sorted(wanted))
    scan.look_at_bookings(bookings, announce=cursor is not None)
    set_aside([*calendar.problems, *scan.problems], documents=documents, now=now, actor=ACTOR)

    checked = len(staff_ids) if everything else len(due(staff_ids, 0, over))
    position = ScanCursor(
        scanned_until=now,
        hours=hours,
        settings_version=settings_version,
        turn=turn,
        staff_ids=staff_ids,
        checked=checked,
        again=sorted(scan.again),
        standing=remembered(scan.standing, now),
    )
    # When another scan was faster this one has done the same work, and its position is as good.
    documents.commit(save(ScanCursor.path, position, kept))
    if scan.failures:
        raise ExceptionGroup("staff members who could not be looked at", scan.failures)
    return Scanned(len(scan.looked_at), scan.staff_days, scan.gaps_changed)


def _written_since(
    documents: Documents, collection: str, cursor: ScanCursor | None, *, limit: int | None = None
) -> list[Snapshot]:
    if cursor is None:
        return []
    since = cursor.scanned_until - OVERLAP
    return documents.query(
        Query(collection, where=(("updated_at", ">", since),), order_by=("updated_at",), limit=limit)
    )


def _digest(hours: Data) -> str:
    return hashlib.blake2b(json.dumps(hours, sort_keys=True, default=str).encode(), digest_size=8).hexdigest()


@dataclass
class _Scan:
    """One scan. `stood` is where bookings stood when the last scan saw them, `standing` where they stand now."""

    documents: Documents
    clock: Clock
    now: datetime
    calendar: Calendar
    stood: dict[str, SeenBooking]
    standing: dict[str, SeenBooking] = field(init=False)
    problems: list[Problem] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)
    again: set[str] = field(default_factory=set)
    staff_days: int = 0
    gaps_changed: int = 0

    def __post_init__(self) -> None:
        self.standing = dict(self.stood)

    def everybody(self) -> list[str]:
        """All staff members, and whoever has an open gap and is no longer among them."""
        staff = {snapshot.id for snapshot in self.documents.query(Query("staff"))}
        open_gaps = self.documents.query(Query("gaps", where=(("status", "==", "open"),)))
        return sorted(staff | {str(gap.data["staff_id"]) for gap in open_gaps})

    def look_at_staff(self, staff_ids: list[str]) -> None:
        found = {snapshot.id: snapshot for snapshot in self.documents.get_all([f"staff/{id}" for id in staff_ids])}
        for staff_id in staff_ids:
            try:
                self._look_at(self._member(staff_id, found.get(staff_id)))
            except Exception as failure:
                self._failed(staff_id, failure)

    def _member(self, staff_id: str, snapshot: Snapshot | None) -> StaffMember:
        if snapshot is None:
            return nobody(staff_id)
        member = readable_or_problem(StaffMember, "staff", staff_id, snapshot.data)
        if isinstance(member, Problem):
            self.problems.append(member)
            return nobody(staff_id)
        return member

    def _look_at(self, member: StaffMember) -> None:
        theirs = {id: each for id, each in self.stood.items() if each.staff_id == member.id}
        result = reconcile_staff(
            member,
            calendar=self.calendar,
            documents=self.documents,
            clock=self.clock,
            actor=ACTOR,
            stood=[each.as_booking(id) for id, each in theirs.items()],
        )
        self._alert(result)
        self.looked_at.add(member.id)
        # What another staff member took over meanwhile is theirs.
        self.standing = {id: each for id, each in self.standing.items() if each.staff_id != member.id}
        for booking in result.bookings:
            self._remember(booking)
            if booking.occupies:
                self.problems += unknown_services(booking, self.calendar.services)

    def look_at_bookings(self, snapshots: Iterable[Snapshot], *, announce: bool) -> None:
        """Reconciles the staff-days of bookings that were written. With `announce` what happened to them is announced
        too, where the event that would have done so was lost."""
        days: dict[tuple[str, str], list[Freed]] = {}
        told: list[AuditRecord] = []
        horizon = {day.isoformat() for day in self.calendar.days(self.now)}
        for snapshot in snapshots:
            booking = readable_or_problem(Booking, "booking", snapshot.id, snapshot.data)
            if isinstance(booking, Problem):
                self.problems.append(booking)
                continue
            stood = self.stood.get(booking.id)
            if stood is not None and stood.seen == seen_as(booking):
                continue
            before = stood.as_booking(booking.id) if stood else None
            self._remember(booking)
            if booking.occupies:
                self.problems += unknown_services(booking, self.calendar.services)
            freed = freed_by_change(before, booking)
            for staff_id, day in staff_days([before, booking], self.calendar):
                if day in horizon and staff_id not in self.looked_at | self.again:
                    days.setdefault((staff_id, day), []).extend(freed.get(staff_id, ()))
            happened = what_happened(
                before, booking, self.documents.salon_id, version=snapshot.update_time, now=self.now
            )
            told += [happened] if happened and announce else []
        for (staff_id, day), freed_here in sorted(days.items()):
            try:
                self._look_at_day(staff_id, day, freed_here)
            except Exception as failure:
                self._failed(staff_id, failure)
        for record in told:
            if not self._said(record):
                self.documents.commit(fact(record))

    def _look_at_day(self, staff_id: str, day: str, freed: list[Freed]) -> None:
        result = reconcile_staff_day(
            staff_id,
            day,
            documents=self.documents,
            clock=self.clock,
            actor=ACTOR,
            calendar=self.calendar,
            freed=freed,
        )
        self.staff_days += 1
        self._alert(result)
        if not result.known:
            self.problems += [unknown_staff(booking) for booking in result.bookings if booking.occupies]

    def _alert(self, result: Reconciled) -> None:
        self.gaps_changed += result.gaps_changed
        self.problems += result.problems
        for record in over_our_sales(result.bookings, self.calendar, self.now, actor=ACTOR):
            self.documents.commit(fact(record))

    def _failed(self, staff_id: str, failure: Exception) -> None:
        self.failures.append(failure)
        self.again.add(staff_id)

    def _remember(self, booking: Booking) -> None:
        if booking.occupies:
            self.standing[booking.id] = SeenBooking.of(booking)
        else:
            self.standing.pop(booking.id, None)

    def _said(self, record: AuditRecord) -> bool:
        """Whether this is just what was last recorded about the booking."""
        found = self.documents.query(Query("audit_logs", where=(("resource_id", "==", record.resource_id),)))
        said = [s.data for s in found if str(s.data["event_type"]).startswith("booking_")]
        last = max(said, key=lambda each: each["created_at"], default=None)
        return last is not None and (last["event_type"], last["details"]) == (record.event_type, record.details)
