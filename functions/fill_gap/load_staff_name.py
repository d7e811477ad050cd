"""Looks up the name under which a gap's staff member is offered."""

from shared.calendar.gap import Gap
from shared.calendar.load_calendar import load_staff
from shared.calendar.staff import StaffMember
from shared.ports import Reader


def load_staff_name(gap: Gap, documents: Reader) -> str:
    """The name of the gap's staff member as it is now, or the gap's own where the staff member cannot be read."""
    staff = load_staff(documents, gap.staff_id)
    return staff.name if isinstance(staff, StaffMember) else gap.staff_name
