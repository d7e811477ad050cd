"""How long it takes to find the free time of a staff-day, beside `portion`, the interval library one would reach for.

python -m bench.free_time
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import portion

from shared.domain.stretches import Stretch, without

DAYS = 2000
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


def minute(number: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=number)


def staff_day(chance: random.Random) -> tuple[list[Stretch], list[Stretch]]:
    """Two working stretches around a lunch break, and a dozen bookings, some of them overlapping."""
    working = [Stretch(minute(600), minute(780)), Stretch(minute(840), minute(1200))]
    starts = [chance.randrange(600, 1200, 5) for _ in range(12)]
    return working, [Stretch(minute(start), minute(start + chance.choice([30, 45, 60, 90]))) for start in starts]


def with_portion(working: list[Stretch], occupied: list[Stretch]) -> list[Stretch]:
    def interval(stretches: list[Stretch]) -> portion.Interval:
        return portion.Interval(*(portion.closedopen(*stretch) for stretch in stretches))

    free = interval(working) - interval(occupied)
    return [Stretch(part.lower, part.upper) for part in free if not part.empty]


def timed(find: Callable[..., list[Stretch]], days: list[tuple[list[Stretch], list[Stretch]]]) -> tuple[float, object]:
    """Microseconds per day: the best of three runs."""
    best, found = float("inf"), None
    for _ in range(3):
        start = time.perf_counter()
        found = [find(*day) for day in days]
        best = min(best, time.perf_counter() - start)
    return best / len(days) * 1e6, found


def main() -> None:
    chance = random.Random(1)
    days = [staff_day(chance) for _ in range(DAYS)]
    ours, found = timed(without, days)
    theirs, expected = timed(with_portion, days)
    if found != expected:
        raise SystemExit("expected the same free time as portion finds, found another")
    print(f"free time of a staff-day: {ours:.1f} µs, portion {theirs:.1f} µs, {theirs / ours:.0f} times as long")
    if theirs < 5 * ours:
        raise SystemExit("expected to be at least 5 times as fast as portion")


if __name__ == "__main__":
    main()
