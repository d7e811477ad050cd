"""A shorthand for days of one stylist, and a calendar that keeps the gaps a reconciliation leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.calendar.reconcile import reconcile
from shared.calendar.service import Service
from shared.calendar.staff import StaffMember
from shared.calendar.staff_day import Freed, StaffDay
from shared.records.audit import Amended
from shared.salon.salon import Salon
from shared.salon.settings import GapSettings
from shared.values.stretches import Stretch

ZONE = ZoneInfo("Asia/Kolkata")
DAY = date(2026, 11, 23)
"""A Monday."""

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def at(clock: str, day: date = DAY, zone: ZoneInfo = ZONE) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(hours=hours, minutes=minutes)


def between(start: str, end: str, day: date = DAY) -> Stretch:
    return Stretch(at(start, day), at(end, day))


def shown(stretch: Stretch) -> str:
    return f"{stretch.start.astimezone(ZONE):%H:%M}-{stretch.end.astimezone(ZONE):%H:%M}"


def a_salon(**fields: Any) -> Salon:
    return Salon.from_document(
        "salon",
        {
            "name": "Salon",
            "timezone": "Asia/Kolkata",
            "currency": "INR",
            "opening_hours": {weekday: [["10:00", "18:00"]] for weekday in WEEK},
            **fields,
        },
    )


def a_stylist(**fields: Any) -> StaffMember:
    return StaffMember.from_document("rahul", {"name": "Rahul", "service_ids": ["cut", "colour"], **fields})


def a_service(id: str, minutes: int, price: float = 500, **fields: Any) -> Service:
    return Service.from_document(id, {"name": id, "duration_minutes": minutes, "price": price, **fields})


CUT = a_service("cut", 30, 400)
COLOUR = a_service("colour", 90, 2000, processing={"after_minutes": 30, "minutes": 40})
SERVICES = {"cut": CUT, "colour": COLOUR}


def a_booking(start: str, end: str, *services: str, id: str = "", day: date = DAY, **fields: Any) -> Booking:
    return Booking.from_document(
        id or f"b{start}",
        {
            "customer_id": "priya",
            "staff_id": "rahul",
            "service_ids": list(services or ("cut",)),
            "start_time": at(start, day),
            "end_time": at(end, day),
            "price": 500,
            "status": "confirmed",
            **fields,
        },
    )


def a_day(*bookings: Booking, day: date = DAY, **parts: Any) -> StaffDay:
    return StaffDay(
        salon=parts.get("salon", a_salon()),
        staff=parts.get("staff", a_stylist()),
        day=day,
        bookings=bookings,
        services=parts.get("services", SERVICES),
        settings=parts.get("settings", GapSettings()),
    )


@dataclass
class Calendar:
    """What is stored of one staff-day's gaps while its bookings change."""

    gaps: dict[str, Gap] = field(default_factory=dict)

    def reconcile(self, staff_day: StaffDay, now: datetime, freed: Sequence[Freed] = ()) -> list[Amended[Gap]]:
        changes = reconcile(staff_day, self.gaps.values(), now=now, actor="test", freed=freed)
        self.keep(*changes)
        return changes

    def keep(self, *changes: Amended[Gap]) -> None:
        self.gaps |= {change.document.id: change.document for change in changes}

    @property
    def open(self) -> list[Gap]:
        return sorted((gap for gap in self.gaps.values() if gap.is_open), key=lambda gap: gap.start_time)

    @property
    def closed(self) -> list[Gap]:
        return sorted((gap for gap in self.gaps.values() if not gap.is_open), key=lambda gap: gap.start_time)

    @property
    def shown(self) -> list[str]:
        return [shown(gap.stretch) for gap in self.open]

    def gap_at(self, clock: str) -> Gap:
        (found,) = [gap for gap in self.open if gap.start_time <= at(clock) < gap.end_time]
        return found
