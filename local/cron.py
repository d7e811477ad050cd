"""When a cron schedule is due: the five fields of Cloud Scheduler, in UTC, to the minute."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

MINUTE = timedelta(minutes=1)
EVERY_MINUTE = "* * * * *"
LONGEST_GAP = timedelta(days=366 * 5)
"""A schedule that names 29 February comes round within this."""

_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def next_after(schedule: str, instant: datetime) -> datetime:
    """The first due time later than the instant."""
    return _search(schedule, _whole_minute(instant) + MINUTE, forward=True)


def last_until(schedule: str, instant: datetime) -> datetime:
    """The last due time that is not later than the instant."""
    return _search(schedule, _whole_minute(instant), forward=False)


def _search(schedule: str, start: datetime, *, forward: bool) -> datetime:
    minutes, hours, days, months, weekdays = _parsed(schedule)
    # As in cron: where both the day and the weekday are named, either will do.
    both = "*" not in (schedule.split()[2][0], schedule.split()[4][0])
    moment = start
    while abs(moment - start) <= LONGEST_GAP:
        day, weekday = moment.day in days, moment.isoweekday() % 7 in weekdays
        if moment.month not in months or not (day or weekday if both else day and weekday):
            midnight = moment.replace(hour=0, minute=0)
            moment = midnight + timedelta(days=1) if forward else midnight - MINUTE
        elif moment.hour not in hours:
            hour = moment.replace(minute=0)
            moment = hour + timedelta(hours=1) if forward else hour - MINUTE
        elif moment.minute not in minutes:
            moment += MINUTE if forward else -MINUTE
        else:
            return moment
    raise ValueError(f"expected a schedule that comes due within five years, found {schedule!r}")


@lru_cache
def _parsed(schedule: str) -> tuple[frozenset[int], ...]:
    fields = schedule.split()
    if len(fields) != len(_RANGES):
        raise ValueError(f"expected a schedule of five fields, found {schedule!r}")
    minutes, hours, days, months, weekdays = (
        frozenset(value for part in field.split(",") for value in _values(part, low, high, schedule))
        for field, (low, high) in zip(fields, _RANGES, strict=True)
    )
    return minutes, hours, days, months, frozenset(weekday % 7 for weekday in weekdays)


def _values(part: str, low: int, high: int, schedule: str) -> range:
    span, _, step = part.partition("/")
    first, _, last = span.partition("-")
    try:
        start = low if first == "*" else int(first)
        end = int(last) if last else high if first == "*" or step else start
        values = range(start, end + 1, int(step or 1))
    except ValueError:
        raise ValueError(f"expected numbers, *, a-b, or /n, found {part!r} in schedule {schedule!r}") from None
    if not values or start < low or end > high:
        raise ValueError(f"expected values between {low} and {high}, found {part!r} in schedule {schedule!r}")
    return values


def _whole_minute(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(second=0, microsecond=0)
