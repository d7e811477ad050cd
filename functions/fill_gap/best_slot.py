"""Where in a gap a service is best placed, with the time that is left over in mind."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from shared.calendar.gap import Gap
from shared.calendar.service import Service
from shared.calendar.service_mix import best_mix
from shared.values.stretches import Stretch

STEP = 5 * 60
QUARTER = 15 * 60
"""Seconds. Slots in freed time start in steps of five minutes from the start of what was freed, others at quarter
hours; either may also begin where the gap begins or end where it ends, so that nothing is left over there."""


def unsellable(minutes: int, services: Iterable[Service]) -> int:
    """How many minutes of a leftover are lost: all of them where no service fits into it, else none."""
    return minutes if all(service.needed_minutes > minutes for service in services) else 0


def best_slot(
    gap: Gap,
    service: Service,
    *,
    earliest_start: datetime,
    window: Stretch | None = None,
    services: Sequence[Service] = (),
    clear_of: Sequence[Stretch] = (),
) -> Stretch | None:
    """The slot in which this service is best placed in the gap, or None where it does not fit. With its buffers it lies in
    the gap and overlaps nothing of `clear_of` (rooms taken, the customer's own bookings); it starts at `earliest_start` at
    the soonest and stays within `window`.

    Of the possible slots it is one that reaches into the freed time, then the one that leaves least time over that none
    of `services` fits, then the one that takes most freed time, then the one whose leftovers can be sold best, then the
    earliest.
    """
    first = max([gap.start_time + service.buffer_before, earliest_start, *([window.start] if window else [])])
    end = min([gap.end_time - service.buffer_after, *([window.end] if window else [])])
    last = end - service.duration
    known = services or (service,)
    freed = list(gap.freed)
    # What is too soon to sell is no leftover: it is lost whatever starts when.
    free = Stretch(max(gap.start_time, gap.sellable_from), gap.end_time)

    def taken(start: datetime) -> timedelta:
        overlaps = (Stretch(start, start + service.duration).overlap(part) for part in freed)
        return sum((max(part.end - part.start, timedelta()) for part in overlaps), timedelta())

    def merit(start: datetime) -> tuple[int, timedelta, Decimal, datetime]:
        left, right = _leftovers(free, service, start)
        return (
            unsellable(left, known) + unsellable(right, known),
            -taken(start),
            -best_mix(left, known).contribution - best_mix(right, known).contribution,
            start,
        )

    starts = [
        start
        for start in _starts(gap, service, first, last)
        if not any(_with_buffers(service, start).overlaps(part) for part in clear_of)
    ]
    starts = [start for start in starts if taken(start)] or starts
    if not starts:
        return None
    start = min(starts, key=merit)
    return Stretch(start, start + service.duration)


def _with_buffers(service: Service, start: datetime) -> Stretch:
    return Stretch(start, start + service.duration).widened(service.buffer_before, service.buffer_after)


def _leftovers(free: Stretch, service: Service, start: datetime) -> tuple[int, int]:
    used = _with_buffers(service, start)
    return Stretch(free.start, used.start).minutes, Stretch(used.end, free.end).minutes


def _starts(gap: Gap, service: Service, first: datetime, last: datetime) -> list[datetime]:
    """Every start between `first` and `last` that a customer would be offered."""
    if first > last:
        return []
    low, high = first.timestamp(), last.timestamp()
    edges = [gap.start_time + service.buffer_before, gap.end_time - service.buffer_after - service.duration]
    anchors = [part.start for part in gap.freed]
    step = STEP if anchors else QUARTER
    found = {at.timestamp() for at in [*edges, *anchors] if low <= at.timestamp() <= high and at.second == 0}
    # Every zone's offset today is a multiple of 15 minutes, so quarter hours on the wall are quarter hours of UTC.
    found.update(_grid(low, high, step, anchors[0].timestamp() if anchors else 0))
    # A narrow place may hold no quarter hour.
    found.update([] if found else _grid(low, high, STEP, 0))
    return [datetime.fromtimestamp(at, UTC) for at in sorted(found)]


def _grid(low: float, high: float, step: int, anchor: float) -> list[float]:
    at = anchor + -(-(low - anchor) // step) * step
    points = []
    while at <= high:
        points.append(at)
        at += step
    return points
