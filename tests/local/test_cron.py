from datetime import UTC, datetime

import pytest

from local.cron import last_until, next_after

NOW = datetime(2026, 11, 21, 4, 13, 52, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "following", "last"),
    [
        ("* * * * *", "2026-11-21T04:14", "2026-11-21T04:13"),
        ("*/5 * * * *", "2026-11-21T04:15", "2026-11-21T04:10"),
        ("0 6 * * 1", "2026-11-23T06:00", "2026-11-16T06:00"),
        ("30 2 29 2 *", "2028-02-29T02:30", "2024-02-29T02:30"),
        ("0 0 * * 7", "2026-11-22T00:00", "2026-11-15T00:00"),
    ],
)
def test_a_schedule_is_due_at_the_times_cron_says(schedule: str, following: str, last: str) -> None:
    assert next_after(schedule, NOW) == datetime.fromisoformat(following).replace(tzinfo=UTC)
    assert last_until(schedule, NOW) == datetime.fromisoformat(last).replace(tzinfo=UTC)


def test_a_day_of_the_month_and_a_weekday_are_alternatives() -> None:
    # 21 November 2026 is a Saturday.
    assert next_after("0 0 1 * 5", NOW) == datetime(2026, 11, 27, tzinfo=UTC)
    assert next_after("0 0 23 * 5", NOW) == datetime(2026, 11, 23, tzinfo=UTC)


def test_a_due_time_is_its_own_last_and_not_its_own_next() -> None:
    due = datetime(2026, 11, 21, 4, 15, tzinfo=UTC)
    assert last_until("*/5 * * * *", due) == due
    assert next_after("*/5 * * * *", due) == datetime(2026, 11, 21, 4, 20, tzinfo=UTC)
    assert next_after("* * * * *", due) == datetime(2026, 11, 21, 4, 16, tzinfo=UTC)


@pytest.mark.parametrize("schedule", ["* * * *", "61 * * * *", "*/0 * * * *", "x * * * *", "0 0 31 2 *"])
def test_a_schedule_that_never_comes_due_is_refused(schedule: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        next_after(schedule, NOW)
