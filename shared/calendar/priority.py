"""How much a gap deserves attention, 0 to 100: for people to read and lists to sort by. It decides nothing by
itself."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from shared.calendar.gap import Priority
from shared.values.stretches import Stretch, common, minutes_in
from shared.values.wall_time import instant_of

PEAK, DURATION, UTILISATION, VALUE, NEARNESS = 25, 20, 15, 20, 20
FULL_DURATION = timedelta(hours=2)
NEAR, FAR = timedelta(hours=2), timedelta(hours=72)
"""As near as it gets, and so far away that nearness adds nothing."""


@dataclass(frozen=True)
class Assessment:
    score: int
    level: Priority
    parts: dict[str, float]


def assess(
    sellable: Stretch,
    *,
    day: date,
    zone: ZoneInfo,
    peak_hours: tuple[time, time],
    utilisation: float,
    potential_revenue: Decimal,
    best_revenue: Decimal,
    now: datetime,
) -> Assessment:
    """Scores a gap. `utilisation` is the booked share of the staff member's day: an emptier day needs the sale more.
    `best_revenue` is what two hours can earn at most, the yardstick for the value."""
    peak = Stretch(*(instant_of(day, limit.hour * 60 + limit.minute, zone) for limit in peak_hours))
    length = sellable.end - sellable.start
    ahead = sellable.start - now
    parts = {
        "peak": PEAK * minutes_in(common([sellable], [peak])) / max(sellable.minutes, 1),
        "duration": DURATION * _share(length / FULL_DURATION),
        "utilisation": UTILISATION * _share(1 - utilisation),
        "value": VALUE * _share(float(potential_revenue / best_revenue) if best_revenue else 0),
        "nearness": NEARNESS * _share((FAR - ahead) / (FAR - NEAR)),
    }
    score = round(sum(parts.values()))
    return Assessment(score, level_of(score), {name: round(part, 1) for name, part in parts.items()})


def level_of(score: int) -> Priority:
    if score >= 80:
        return "critical"
    if score >= 60:
        return "high"
    return "medium" if score >= 40 else "low"


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
