"""What a stretch of free time is best sold as, with the remainder in mind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import gcd
from typing import NamedTuple

from shared.calendar.gap import Gap
from shared.calendar.service import Service
from shared.values.stretches import Stretch

_TABLE_STEP = 480
STEP = 5 * 60
QUARTER = 15 * 60
"""Seconds. Slots in freed time start in steps of five minutes from the start of what was freed, others at quarter
hours; either may also begin where the gap begins or end where it ends, so that nothing is left over there."""


@dataclass(frozen=True)
class Plan:
    """The set of services, longest first, that earns most in so many minutes; of equals the one that leaves least over,
    then the one with fewest visits. Minutes are counted with buffers."""

    service_ids: tuple[str, ...]
    contribution: Decimal
    revenue: Decimal
    used_minutes: int


class _Item(NamedTuple):
    minutes: int
    contribution: Decimal
    price: Decimal
    id: str


class _Cell(NamedTuple):
    """The best for this many grid steps. The first three are the order of merit."""

    contribution: Decimal
    used: int
    fewness: int
    item: _Item | None
    rest: int


def contribution(service: Service) -> Decimal:
    return service.price * Decimal(str(service.margin))


def best_plan(minutes: int, services: Iterable[Service]) -> Plan:
    items = _items(services)
    if not items or minutes <= 0:
        return Plan((), Decimal(0), Decimal(0), 0)
    table, grid = _table(items, -(-minutes // _TABLE_STEP) * _TABLE_STEP)
    cell = table[minutes // grid]
    best, chosen = cell, []
    while cell.item is not None:
        chosen.append(cell.item)
        cell = table[cell.rest]
    chosen.sort(key=lambda item: (-item.minutes, item.id))
    revenue = sum((item.price for item in chosen), Decimal(0))
    return Plan(tuple(item.id for item in chosen), best.contribution, revenue, best.used * grid)


def unsellable(minutes: int, services: Iterable[Service]) -> int:
    """So much of a leftover of this length that no service fits: all of it or nothing."""
    return minutes if all(service.needed_minutes > minutes for service in services) else 0


def slot_at(
    gap: Gap,
    service: Service,
    *,
    earliest_start: datetime,
    window: Stretch | None = None,
    services: Sequence[Service] = (),
    clear_of: Sequence[Stretch] = (),
) -> Stretch | None:
    """When this service would best start in the gap, or None where it does not fit. The slot with its buffers is
    contained in the gap and overlaps nothing of `clear_of` (rooms taken, the customer's own bookings); the slot
    itself starts at `earliest_start` at the soonest and stays within `window`.

    Of the possible starts: one that reaches into the freed time, then the least time left over that none of `services`
    fits, then the most freed time taken, then the leftovers that can be sold best, then the earliest.
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
        return sum((part.end - part.start for part in overlaps if part.start < part.end), timedelta())

    def merit(start: datetime) -> tuple[int, timedelta, Decimal, datetime]:
        left, right = _leftovers(free, service, start)
        return (
            unsellable(left, known) + unsellable(right, known),
            -taken(start),
            -best_plan(left, known).contribution - best_plan(right, known).contribution,
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
    """Every start between the two that a customer would be offered."""
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


def _items(services: Iterable[Service]) -> tuple[_Item, ...]:
    found = {_Item(s.needed_minutes, contribution(s), s.price, s.id) for s in services}
    return tuple(sorted(found, key=lambda item: item.id))


@lru_cache(maxsize=256)
def _table(items: tuple[_Item, ...], minutes: int) -> tuple[list[_Cell], int]:
    """Best plans for 0, 1, 2, ... grid steps, the grid being the largest that all services are multiples of. The
    order of merit adds up over services, so the best for a length is its best last service plus the best for the
    rest."""
    grid = gcd(*(item.minutes for item in items))
    table = [_Cell(Decimal(0), 0, 0, None, 0)]
    for length in range(1, minutes // grid + 1):
        best = table[-1]
        for item in items:
            rest = length - item.minutes // grid
            if rest >= 0:
                before = table[rest]
                merit = (
                    before.contribution + item.contribution,
                    before.used + item.minutes // grid,
                    before.fewness - 1,
                )
                if merit > best[:3]:
                    best = _Cell(*merit, item, rest)
        table.append(best)
    return table, grid
