"""How many staff-days the engine does in a second, beside the same computation with `portion`, the interval library one
would reach for, and with a plain grid of minutes.

The computation is the free stretches of a staff-day in which some service fits: from the salon's hours, the staff
member's, breaks, time off and closures, less the bookings with their buffers and without their processing. All three
read the same documents and turn wall times into instants by the same code; they differ in how they count time.

python -m bench.engine
"""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.metadata import version
from typing import TypeVar

import portion

from bench.table import show
from shared.calendar.booking import Booking
from shared.calendar.occupied import parts_of
from shared.calendar.reconcile import reconcile
from shared.calendar.service import Service
from shared.calendar.staff import StaffMember
from shared.calendar.staff_day import StaffDay, findings
from shared.calendar.working_time import absence_stretch
from shared.salon.salon import Salon
from shared.salon.settings import GapSettings
from shared.values.stretches import Stretch, without
from shared.values.wall_time import weekday_of

DAYS = 400
ROUNDS = 5
DAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)  # in Kolkata
NOW = MIDNIGHT - timedelta(hours=6)
MINUTE = timedelta(minutes=1)
TARGET = 5.0

T = TypeVar("T")


def staff_days() -> list[StaffDay]:
    """Weekdays of a stylist: ten hours, a lunch break, half the days with an absence, and a dozen bookings of one or two
    services, some of them overlapping, some cancelled."""
    chance = random.Random(1)
    salon = Salon.from_document(
        "s", {
            "name": "S", "timezone": "Asia/Kolkata", "currency": "INR",
            "opening_hours": {"mon": [{"start": "10:00", "end": "20:00"}]},
            "closures": [{"start": MIDNIGHT + timedelta(hours=19), "end": MIDNIGHT + timedelta(hours=30)}],
        },
    )  # fmt: skip
    services = {
        service.id: service
        for service in (
            _service("cut", 45, buffer_after_minutes=5),
            _service("colour", 120, processing={"after_minutes": 45, "minutes": 35}),
            _service("fringe", 20),
            _service("spa", 60, buffer_before_minutes=10, buffer_after_minutes=10),
        )
    }
    days = []
    for number in range(DAYS):
        off = MIDNIGHT + timedelta(minutes=chance.randrange(600, 1080, 15))
        staff = StaffMember.from_document(
            f"staff{number}", {
                "name": "Rahul", "service_ids": list(services),
                "working_hours": {"mon": [{"start": "11:00", "end": "20:00"}]},
                "breaks": {"mon": [{"start": "14:00", "end": "14:30"}]},
                "time_off": [{"start": off, "end": off + timedelta(hours=1)}] if number % 2 else [],
            },
        )  # fmt: skip
        bookings = [_booking(f"b{each}", staff.id, services, chance) for each in range(12)]
        days.append(StaffDay(salon, staff, DAY, bookings, services, GapSettings()))
    return days


def _service(id: str, minutes: int, **fields: object) -> Service:
    return Service.from_document(id, {"name": id, "duration_minutes": minutes, "price": Decimal(500), **fields})


def _booking(id: str, staff_id: str, services: dict[str, Service], chance: random.Random) -> Booking:
    wanted = chance.sample(sorted(services), chance.choice((1, 1, 2)))
    start = MIDNIGHT + timedelta(minutes=chance.randrange(660, 1140, 5))
    return Booking(
        id=id,
        staff_id=staff_id,
        service_ids=wanted,
        start_time=start,
        end_time=start + sum((services[each].duration for each in wanted), timedelta()),
        status="cancelled" if chance.random() < 0.1 else "confirmed",
    )


def ours(day: StaffDay) -> list[Stretch]:
    return [free for free in without(day.working, day.occupied) if day.fitting(day.ahead(free, NOW))]


def with_portion(day: StaffDay) -> list[Stretch]:
    def interval(stretches: Iterable[Stretch]) -> portion.Interval:
        return portion.Interval(*(portion.closedopen(*stretch) for stretch in stretches))

    weekday = weekday_of(day.day)
    assert day.staff.working_hours is not None
    working = interval(hours.on(day.day, day.salon.zone) for hours in day.salon.opening_hours[weekday])
    working &= interval(hours.on(day.day, day.salon.zone) for hours in day.staff.working_hours[weekday])
    working -= interval(hours.on(day.day, day.salon.zone) for hours in day.staff.breaks[weekday])
    working -= interval(absence_stretch(absence) for absence in [*day.salon.closures, *day.staff.time_off])
    whole, taken = [], portion.empty()
    for booking in day.bookings:
        if booking.occupies:
            stretch, processing = _whole(day, booking)
            if processing:
                taken |= interval([stretch]) - interval(processing)
            else:
                whole.append(stretch)
    # All at once, which is the fast way to say it.
    taken |= interval(whole)
    free = [Stretch(part.lower, part.upper) for part in working - taken if not part.empty]
    return [stretch for stretch in free if day.fitting(day.ahead(stretch, NOW))]


def with_grid(day: StaffDay) -> list[Stretch]:
    """1,440 minutes, each asked whether it is worked and not taken."""
    weekday = weekday_of(day.day)
    assert day.staff.working_hours is not None
    opening = [hours.on(day.day, day.salon.zone) for hours in day.salon.opening_hours[weekday]]
    own = [hours.on(day.day, day.salon.zone) for hours in day.staff.working_hours[weekday]]
    off = [hours.on(day.day, day.salon.zone) for hours in day.staff.breaks[weekday]]
    off += [absence_stretch(absence) for absence in [*day.salon.closures, *day.staff.time_off]]
    taken = [_whole(day, booking) for booking in day.bookings if booking.occupies]
    found: list[Stretch] = []
    began: datetime | None = None
    for number in range(24 * 60 + 1):
        minute = MIDNIGHT + number * MINUTE
        free = (
            any(start <= minute < end for start, end in opening)
            and any(start <= minute < end for start, end in own)
            and not any(start <= minute < end for start, end in off)
            and not any(
                start <= minute < end and not any(a <= minute < b for a, b in processing)
                for (start, end), processing in taken
            )
        )
        if free and began is None:
            began = minute
        elif not free and began is not None:
            found.append(Stretch(began, minute))
            began = None
    return [stretch for stretch in found if day.fitting(day.ahead(stretch, NOW))]


def _whole(day: StaffDay, booking: Booking) -> tuple[Stretch, list[Stretch]]:
    parts = parts_of(booking, day.services)
    first, last = parts[0].service, parts[-1].service
    assert first is not None and last is not None
    processing = []
    for service, stretch in parts:
        if service is not None and service.processing is not None:
            start = stretch.start + timedelta(minutes=service.processing.after_minutes)
            processing.append(Stretch(start, start + timedelta(minutes=service.processing.minutes)))
    return booking.stretch.widened(first.buffer_before, last.buffer_after), processing


def a_second(finders: Sequence[Callable[[StaffDay], T]], days: list[StaffDay]) -> list[tuple[float, list[T]]]:
    """Staff-days per second of processor time, of each: the best of some rounds, taken in turns, so that a busy machine
    is busy for all of them. Each on fresh StaffDays, which remember what they have found."""
    best = [float("inf")] * len(finders)
    found: list[list[T]] = [[] for _ in finders]
    for _ in range(ROUNDS):
        for number, find in enumerate(finders):
            fresh = [replace(day) for day in days]
            began = time.process_time()
            found[number] = [find(day) for day in fresh]
            best[number] = min(best[number], time.process_time() - began)
    return [(len(days) / seconds, answer) for seconds, answer in zip(best, found, strict=True)]


def main() -> None:
    days = staff_days()
    names = ["stretches of shared/values", f"portion {version('portion')}", "grid of 1,440 minutes"]
    measured = dict(zip(names, a_second([ours, with_portion, with_grid], days), strict=True))
    speed, found = measured[names[0]]
    for name, (_, other) in measured.items():
        if other != found:
            raise SystemExit(f"expected the same free time as {name} finds, found another")
    show(
        f"Free stretches of a staff-day that can be sold ({DAYS} staff-days, 12 bookings each, one core)",
        ["with", "staff-days/s", "µs each", "ours is faster by"],
        [[name, int(theirs), 1e6 / theirs, speed / theirs] for name, (theirs, _) in measured.items()],
    )
    steps: dict[str, Callable[[StaffDay], object]] = {
        "findings: origin, priority, best plan, value": lambda day: findings(day, now=NOW),
        "reconcile: all gaps opened, with their audit records": lambda day: reconcile(day, [], now=NOW, actor="bench"),
    }
    done = [speed for speed, _ in a_second(list(steps.values()), days)]
    show(
        "What the engine does with them",
        ["step", "staff-days/s", "µs each"],
        [[name, int(each), 1e6 / each] for name, each in zip(steps, done, strict=True)],
    )
    slowest = min(speed / theirs for name, (theirs, _) in measured.items() if name != names[0])
    if slowest < TARGET:
        raise SystemExit(f"expected at least {TARGET} times the speed of portion and of the grid, found {slowest:.1f}")


if __name__ == "__main__":
    main()
