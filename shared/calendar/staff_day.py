"""One staff member's day as it stands: when they work, what is taken, and which free stretches should be gaps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Literal

from shared.calendar.booking import NOT_FREE, Booking
from shared.calendar.gap import Finding, Gap, Origin
from shared.calendar.occupied import occupied
from shared.calendar.priority import FULL_DURATION, assess
from shared.calendar.service import Service
from shared.calendar.service_mix import best_mix
from shared.calendar.staff import StaffMember
from shared.calendar.working_time import absence_stretch, rostered_time, working_time
from shared.salon.salon import Salon
from shared.salon.settings import GapSettings
from shared.values.stretches import Stretch, common, minutes_in, without

SETTLE_UNLESS_WITHIN = timedelta(hours=2)
MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Freed:
    """Time that somebody had booked and gave back."""

    stretch: Stretch
    cause: Literal["cancelled", "moved", "no_show"]
    by_salon: bool = False


@dataclass(frozen=True)
class StaffDay:
    """`bookings` are those of this staff member that may reach into the day, of any status; others are left out here.
    `services` are all of the salon, inactive ones too: they still say how long their bookings take."""

    salon: Salon
    staff: StaffMember
    day: date
    bookings: Sequence[Booking]
    services: Mapping[str, Service]
    settings: GapSettings

    @cached_property
    def own_bookings(self) -> list[Booking]:
        # In a fixed order, so that nothing depends on the order they were read in.
        own = (booking for booking in self.bookings if booking.staff_id == self.staff.id)
        return sorted(own, key=lambda booking: (booking.start_time, booking.end_time, booking.id))

    @cached_property
    def working(self) -> list[Stretch]:
        return working_time(self.salon, self.staff, self.day)

    @cached_property
    def rostered(self) -> list[Stretch]:
        return rostered_time(self.salon, self.staff, self.day)

    @cached_property
    def occupied(self) -> list[Stretch]:
        return occupied(self.own_bookings, self.services)

    @cached_property
    def performed(self) -> list[Service]:
        """The services this staff member can be booked for."""
        ids = sorted(set(self.staff.service_ids))
        return [self.services[id] for id in ids if id in self.services and self.services[id].active]

    @cached_property
    def utilisation(self) -> float:
        """The booked share of the rostered time."""
        rostered = minutes_in(self.rostered)
        return minutes_in(common(self.rostered, self.occupied)) / rostered if rostered else 0.0

    def ahead(self, stretch: Stretch, now: datetime) -> Stretch:
        """The part of it that is far enough ahead to be sold."""
        return Stretch(max(stretch.start, now + timedelta(minutes=self.settings.minimum_notice_minutes)), stretch.end)

    def fitting(self, sellable: Stretch) -> list[Service]:
        """The services that can be sold in this stretch; none when it is shorter than a gap must be."""
        length = sellable.end - sellable.start
        if length < timedelta(minutes=self.settings.min_gap_minutes):
            return []
        return [service for service in self.performed if timedelta(minutes=service.needed_minutes) <= length]

    def sellable(self, pieces: Iterable[Stretch]) -> bool:
        """Whether anything can be sold in one of these stretches."""
        return any(self.fitting(piece) for piece in pieces)

    def in_horizon(self, now: datetime) -> bool:
        """Whether gaps are kept for this day."""
        today = self.salon.date_of(now)
        return today <= self.day <= today + timedelta(days=self.settings.horizon_days)

    def conflicts(self, now: datetime) -> list[Booking]:
        """Standing bookings not yet over that lie in time off or a closure: the owner has to move or keep them."""
        absences = [absence_stretch(a) for a in [*self.salon.closures, *self.staff.time_off]]
        return [
            booking
            for booking in self.own_bookings
            if booking.occupies and booking.end_time > now and any(booking.stretch.overlaps(a) for a in absences)
        ]


def freed_time(bookings: Iterable[Booking]) -> list[Freed]:
    """The time that the bookings themselves show was given back."""
    freed = []
    for booking in bookings:
        if booking.status == "cancelled":
            freed.append(Freed(booking.stretch, "cancelled", by_salon=booking.cancelled_by == "salon"))
        elif booking.status == "no_show":
            freed.append(Freed(booking.stretch, "no_show"))
    return freed


def freed_by_change(before: Booking | None, after: Booking | None) -> dict[str, list[Freed]]:
    """The time that a change of a booking gave back by moving, shortening, reassigning or deleting it, by staff member.
    A booking that is still there but takes no time any more says so itself, see `freed_time`."""
    if before is None or not before.occupies or (after is not None and not after.occupies):
        return {}
    kept = [after.stretch] if after is not None and after.staff_id == before.staff_id else []
    moved = [Freed(stretch, "moved") for stretch in without([before.stretch], kept)]
    return {before.staff_id: moved} if moved else {}


def findings(
    staff_day: StaffDay, *, now: datetime, stored: Iterable[Gap] = (), freed: Iterable[Freed] = ()
) -> list[Finding]:
    """The free stretches that should be gaps now, in order of time. `freed` is what a change gave back and the
    bookings no longer show; `stored` are this staff-day's gaps, for the owner's word that a time is not free."""
    if not staff_day.in_horizon(now) or not staff_day.performed:
        return []
    given_back = [*freed_time(staff_day.own_bookings), *freed]
    taken = [*staff_day.occupied, *not_free(stored, staff_day.own_bookings)]
    found = []
    for stretch in without(staff_day.working, taken):
        if services := staff_day.fitting(staff_day.ahead(stretch, now)):
            found.append(_finding(staff_day, stretch, services, given_back, now))
    return found


def not_free(stored: Iterable[Gap], bookings: Sequence[Booking]) -> list[Stretch]:
    """The time of which the owner said, of a gap or of a sale of ours, that it is not free. That holds until somebody
    cancels a booking of that time later on."""
    said = [(b.stretch, at) for b in bookings if b.cancellation_reason == NOT_FREE and (at := _cancelled_at(b))]
    for gap in stored:
        if gap.status == "ignored" and gap.closed_reason == "owner" and gap.closed_at is not None:
            said.append((gap.stretch, gap.closed_at))
    cancelled = [(b.stretch, at) for b in bookings if (at := _cancelled_at(b))]
    return [
        part for stretch, said_at in said
        for part in without([stretch], [free_again for free_again, at in cancelled if at > said_at])
    ]  # fmt: skip


def _cancelled_at(booking: Booking) -> datetime | None:
    return (booking.cancelled_at or booking.updated_at) if booking.status == "cancelled" else None


def _finding(
    staff_day: StaffDay, stretch: Stretch, services: list[Service], given_back: list[Freed], now: datetime
) -> Finding:
    settings = staff_day.settings
    sellable = staff_day.ahead(stretch, now)
    # Time given back that nobody can be sold any more does not make a gap a freed one.
    here = [f for f in given_back if f.stretch.overlaps(sellable)]
    mix = best_mix(sellable.minutes, services)
    best = best_mix(FULL_DURATION // timedelta(minutes=1), staff_day.performed)
    assessment = assess(
        sellable,
        day=staff_day.day,
        zone=staff_day.salon.zone,
        peak_hours=settings.peak_hours,
        utilisation=staff_day.utilisation,
        potential_revenue=mix.revenue,
        best_revenue=best.revenue or Decimal(0),
        now=now,
    )
    needed = max(settings.min_gap_minutes, min(service.needed_minutes for service in staff_day.performed))
    last_call = stretch.end - timedelta(minutes=needed + settings.minimum_notice_minutes)
    return Finding(
        stretch=stretch,
        sellable_from=sellable.start,
        # At `last_call` itself it can still be sold.
        expires_at=last_call + MOMENT,
        services_fittable=tuple(service.id for service in services),
        origin=_origin(here),
        freed=tuple(f.stretch.overlap(stretch) for f in here),
        salon_freed=tuple(f.stretch.overlap(stretch) for f in here if f.by_salon),
        settles_at=_settles_at(here, settings, now),
        potential_revenue=mix.revenue,
        priority=assessment.level,
        priority_score=assessment.score,
        priority_parts=assessment.parts,
    )


def _origin(freed: list[Freed]) -> Origin:
    if any(f.cause != "no_show" for f in freed):
        return "freed"
    return "no_show" if freed else "idle"


def _settles_at(freed: list[Freed], settings: GapSettings, now: datetime) -> datetime:
    """When the first offers may go out. Before that the time may still be taken back: people cancel and book again
    within a minute, and come late."""
    starts = [f.stretch.start for f in freed]
    soon = not starts or min(starts) <= now + SETTLE_UNLESS_WITHIN
    settled = now if soon else now + timedelta(seconds=settings.settle_seconds)
    grace = timedelta(minutes=settings.no_show_grace_minutes)
    return max([settled, *(f.stretch.start + grace for f in freed if f.cause == "no_show")])
