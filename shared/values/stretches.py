"""Stretches of time and their algebra: half-open, sorted, in linear sweeps. Touching is not overlapping."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, InstanceOf, PlainSerializer, TypeAdapter

from shared.records.stored import Instant


class Stretch(NamedTuple):
    """From `start` up to but not including `end`; empty when it does not end after it starts."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        """The whole minutes in it. What is left of the last minute is nothing that can be sold."""
        return (self.end - self.start) // timedelta(minutes=1)

    def overlaps(self, other: "Stretch") -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Stretch") -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: "Stretch") -> "Stretch":
        """The time that both share; empty when they share none."""
        return Stretch(max(self.start, other.start), min(self.end, other.end))

    def widened(self, before: timedelta, after: timedelta) -> "Stretch":
        """The stretch with so much more time before and after it."""
        return Stretch(self.start - before, self.end + after)


_instant: TypeAdapter[datetime] = TypeAdapter(Instant)


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    found = Stretch(
        _instant.validate_python(value.get("start"), strict=True),
        _instant.validate_python(value.get("end"), strict=True),
    )
    if found.start >= found.end:
        raise ValueError(f"expected a stretch that ends after it starts, found {found.start} to {found.end}")
    return found


StoredStretch = Annotated[InstanceOf[Stretch], BeforeValidator(_read), PlainSerializer(lambda value: value._asdict())]
"""A stretch as a field of a stored document: `{"start", "end"}`."""


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time as sorted stretches that neither overlap nor touch; empty ones are gone."""
    whole: list[Stretch] = []
    start: datetime | None = None
    end: datetime | None = None
    for next_start, next_end in sorted(stretches):
        if next_start >= next_end:
            continue
        if end is None or start is None:
            start, end = next_start, next_end
        elif next_start > end:
            whole.append(Stretch(start, end))
            start, end = next_start, next_end
        elif next_end > end:
            end = next_end
    if start is not None and end is not None:
        whole.append(Stretch(start, end))
    return whole


def without(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """What remains of the first when the second is taken away: free time is `without(working, occupied)`."""
    holes = merged(taken)
    if not holes:
        return merged(stretches)
    count = len(holes)
    remaining: list[Stretch] = []
    at = 0
    for start, end in merged(stretches):
        while at < count and holes[at][1] <= start:
            at += 1
        # `at` is not moved here: a hole may reach into the next stretch.
        hole = at
        while hole < count and holes[hole][0] < end:
            hole_start, hole_end = holes[hole]
            if start < hole_start:
                remaining.append(Stretch(start, hole_start))
            start = hole_end
            hole += 1
        if start < end:
            remaining.append(Stretch(start, end))
    return remaining


def common(one: Iterable[Stretch], other: Iterable[Stretch]) -> list[Stretch]:
    """The time that is in both."""
    left, right = merged(one), merged(other)
    shared: list[Stretch] = []
    i = j = 0
    while i < len(left) and j < len(right):
        overlap = left[i].overlap(right[j])
        if overlap.start < overlap.end:
            shared.append(overlap)
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return shared


def minutes_in(stretches: Sequence[Stretch]) -> int:
    """The minutes of all of them together."""
    return sum(stretch.minutes for stretch in stretches)
