"""Times on the salon's wall clock: opening hours, shifts, breaks. They become instants only on a day in a zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, model_validator

from shared.records.stored import Stored
from shared.values.stretches import Stretch

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=24 * 60 + 1)
def minutes_of(wall_time: str) -> int:
    """Minutes since 00:00 as the wall counts them. "24:00" is the end of the day, so it is 1440."""
    hours, _, minutes = wall_time.partition(":")
    if len(hours) == 2 and len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit():
        total = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and total <= 24 * 60:
            return total
    raise ValueError(f'expected a wall time "HH:MM" between "00:00" and "24:00", found {wall_time!r}')


def _wall_time(value: str) -> str:
    minutes_of(value)
    return value


def _iso_date(value: str) -> str:
    if date.fromisoformat(value).isoformat() != value:
        raise ValueError(f'expected a date "YYYY-MM-DD", found {value!r}')
    return value


WallTime = Annotated[str, AfterValidator(_wall_time)]
IsoDate = Annotated[str, AfterValidator(_iso_date)]


class WallStretch(Stored):
    """Hours within one day. A night shift is two of these, one on each day; one that ends before it starts is an error,
    because nobody knows whether it is a night shift or a typing error."""

    start: WallTime
    end: WallTime

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if minutes_of(self.start) >= minutes_of(self.end):
            raise ValueError(
                f"expected hours that end after they start (else split at 24:00), found {self.start} to {self.end}"
            )
        return self

    def on(self, day: date, zone: ZoneInfo) -> Stretch:
        """The stretch of time that these hours are on that day. It may be empty: hours that the clock skips that day do
        not happen."""
        return Stretch(
            instant_of(day, minutes_of(self.start), zone),
            instant_of(day, minutes_of(self.end), zone),
        )


def _hours(value: Any) -> Any:
    # Firestore stores no list directly inside a list, so the pair ["10:00", "20:00"] only ever comes from plain JSON.
    return {"start": value[0], "end": value[1]} if isinstance(value, list | tuple) and len(value) == 2 else value


Hours = list[Annotated[WallStretch, BeforeValidator(_hours)]]
"""Several stretches of one day, in any order. Written `{"start", "end"}`; `["10:00", "20:00"]` is read too."""

WeeklyHours = dict[Weekday, Hours]
DatedHours = dict[IsoDate, Hours]


def weekday_of(day: date) -> Weekday:
    return WEEKDAYS[day.weekday()]


@lru_cache(maxsize=4096)
def instant_of(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The first instant of that day at which the zone's clock shows this wall time or a later one.

    So a wall time that comes twice means its first coming, and one that is skipped means the jump: a salon that opens
    at 02:30 on a day without 02:30 opens when the clock jumps to 03:00.
    """
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - a wall time has no zone
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _jump(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), instant, zone)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the zone's offset changes."""
    offset = after.astimezone(zone).utcoffset()
    second = timedelta(seconds=1)
    while after - before > second:
        middle = before + (after - before) // 2 // second * second
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
