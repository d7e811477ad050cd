"""How many asks the salon's limits leave to one gap's round. When the limits are tight, time that was given back goes
before idle time, and what starts first goes first: for each gap that goes before, as many asks are kept as a round of
it begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from functions.fill_gap.round_size import most_at_once
from functions.fill_gap.settings import Settings
from shared.asking.limits import AskCounters
from shared.calendar.gap import Gap

TURN = timedelta(minutes=10)
"""How long the asks of a gap whose round is due are kept for it. A gap that is due for longer has not taken its
turn."""
WAITS = timedelta(seconds=30)
"""How long a gap that waits for its turn is put off. It keeps its own turn meanwhile."""


@dataclass(frozen=True)
class Allowance:
    """`left` asks are left in all; where that is none, some are at `again_at`. `at_once` of them may be made now,
    without those that are kept for other gaps."""

    left: int
    at_once: int
    again_at: datetime


def allowance_of(
    gap: Gap,
    others: Sequence[Gap],
    *,
    agent: str,
    counters: AskCounters,
    settings: Settings,
    now: datetime,
    zone: ZoneInfo,
) -> Allowance:
    """The asks that the limits leave to this gap's round. `others` are at least the open gaps of the salon whose next
    round fell due within the last `TURN`, or falls due within `WAITS`."""
    all_left = counters.left(agent, limits=settings.limits, now=now, zone=zone)
    left = left_to(gap, agent=agent, counters=counters, settings=settings, now=now, zone=zone)
    kept = most_at_once(settings.offers) * sum(_goes_before(other, gap, now) for other in others)
    at_once = max(0, min(left, all_left - kept))
    if gap.origin == "idle" and at_once < left:
        at_once = 0  # It is offered once: rather later than to fewer.
    return Allowance(left, at_once, counters.next_free_at(agent, limits=settings.limits, now=now, zone=zone))


def left_to(gap: Gap, *, agent: str, counters: AskCounters, settings: Settings, now: datetime, zone: ZoneInfo) -> int:
    """How many asks the limits leave to this gap, whoever else wants them."""
    left = counters.left_for_idle if gap.origin == "idle" else counters.left
    return left(agent, limits=settings.limits, now=now, zone=zone)


def _goes_before(other: Gap, gap: Gap, now: datetime) -> bool:
    """Whether the other gap has its turn and goes before this one."""
    due_since = other.campaign.next_round_at
    if other.id == gap.id or other.origin == "idle" or not other.is_open or due_since is None:
        return False
    if not now - TURN < due_since <= now + WAITS:
        return False
    return gap.origin == "idle" or (_starts(other, now), other.id) < (_starts(gap, now), gap.id)


def _starts(gap: Gap, now: datetime) -> datetime:
    """When the time of this gap that was given back starts. The gap itself may begin hours earlier, with time that
    nobody ever booked."""
    return min((part.start for part in gap.freed if part.end > now), default=gap.start_time)
