"""A day of the calendar is one of the salon's wall: from its midnight to its midnight, whatever day it is in UTC meanwhile."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from local.in_process import Suite
from local.stepped_clock import SteppedClock
from shared.records.hold_locks import person_day
from tests.stories.calendar import alerts, gaps, scan
from tests.stories.salon import ROOT, booking, cancel, offers, ours, salon
from tests.zones import AWAKE, EAST, EVERY_DAY, HALF_HOURS, MONDAY, WEST, in_each_zone, wall

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TWO_DAYS = {"gap": {"settle_seconds": 0, "horizon_days": 1}}


@in_each_zone
@pytest.mark.parametrize("clock", ["00:30", "22:00"])
def test_gaps_are_of_today_and_tomorrow_on_the_salons_wall_and_hold_no_booking(zone: ZoneInfo, clock: str) -> None:
    with salon(zone=zone, now=wall(zone, clock), waiting=0, settings=TWO_DAYS, opening_hours=EVERY_DAY) as suite:
        for hour in (0, 9, 16, 23):
            start = wall(zone, f"{hour:02}:00", MONDAY + DAY)
            suite.put(f"{ROOT}/bookings/t{hour}", booking(start))
        suite.put(f"{ROOT}/staff/zoe", {"name": "Zoe", "service_ids": ["cut"], "updated_at": suite.clock.now()})
        scan(suite)
        assert {gap["date"] for gap in gaps(suite, status="open", staff_id="zoe")} == {"2026-11-23", "2026-11-24"}
        found = gaps(suite, status="open", staff_id="mia")
        assert {gap["date"] for gap in found} == {"2026-11-23", "2026-11-24"}
        for gap in found:
            day = date.fromisoformat(gap["date"])
            assert wall(zone, "00:00", day) <= gap["start_time"] < gap["end_time"] <= wall(zone, "24:00", day)
        taken = [(each["start_time"], each["end_time"]) for each in suite.list(f"{ROOT}/bookings").values()]
        assert [gap for gap in found if any(gap["start_time"] < end and start < gap["end_time"] for start, end in taken)] == []  # fmt: skip
        free = sum((gap["end_time"] - gap["start_time"] for gap in found if gap["date"] == "2026-11-24"), timedelta())
        assert free == 20 * HOUR


@in_each_zone
@pytest.mark.parametrize("hour", [0, 4, 10, 17, 23])
def test_time_that_is_given_back_at_any_hour_is_a_gap_of_its_day(zone: ZoneInfo, hour: int) -> None:
    sunday = MONDAY - DAY
    with salon(zone=zone, now=wall(zone, "12:00", sunday), waiting=0, settings=TWO_DAYS, opening_hours=EVERY_DAY) as suite:  # fmt: skip
        whole = booking(wall(zone, "00:00"), minutes=24 * 60)
        for id in [id for id in suite.list(f"{ROOT}/bookings") if id != "b1"]:
            suite.delete(f"{ROOT}/bookings/{id}")
        start = wall(zone, f"{hour:02}:00")
        suite.put(f"{ROOT}/bookings/before", {**whole, "end_time": start})
        suite.put(f"{ROOT}/bookings/b1", booking(start))
        suite.put(f"{ROOT}/bookings/after", {**whole, "start_time": start + HOUR})
        suite.run_until_idle()
        assert gaps(suite, status="open", date="2026-11-23") == []
        cancel(suite)
        [gap] = gaps(suite, status="open", date="2026-11-23")
        assert (gap["start_time"], gap["end_time"], gap["origin"]) == (start, start + HOUR, "freed")
        assert gap["priority_parts"]["peak"] == (25 if hour in (10, 17) else 0)


@pytest.mark.parametrize(("zone", "freed"), [(EAST, "b10"), (WEST, "b17"), (HALF_HOURS, "b1")], ids=str)
@pytest.mark.parametrize(("kind", "id"), [("staff", "mia"), ("customer", "c0"), ("resource", "chair")])
def test_a_yes_waits_while_somebody_works_on_the_same_day_and_for_no_other_day(
    zone: ZoneInfo, freed: str, kind: str, id: str
) -> None:
    settings = {"gap": {"settle_seconds": 0}, "quiet_hours": AWAKE}
    with salon(zone=zone, now=wall(zone, "06:00"), waiting=1, settings=settings) as suite:
        suite.update(f"{ROOT}/services/cut", resource_ids=["chair"])
        cancel(suite, freed)
        hold(suite, kind, id, zone, MONDAY - DAY)
        hold(suite, kind, id, zone, MONDAY + DAY)
        waited = hold(suite, kind, id, zone, MONDAY)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert waited == [True] and len(ours(suite)) == 1


def hold(suite: Suite, kind: str, id: str, zone: ZoneInfo, day: date) -> list[bool]:
    """Somebody has the lock of that day, until another first waits for it. True when one has."""
    [lock] = person_day(kind, id, wall(zone, "00:00", day), wall(zone, "24:00", day), zone)
    suite.put(f"{ROOT}/{lock}", {"until": suite.clock.real() + HOUR})
    waited: list[bool] = []

    def sleep(seconds: float) -> None:
        SteppedClock.sleep(suite.clock, seconds)
        waited.append(True)
        suite.delete(f"{ROOT}/{lock}")

    suite.clock.sleep = sleep  # type: ignore[method-assign]
    return waited


@in_each_zone
def test_the_gaps_of_a_day_wait_for_who_works_on_it_and_for_nobody_of_another_day(zone: ZoneInfo) -> None:
    with salon(zone=zone, now=wall(zone, "06:00"), waiting=0) as suite:
        hold(suite, "staff", "mia", zone, MONDAY - DAY)
        hold(suite, "staff", "mia", zone, MONDAY + DAY)
        waited = hold(suite, "staff", "mia", zone, MONDAY)
        cancel(suite)
        assert waited == [True] and len(gaps(suite, status="open", origin="freed")) == 1


@in_each_zone
def test_bookings_in_a_day_off_are_handed_over_together_whatever_their_hour(zone: ZoneInfo) -> None:
    with salon(zone=zone, now=wall(zone, "06:00"), waiting=0) as suite:
        off = {"start": wall(zone, "00:00"), "end": wall(zone, "24:00")}
        suite.update(f"{ROOT}/staff/mia", time_off=[off], updated_at=suite.clock.now())
        scan(suite)
        [alert] = alerts(suite)
        assert alert == "Mia is away on 2026-11-23, and 8 bookings stand: please move or keep"


@pytest.mark.parametrize("lost", [False, True], ids=["heard", "found by the scan"])
def test_a_salon_whose_zone_was_wrong_has_the_gaps_of_the_right_one(lost: bool) -> None:
    with salon(
        zone=WEST, now=wall(WEST, "09:30"), waiting=0, opening_hours={"wed": [{"start": "10:00", "end": "18:00"}]}
    ) as suite:
        wednesday = MONDAY + 2 * DAY
        assert [gap["start_time"] for gap in gaps(suite, status="open", date="2026-11-25")] == [wall(WEST, "10:00", wednesday)]  # fmt: skip
        suite.update(ROOT, timezone=EAST.key, updated_at=suite.clock.now())
        if lost:
            suite.waiting.clear()
            suite.advance(minutes=6)
        suite.run_until_idle()
        assert [gap["start_time"] for gap in gaps(suite, status="open", date="2026-11-25")] == [wall(EAST, "10:00", wednesday)]  # fmt: skip


@in_each_zone
def test_the_owner_hears_of_what_cannot_be_used_once_a_day_of_the_salons_wall(zone: ZoneInfo) -> None:
    with salon(zone=zone, now=wall(zone, "00:10"), waiting=0) as suite:
        heard = []
        for number, clock in enumerate(["00:10", "12:30", "15:30", "23:50", "24:00"]):
            suite.clock.move_to(wall(zone, clock))
            suite.put(f"{ROOT}/bookings/broken{number}", {"staff_id": "mia", "start_time": "soon"})
            suite.run_until_idle()
            heard.append(len(alerts(suite, "broken")))
        assert heard == [1, 1, 1, 1, 2]
