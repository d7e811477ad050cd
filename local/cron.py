"""When a schedule is due: the five fields of Cloud Scheduler, in UTC, to the minute."""

from datetime import UTC, datetime, timedelta

from cronsim import CronSim, CronSimError

MINUTE = timedelta(minutes=1)
EVERY_MINUTE = "* * * * *"


def next_after(schedule: str, instant: datetime) -> datetime:
    """The first due time later than the instant."""
    if schedule == EVERY_MINUTE:
        return instant.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE
    return _first(schedule, instant)


def last_until(schedule: str, instant: datetime) -> datetime:
    """The last due time that is not later than the instant."""
    # CronSim never returns the instant it starts from.
    return _first(schedule, instant + timedelta(microseconds=1), reverse=True)


def _first(schedule: str, instant: datetime, *, reverse: bool = False) -> datetime:
    try:
        due = next(CronSim(schedule, instant.astimezone(UTC), reverse=reverse), None)
    except CronSimError as error:
        raise ValueError(f"expected a cron schedule of five fields, found {schedule!r}: {error}") from None
    if due is None:
        raise ValueError(f"expected a schedule that comes due, found {schedule!r}")
    return due
