from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from shared.calendar.working_time import rostered_time, working_time
from tests.shared.calendar.schedules import DAY, WEEK, a_salon, a_stylist, at, shown


def hours(*, salon: object = None, staff: object = None, day: date = DAY) -> list[str]:
    return [shown(stretch) for stretch in working_time(salon or a_salon(), staff or a_stylist(), day)]


def test_a_stylist_without_hours_of_their_own_works_the_salons():
    assert hours() == ["10:00-18:00"]


def test_own_hours_narrow_the_salons_and_never_widen_them():
    assert hours(staff=a_stylist(working_hours={"mon": [["08:00", "14:00"]]})) == ["10:00-14:00"]
    assert hours(staff=a_stylist(working_hours={"tue": [["08:00", "14:00"]]})) == []


def test_a_weekday_that_is_missing_is_closed():
    assert hours(salon=a_salon(opening_hours={"tue": [["10:00", "18:00"]]})) == []


def test_festival_hours_replace_the_weekdays_on_their_date():
    salon = a_salon(special_hours={"2026-11-23": [["12:00", "15:00"]], "2026-11-24": []})
    assert hours(salon=salon) == ["12:00-15:00"]
    assert hours(salon=salon, day=date(2026, 11, 24)) == []
    assert hours(salon=salon, day=date(2026, 11, 25)) == ["10:00-18:00"]


def test_a_swapped_shift_replaces_the_stylists_hours_on_its_date():
    staff = a_stylist(working_hours={"mon": [["10:00", "14:00"]]}, shifts={"2026-11-23": [["14:00", "20:00"]]})
    assert hours(staff=staff) == ["14:00-18:00"]
    assert hours(staff=staff, day=date(2026, 11, 30)) == ["10:00-14:00"]
    assert hours(staff=a_stylist(shifts={"2026-11-23": []})) == []


def test_nobody_works_in_a_break():
    assert hours(staff=a_stylist(breaks={"mon": [["13:00", "13:30"]]})) == ["10:00-13:00", "13:30-18:00"]


def test_a_partial_day_off_leaves_the_rest_of_the_day():
    staff = a_stylist(time_off=[{"start": at("09:00"), "end": at("12:30"), "reason": "dentist"}])
    assert hours(staff=staff) == ["12:30-18:00"]


def test_time_off_over_several_days_takes_every_day_in_it():
    staff = a_stylist(time_off=[{"start": at("16:00"), "end": at("11:00", date(2026, 11, 25))}])
    days = [DAY + timedelta(days=number) for number in range(3)]
    assert [hours(staff=staff, day=day) for day in days] == [["10:00-16:00"], [], ["11:00-18:00"]]


def test_nobody_works_while_the_salon_is_closed():
    salon = a_salon(closures=[{"start": at("15:00"), "end": at("23:00")}])
    assert hours(salon=salon) == ["10:00-15:00"]
    assert [shown(stretch) for stretch in rostered_time(salon, a_stylist(), DAY)] == ["10:00-18:00"]


def test_who_left_does_not_work():
    assert hours(staff=a_stylist(active=False)) == []


def test_hours_that_overlap_count_once():
    assert hours(salon=a_salon(opening_hours={"mon": [["12:00", "18:00"], ["10:00", "14:00"]]})) == ["10:00-18:00"]


def test_working_through_midnight_is_the_end_of_one_day_and_the_start_of_the_next():
    salon = a_salon(opening_hours={"mon": [["20:00", "24:00"]], "tue": [["00:00", "02:00"]]})
    (evening,) = working_time(salon, a_stylist(), DAY)
    (night,) = working_time(salon, a_stylist(), DAY + timedelta(days=1))
    assert evening.minutes == 240 and evening.end == night.start and night.minutes == 120


@cache
def change_days() -> list[tuple[str, date]]:
    """Every date in 2026 on which a zone's clock is changed, with the dates beside it, from the zones' own offsets."""
    found = []
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        instant, end = datetime(2025, 12, 31, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)
        while instant < end:
            after = instant + timedelta(days=1)
            if instant.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
                dates = {moment.astimezone(zone).date() for moment in (instant, after)}
                found += [(name, day) for day in sorted(dates)]
            instant = after
    return found


def test_the_zones_that_change_their_clocks_are_found():
    zones = {name for name, _ in change_days()}
    assert {"America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo"} <= zones
    assert len(change_days()) >= 400


def minute_of_the_wall(wall: datetime, day: date) -> int:
    return 0 if wall.date() < day else 24 * 60 if wall.date() > day else wall.hour * 60 + wall.minute


def test_hours_are_right_on_every_change_day_of_every_zone():
    """Each instant of the day is judged by the highest time that the wall has shown so far that day: working from
    when it first showed the start until it first shows the end."""
    for name, day in change_days():
        zone = ZoneInfo(name)
        first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
        wall: list[tuple[datetime, int]] = []
        reached = 0
        for number in range(0, 56 * 60, 15):
            instant = first + timedelta(minutes=number)
            reached = max(reached, minute_of_the_wall(instant.astimezone(zone), day))
            wall.append((instant, reached))
        for start, end in (("00:00", "24:00"), ("00:30", "02:30"), ("10:00", "20:00"), ("22:15", "23:45")):
            opens, closes = (int(text[:2]) * 60 + int(text[3:]) for text in (start, end))
            salon = a_salon(timezone=name, opening_hours={weekday: [[start, end]] for weekday in WEEK})
            worked = working_time(salon, a_stylist(), day)
            for instant, shows in wall:
                started = instant.astimezone(zone).date() >= day
                expected = started and opens <= shows < closes
                found = any(stretch.start <= instant < stretch.end for stretch in worked)
                assert found == expected, (name, day, start, end, instant)


def test_a_round_the_clock_salon_works_every_instant_once():
    for name, day in change_days():
        salon = a_salon(timezone=name, opening_hours={weekday: [["00:00", "24:00"]] for weekday in WEEK})
        (today,) = working_time(salon, a_stylist(), day)
        (tomorrow,) = working_time(salon, a_stylist(), day + timedelta(days=1))
        assert today.end == tomorrow.start, (name, day)


def test_a_day_is_23_or_25_hours_long_when_the_clock_is_changed_by_one():
    salon = a_salon(timezone="America/New_York", opening_hours={weekday: [["00:00", "24:00"]] for weekday in WEEK})
    lengths = [sum(s.minutes for s in working_time(salon, a_stylist(), day)) / 60
               for day in (date(2026, 3, 7), date(2026, 3, 8), date(2026, 11, 1))]  # fmt: skip
    assert lengths == [24, 23, 25]
