"""The staff-days of a simulated salon and their gaps, opened, moved and closed by the suite's own decision (`reconcile`).
Everybody works just when they were ever booked, so that only time that is given back is free."""

from collections import defaultdict
from datetime import date, datetime

from bench.policy_world import World
from shared.asking.slot import Slot
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.calendar.reconcile import reconcile
from shared.calendar.staff import StaffMember
from shared.calendar.staff_day import StaffDay
from shared.records.audit import Amended
from shared.values.stretches import Stretch, merged

ACTOR = "study"


class Calendar:
    """`gaps` are all that ever were, by id."""

    def __init__(self, world: World) -> None:
        self.gaps: dict[str, Gap] = {}
        self._world = world
        self._staff = {member.id: member for member in staff(world)}
        self._bookings: dict[tuple[str, date], dict[str, Booking]] = defaultdict(dict)
        self._gaps_of: dict[tuple[str, date], list[str]] = defaultdict(list)
        for booking in world.bookings:
            self.write(booking)

    def write(self, booking: Booking) -> None:
        self._bookings[self._staff_day(booking)][booking.id] = booking

    def booking(self, booking: Booking) -> Booking:
        """As it stands now."""
        return self._bookings[self._staff_day(booking)][booking.id]

    def reconciled(self, staff_id: str, day: date, now: datetime) -> list[Amended[Gap]]:
        """What of the staff-day's gaps has changed."""
        if not any(not booking.occupies for booking in self._bookings[staff_id, day].values()):
            return []
        stored = [self.gaps[id] for id in self._gaps_of[staff_id, day]]
        changes = reconcile(self._seen(staff_id, day), stored, now=now, actor=ACTOR)
        for change in changes:
            self.keep(change.document)
        return changes

    def keep(self, gap: Gap) -> None:
        if gap.id not in self.gaps:
            self._gaps_of[gap.staff_id, date.fromisoformat(gap.date)].append(gap.id)
        self.gaps[gap.id] = gap

    def staff_day(self, slot: Slot) -> tuple[list[Booking], list[Gap]]:
        """The bookings and gaps beside this slot."""
        key = slot.staff_id, slot.start.date()
        return list(self._bookings[key].values()), [self.gaps[id] for id in self._gaps_of[key]]

    def given_back(self, gap: Gap) -> list[Booking]:
        key = gap.staff_id, date.fromisoformat(gap.date)
        return [
            booking
            for booking in self._bookings[key].values()
            if booking.status == "cancelled" and booking.stretch.overlaps(gap.stretch)
        ]

    def _staff_day(self, booking: Booking) -> tuple[str, date]:
        return booking.staff_id, booking.start_time.date()

    def _seen(self, staff_id: str, day: date) -> StaffDay:
        world = self._world
        return StaffDay(
            salon=world.salon,
            staff=self._staff[staff_id],
            day=day,
            bookings=list(self._bookings[staff_id, day].values()),
            services=world.services,
            settings=world.settings.gap,
        )


def staff(world: World) -> list[StaffMember]:
    booked: dict[tuple[str, str], list[Stretch]] = defaultdict(list)
    for booking in world.bookings:
        booked[booking.staff_id, booking.start_time.date().isoformat()].append(booking.stretch)
    shifts: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(dict)
    for (id, day), stretches in booked.items():
        shifts[id][day] = [{"start": f"{one.start:%H:%M}", "end": f"{one.end:%H:%M}"} for one in merged(stretches)]
    return [
        StaffMember.model_validate(
            {"id": id, "name": id, "service_ids": list(world.services), "working_hours": {}, "shifts": theirs}
        )
        for id, theirs in sorted(shifts.items())
    ]
