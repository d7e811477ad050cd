"""Which locks a stretch of somebody's time takes."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from shared.records.hold_locks import person_day
from tests.zones import MONDAY, in_each_zone, utc_midnight, wall

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@in_each_zone
def test_a_day_is_one_lock_from_its_midnight_to_its_midnight_on_the_salons_wall(zone: ZoneInfo) -> None:
    began, turn, ended = wall(zone, "00:00"), utc_midnight(zone), wall(zone, "24:00")
    [whole] = person_day("staff", "mia", began, ended, zone)
    for start in (began, turn - SECOND, turn, ended - SECOND):
        assert person_day("staff", "mia", start, start + SECOND, zone) == [whole]
    across = person_day("staff", "mia", ended - SECOND, ended + SECOND, zone)
    assert len(across) == 2 and across[0] == whole
    assert whole not in person_day("staff", "mia", began - SECOND, began, zone)


@in_each_zone
def test_whatever_a_day_has_of_hours_it_is_one_lock(zone: ZoneInfo) -> None:
    for day in (date(2026, 9, 27), date(2026, 11, 1), date(2027, 3, 14), date(2027, 4, 4), MONDAY):
        assert len(person_day("customer", "c0", wall(zone, "00:00", day), wall(zone, "24:00", day), zone)) == 1
        assert len(person_day("customer", "c0", wall(zone, "00:00", day), wall(zone, "24:00", day + DAY), zone)) == 2


@in_each_zone
def test_other_people_and_other_days_have_other_locks(zone: ZoneInfo) -> None:
    start, end = wall(zone, "12:00"), wall(zone, "13:00")
    found = [
        person_day(kind, id, start + later, end + later, zone)
        for kind in ("staff", "customer")
        for id in ("a", "b")
        for later in (timedelta(), DAY)
    ]
    assert len({lock for locks in found for lock in locks}) == 8
