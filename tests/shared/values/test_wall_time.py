from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.values.wall_time import DatedHours, Hours, WallStretch, instant_of, minutes_of, weekday_of

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


@pytest.mark.parametrize("wrong", ["24:01", "9:00", "10:60", "10:0x", ""])
def test_a_wrong_wall_time_is_shown_beside_what_was_expected(wrong: str):
    with pytest.raises(ValueError, match="found") as refused:
        minutes_of(wrong)
    assert str(refused.value) == f'expected a wall time "HH:MM" between "00:00" and "24:00", found {wrong!r}'


@pytest.mark.parametrize(
    ("text", "minutes"), [("00:00", 0), ("00:59", 59), ("09:05", 545), ("23:59", 1439), ("24:00", 1440)]
)
def test_a_wall_time_counts_its_minutes(text: str, minutes: int):
    assert minutes_of(text) == minutes


@pytest.mark.parametrize(("start", "end"), [("22:00", "02:00"), ("10:00", "10:00")])
def test_hours_that_do_not_run_forward_are_said_to_be_split(start: str, end: str):
    told = f"expected hours that end after they start (else split at 24:00), found {start} to {end}"
    with pytest.raises(ValidationError) as refused:
        WallStretch(start=start, end=end)
    assert [each["msg"] for each in refused.value.errors()] == [f"Value error, {told}"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("20261123", "expected a date \"YYYY-MM-DD\", found '20261123'"),
        ("2026-W48-1", "expected a date \"YYYY-MM-DD\", found '2026-W48-1'"),
    ],
)
def test_a_date_has_one_spelling(written: str, told: str):
    dated = TypeAdapter(DatedHours)
    assert dated.validate_python({"2026-11-23": []}) == {"2026-11-23": []}
    with pytest.raises(ValidationError) as refused:
        dated.validate_python({written: []})
    assert [each["msg"] for each in refused.value.errors()] == [f"Value error, {told}"]


def test_hours_are_read_as_a_map_and_as_a_pair():
    read = TypeAdapter(Hours).validate_python(
        [{"start": "09:00", "end": "12:00"}, ["13:00", "24:00"], ("08:00", "09:00")]
    )
    assert [(each.start, each.end) for each in read] == [("09:00", "12:00"), ("13:00", "24:00"), ("08:00", "09:00")]
    for wrong in (["09:00"], ["09:00", "10:00", "11:00"], "09:00"):
        with pytest.raises(ValidationError):
            TypeAdapter(Hours).validate_python([wrong])


@pytest.mark.parametrize(
    ("day", "name"), [(23, "mon"), (24, "tue"), (25, "wed"), (26, "thu"), (27, "fri"), (28, "sat"), (29, "sun")]
)
def test_each_date_has_its_weekday(day: int, name: str):
    assert weekday_of(date(2026, 11, day)) == name
