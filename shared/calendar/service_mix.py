"""The mix of services that earns most in a stretch of free time: a knapsack, solved for every length at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import gcd
from typing import NamedTuple

from shared.calendar.service import Service

_TABLE_STEP = 480


@dataclass(frozen=True)
class Mix:
    """Services, longest first; one may be in it several times. Minutes are counted with buffers."""

    service_ids: tuple[str, ...]
    contribution: Decimal
    revenue: Decimal
    minutes_used: int


class _Item(NamedTuple):
    minutes: int
    contribution: Decimal
    price: Decimal
    id: str


class _Cell(NamedTuple):
    """The best mix for this many grid steps, as its last service and what is left for the others. Cells are compared by their
    first three fields."""

    contribution: Decimal
    used: int
    fewness: int
    item: _Item | None
    rest: int


def contribution(service: Service) -> Decimal:
    """What the service earns: its price without its costs."""
    return service.price * Decimal(str(service.margin))


def best_mix(minutes: int, services: Iterable[Service]) -> Mix:
    """The mix of these services that earns most in so many minutes. Of equals it is the one that leaves least time over, then
    the one with the fewest visits."""
    items = _items(services)
    if not items or minutes <= 0:
        return Mix((), Decimal(0), Decimal(0), 0)
    table, grid = _table(items, -(-minutes // _TABLE_STEP) * _TABLE_STEP)
    cell = table[minutes // grid]
    best, chosen = cell, []
    while cell.item is not None:
        chosen.append(cell.item)
        cell = table[cell.rest]
    chosen.sort(key=lambda item: (-item.minutes, item.id))
    revenue = sum((item.price for item in chosen), Decimal(0))
    return Mix(tuple(item.id for item in chosen), best.contribution, revenue, best.used * grid)


def _items(services: Iterable[Service]) -> tuple[_Item, ...]:
    found = {_Item(s.needed_minutes, contribution(s), s.price, s.id) for s in services}
    return tuple(sorted(found, key=lambda item: item.id))


@lru_cache(maxsize=256)
def _table(items: tuple[_Item, ...], minutes: int) -> tuple[list[_Cell], int]:
    """The best mixes for 0, 1, 2, ... grid steps, and the minutes of a step: the most that all services are multiples of.
    What cells are compared by adds up over services, so the best mix for a length is its best last service with the best
    mix for the rest."""
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
