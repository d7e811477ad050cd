"""When a staff member works on a day.

A day is a date on the salon's wall, from its first instant to the first of the next date: 23, 24 or 25 hours, or
another length where the clock is changed by less or more. What a wall time means when the clock jumps or goes back
is said once, in `wall_time.instant_of`. Working through midnight is the end of one day and the start of the next.
"""

from datetime import date

from shared.calendar.staff import StaffMember
from shared.records.app_document import Absence
from shared.salon.salon import Salon
from shared.values.stretches import Stretch, common, without
from shared.values.wall_time import Hours, weekday_of


def working_time(salon: Salon, staff: StaffMember, day: date) -> list[Stretch]:
    """The staff member's rostered time without time off and closures."""
    return without(rostered_time(salon, staff, day), [absence_stretch(a) for a in [*salon.closures, *staff.time_off]])


def rostered_time(salon: Salon, staff: StaffMember, day: date) -> list[Stretch]:
    """The salon's hours narrowed by the staff member's own, without breaks. Nobody works while the salon is closed, not
    even by a shift. Special hours replace the weekday's, a shift replaces the staff member's hours."""
    if not staff.active:
        return []
    weekday = weekday_of(day)
    opening = salon.special_hours.get(day.isoformat(), salon.opening_hours.get(weekday, []))
    worked = _on(opening, day, salon)
    own = staff.shifts.get(day.isoformat())
    if own is None and staff.working_hours is not None:
        own = staff.working_hours.get(weekday, [])
    if own is not None:
        worked = common(worked, _on(own, day, salon))
    return without(worked, _on(staff.breaks.get(weekday, []), day, salon))


def absence_stretch(absence: Absence) -> Stretch:
    return Stretch(absence.start, absence.end)


def _on(hours: Hours, day: date, salon: Salon) -> list[Stretch]:
    return [stretch.on(day, salon.zone) for stretch in hours]
