"""Reports standing bookings in time off, sickness or a closure. They are the owner's to move or to keep, and the owner
hears of each once."""

from datetime import datetime

from shared.calendar.booking import Booking
from shared.calendar.staff_day import StaffDay
from shared.calendar.working_time import absence_stretch
from shared.ports import Documents
from shared.records.audit import AuditRecord, record_fact
from shared.records.commit import fact


def hand_over(staff_day: StaffDay, *, documents: Documents, now: datetime, actor: str) -> int:
    """Hands the bookings of this staff-day that are in conflict over to the owner, and returns how many had not been
    before."""
    in_the_way = [
        _record(booking, staff_day, now, actor)
        for booking in staff_day.conflicts(now)
        if staff_day.salon.date_of(booking.start_time) == staff_day.day
    ]
    if not in_the_way:
        return 0
    told = {snapshot.path for snapshot in documents.get_all([record.path for record in in_the_way])}
    fresh = [record for record in in_the_way if record.path not in told]
    if fresh:
        # Together: a run at the same time that was faster has told the owner of all of them.
        documents.commit(*(fact(record) for record in [*fresh, _notice(fresh, staff_day, now, actor)]))
    return len(fresh)


def _record(booking: Booking, staff_day: StaffDay, now: datetime, actor: str) -> AuditRecord:
    absences = [absence_stretch(absence) for absence in [*staff_day.salon.closures, *staff_day.staff.time_off]]
    absent = [absence.start.isoformat() for absence in absences if absence.overlaps(booking.stretch)]
    return record_fact(
        salon_id=staff_day.salon.id,
        resource_type="booking",
        resource_id=booking.id,
        version=f"{staff_day.staff.id} away {absent} at {booking.start_time.isoformat()}",
        now=now,
        actor=actor,
        event="alert_triggered",
        action="A booking stands in time that is not worked",
        details={"staff_id": staff_day.staff.id, "start": booking.start_time, "end": booking.end_time},
        severity="warning",
    )


def _notice(records: list[AuditRecord], staff_day: StaffDay, now: datetime, actor: str) -> AuditRecord:
    ids = [record.resource_id for record in records]
    several = f"{len(ids)} bookings stand" if len(ids) > 1 else "a booking stands"
    return record_fact(
        salon_id=staff_day.salon.id,
        resource_type="staff",
        resource_id=staff_day.staff.id,
        version=[record.id for record in records],
        now=now,
        actor=actor,
        event="alert_triggered",
        action="Standing bookings were handed to the owner",
        details={
            # Not in the payload: it names somebody.
            "reason": f"{staff_day.staff.name} is away on {staff_day.day}, and {several}: please move or keep",
            "problem": "away",
            "date": staff_day.day.isoformat(),
            "booking_ids": ids,
        },
        announces="ALERT_TRIGGERED",
        payload={"date": staff_day.day.isoformat(), "booking_ids": ids},
        severity="warning",
    )
