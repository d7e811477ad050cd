"""One booking event: which staff-days it makes anybody look at, what is announced, what raises an alert."""

from datetime import timedelta
from typing import Any

import pytest

from local.in_process import Suite
from tests.stories.calendar import ROOT, alerts, at, booked, cancelled, free, gaps, moved, open_calendar, records, write
from tests.stories.salon import NOW, booking


def announced(suite: Suite, booking_id: str) -> list[str]:
    found = records(suite, resource_type="booking", resource_id=booking_id)
    return sorted(record["announces"] for record in found if str(record["announces"]).startswith("BOOKING_"))


@pytest.mark.parametrize(
    ("change", "event"),
    [
        ({"status": "cancelled"}, "BOOKING_CANCELLED"),
        ({"status": "completed"}, "BOOKING_COMPLETED"),
        ({"status": "no_show"}, "BOOKING_NO_SHOW"),
        ({"staff_id": "zoe"}, "BOOKING_RESCHEDULED"),
        ({"end_time": at(14, 15)}, "BOOKING_RESCHEDULED"),
    ],
)
def test_what_happens_to_a_booking_is_announced_once(change: dict[str, Any], event: str) -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        write(suite, "b1", **change)
        suite.run_until_idle()
        assert announced(suite, "b1") == sorted(["BOOKING_CREATED", event])


def test_a_note_or_a_price_announces_nothing_and_looks_at_nothing() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        count = len(records(suite))
        write(suite, "b1", note="prefers tea", price=60)
        suite.run_until_idle()
        assert len(records(suite)) == count


def test_a_reschedule_across_staff_frees_the_one_day_and_fills_the_other() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        moved(suite, "b1", at(12), staff_id="zoe")
        suite.run_until_idle()
        assert free(suite, date="2026-11-23") == [
            ("zoe", "23 10:00", "23 11:00", "idle"),
            ("mia", "23 13:00", "23 14:00", "freed"),
            ("zoe", "23 13:00", "23 14:00", "idle"),
            ("zoe", "23 15:00", "23 16:00", "idle"),
            ("zoe", "23 17:00", "23 18:00", "idle"),
        ]


def test_a_reschedule_to_another_day_changes_both_days() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        moved(suite, "b1", at(13) + timedelta(days=7))
        suite.run_until_idle()
        assert [gap[1:] for gap in free(suite, staff_id="mia")][:3] == [
            ("23 13:00", "23 14:00", "freed"),
            ("30 10:00", "30 13:00", "idle"),
            ("30 14:00", "30 18:00", "idle"),
        ]


def test_a_booking_over_midnight_takes_time_of_both_days() -> None:
    nights = {"mon": [{"start": "18:00", "end": "24:00"}], "tue": [{"start": "00:00", "end": "06:00"}]}
    with Suite(now=NOW) as suite:
        open_calendar(suite, opening_hours=nights)
        booked(suite, "late", at(22), 4 * 60, staff_id="zoe")
        suite.run_until_idle()
        assert [gap[1:3] for gap in free(suite, staff_id="zoe")][:2] == [
            ("23 18:00", "23 22:00"),
            ("24 02:00", "24 06:00"),
        ]


def test_the_buffer_of_tomorrows_first_booking_takes_time_of_today() -> None:
    around = {day: [{"start": "00:00", "end": "24:00"}] for day in ("mon", "tue")}
    with Suite(now=NOW) as suite:
        open_calendar(suite, opening_hours=around)
        suite.put(
            f"{ROOT}/services/dye",
            {"name": "Dye", "duration_minutes": 60, "price": 9, "buffer_before_minutes": 30, "updated_at": NOW},
        )
        booked(suite, "early", at(0, 10) + timedelta(days=1), staff_id="zoe", service_ids=["dye"])
        suite.run_until_idle()
        assert [gap[2] for gap in free(suite, staff_id="zoe", date="2026-11-23")][-1] == "23 23:40"


def test_a_booking_over_our_sale_raises_an_alert_once_whichever_is_looked_at() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        cancelled(suite, "b1")
        suite.run_until_idle()
        suite.reply(next(m for m in suite.outbox.messages if m.purpose == "slot_offer"), button=0)
        suite.run_until_idle()
        booked(suite, "over", at(13, 30))
        suite.run_until_idle()
        write(suite, "over", price=70, service_ids=[])
        [ours] = [id for id, found in suite.list(f"{ROOT}/bookings").items() if found["source"] == "smart_fill"]
        write(suite, ours, service_ids=["cut", "cut"])
        suite.run_until_idle()
        suite.advance(hours=1)
        assert alerts(suite, "overlaps a sale of ours") == ["a booking overlaps a sale of ours"]


def test_two_bookings_of_the_app_at_one_time_are_a_fact_and_no_alert() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        booked(suite, "over", at(13, 30))
        suite.run_until_idle()
        assert alerts(suite) == []


def test_a_booking_written_into_time_off_is_handed_to_the_owner() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.update(f"{ROOT}/staff/zoe", time_off=[{"start": at(12), "end": at(13)}], updated_at=NOW)
        booked(suite, "n1", at(12), staff_id="zoe")
        suite.run_until_idle()
        assert alerts(suite) == ["Zoe is away on 2026-11-23, and a booking stands: please move or keep"]


def test_a_booking_outside_the_horizon_makes_no_gap() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        count = len(gaps(suite))
        booked(suite, "far", at(12) + timedelta(days=28))
        booked(suite, "past", at(12) - timedelta(days=7))
        suite.run_until_idle()
        assert len(gaps(suite)) == count and announced(suite, "far") == ["BOOKING_CREATED"]


def test_a_booking_of_a_salon_that_is_not_there_yet_is_neither_announced_nor_lost() -> None:
    with Suite(now=NOW) as suite:
        suite.put(f"{ROOT}/bookings/early", booking(at(12), staff_id="zoe"))
        suite.run_until_idle()
        assert records(suite) == [] and suite.failures == []
        open_calendar(suite)
        assert [gap[1:3] for gap in free(suite, date="2026-11-23")] == [
            ("23 10:00", "23 11:00"),
            ("23 13:00", "23 14:00"),
            ("23 15:00", "23 16:00"),
            ("23 17:00", "23 18:00"),
        ]
