from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from shared.values.wall_time import WallStretch, instant_of, minutes_of

NEW_YORK = ZoneInfo("America/New_York")
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_the_end_of_a_day_is_24_00():
    assert minutes_of("24:00") == 1440
    assert instant_of(SPRING, 1440, NEW_YORK) == instant_of(SPRING + timedelta(days=1), 0, NEW_YORK)


@pytest.mark.parametrize("wrong", ["24:01", "9:00", "10", "10:60", "-1:00", "10:0x", "25:00", "", "١٠:٠٠"])
def test_what_is_no_wall_time_is_said_to_be_none(wrong: str):
    with pytest.raises(ValueError, match="found"):
        minutes_of(wrong)


def test_hours_past_midnight_are_an_error_unless_split():
    with pytest.raises(ValidationError, match="22:00 to 02:00"):
        WallStretch(start="22:00", end="02:00")
    assert WallStretch(start="22:00", end="24:00").on(SPRING, NEW_YORK).minutes == 120


def test_a_skipped_wall_time_is_the_jump():
    jump = utc(2026, 3, 8, 7)
    for minutes in (120, 150, 179, 180):
        assert instant_of(SPRING, minutes, NEW_YORK) == jump
    assert instant_of(SPRING, 119, NEW_YORK) == jump - timedelta(minutes=1)
    assert instant_of(SPRING, 181, NEW_YORK) == jump + timedelta(minutes=1)


def test_a_wall_time_that_comes_twice_is_its_first_coming():
    assert instant_of(AUTUMN, 90, NEW_YORK) == utc(2026, 11, 1, 5, 30)
    assert instant_of(AUTUMN, 120, NEW_YORK) == utc(2026, 11, 1, 7)


def test_hours_that_the_clock_skips_do_not_happen():
    skipped = WallStretch(start="02:10", end="02:50").on(SPRING, NEW_YORK)
    assert skipped.start == skipped.end
