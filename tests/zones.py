"""Zones whose days are not those of UTC, for every rule about days: one far east, one far west, one with half hours."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

EAST, WEST, HALF_HOURS = ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Kolkata")
MONDAY = date(2026, 11, 23)
AWAKE = {"start": "04:00", "end": "04:01"}
"""Quiet hours of a single minute, for what happens at midnight."""
EVERY_DAY = {day: [{"start": "00:00", "end": "24:00"}] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}

in_each_zone: Any = pytest.mark.parametrize("zone", (EAST, WEST, HALF_HOURS), ids=str)


def wall(zone: ZoneInfo, clock: str, day: date = MONDAY) -> datetime:
    """When clocks there show this on that day; "24:00" is when it ends."""
    if clock == "24:00":
        return wall(zone, "00:00", day + timedelta(days=1))
    return datetime.combine(day, datetime.min.time().fromisoformat(clock), zone).astimezone(UTC)


def utc_midnight(zone: ZoneInfo, day: date = MONDAY) -> datetime:
    """When, in the middle of that day there, the date of UTC changes."""
    began = wall(zone, "00:00", day)
    return began.replace(hour=0, minute=0) + timedelta(days=1)
