"""What the salon's limits leave to one gap's round. Under limits, time that was given back goes before idle time, and what
starts first goes first: for each gap that goes before, as many asks are kept as a round of it makes at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.gap import Gap
from shared.domain.limits import AskCounters
from shared.domain.round_size import most_at_once
from shared.domain.settings import SalonSettings

TURN = timedelta(minutes=10)
"""A gap whose round has been due for longer has not taken its turn: nothing is kept for it any more."""
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Allowance:
    """`reason` says why there is none, and `again_at` when there may be some."""

    asks: int
    again_at: datetime
    reason: str


def allowance(
    gap: Gap,
    due: Sequence[Gap],
    *,
    agent: str,
    counters: AskCounters,
    settings: SalonSettings,
    now: datetime,
    zone: ZoneInfo,
) -> Allowance:
    """`due` are at least the salon's other open gaps whose next round fell due within the last `TURN`."""
    limits = settings.limits
    left = counters.left(agent, limits=limits, now=now, zone=zone)
    most = counters.left_for_idle(agent, limits=limits, now=now, zone=zone) if gap.origin == "idle" else left
    kept = most_at_once(settings.offers) * sum(_goes_before(other, gap, now) for other in due)
    if most > 0 and left <= kept:
        return Allowance(0, now + A_MINUTE, "what the salon's limit leaves is kept for time that goes first")
    again_at = counters.next_free_at(agent, limits=limits, now=now, zone=zone)
    return Allowance(min(most, max(0, left - kept)), again_at, "the salon's limit of asks is reached")


def _goes_before(other: Gap, gap: Gap, now: datetime) -> bool:
    since = other.campaign.next_round_at
    may_ask = other.is_open and not other.awaits_owner and other.campaign.status in ("settling", "running")
    if other.id == gap.id or other.origin == "idle" or not may_ask or since is None or not now - TURN < since <= now:
        return False
    return gap.origin == "idle" or (other.start_time, other.id) < (gap.start_time, gap.id)
