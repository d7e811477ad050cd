"""A staff member: what they can do and when they work."""

from shared.records.app_document import Absence, AppDocument
from shared.records.stored import DocumentId
from shared.values.visible import Name
from shared.values.wall_time import DatedHours, WeeklyHours


class StaffMember(AppDocument):
    """`working_hours` null means the salon's hours, and a weekday that is missing in them is a day off. A shift
    replaces them on its date."""

    name: Name
    active: bool = True
    service_ids: list[DocumentId] = []
    working_hours: WeeklyHours | None = None
    shifts: DatedHours = {}
    breaks: WeeklyHours = {}
    time_off: list[Absence] = []
