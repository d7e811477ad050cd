"""What to do next about a gap: wait, ask, or leave it. And how many to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.candidates import Candidate
from shared.domain.gap import Gap
from shared.domain.salon import Salon
from shared.domain.settings import SalonSettings

PAUSED_RETRY = timedelta(minutes=15)
NOBODY_RETRY = timedelta(minutes=30)
"""Limits, quiet hours and visits change; a gap that found nobody looks again."""


@dataclass(frozen=True)
class Leave:
    """Nothing to do now, and nothing to write."""

    reason: str


@dataclass(frozen=True)
class Wait:
    until: datetime
    reason: str


@dataclass(frozen=True)
class End:
    reason: str


@dataclass(frozen=True)
class Ask:
    """Time for a round; `room` is how many more customers this gap may ask."""

    room: int


Step = Leave | Wait | End | Ask


def next_step(gap: Gap, *, salon: Salon, settings: SalonSettings, open_offers: int, now: datetime) -> Step:
    campaign = gap.campaign
    if not gap.is_open:
        return Leave(f"the gap is {gap.status}")
    if gap.awaits_owner or campaign.status == "waiting_owner":
        return Leave("it waits for the owner's word")
    if gap.origin == "idle":
        return Leave("idle time is stored, not offered")
    if campaign.status == "ended":
        return Leave(f"its campaign has ended: {campaign.reason}")
    if salon.status == "paused":
        return Wait(now + PAUSED_RETRY, "the salon is paused")
    if settings.autonomy.gap_fill != "full_auto":
        return End("the salon lets nobody be asked without its word")
    if campaign.status == "settling" and campaign.next_round_at and now < campaign.next_round_at:
        return Leave("people may still re-book")
    if campaign.asked >= settings.offers.max_asks_per_gap:
        # Open offers may still be answered; nobody new is asked.
        return End("as many customers were asked as one gap may ask")
    due = campaign.next_round_at is None or now >= campaign.next_round_at
    if campaign.round > 0 and not due and open_offers:
        return Leave("the round is still open")
    if campaign.reason is not None and not due:
        return Leave(campaign.reason)
    return Ask(room=settings.offers.max_asks_per_gap - campaign.asked)


@dataclass(frozen=True)
class Round:
    """`chosen` are asked now; the next round may follow at `next_at`."""

    chosen: tuple[Candidate, ...]
    next_at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class NoRound:
    retry_at: datetime
    kind: Literal["no_candidates", "limit_reached"]
    reason: str


def plan_round(
    candidates: Sequence[Candidate], *, room: int, allowance: int, allowance_again_at: datetime, settings: SalonSettings,
    now: datetime,
) -> Round | NoRound:  # fmt: skip
    """Who is asked together. `candidates` come best first; `allowance` is what the salon's limits leave."""
    ready = one_each([candidate for candidate in candidates if candidate.excluded is None])
    if not ready:
        return NoRound(now + NOBODY_RETRY, "no_candidates", "nobody to ask at present")
    if allowance <= 0:
        return NoRound(allowance_again_at, "limit_reached", "the salon's limit of asks is reached")
    size = min(settings.offers.max_wave_size, room, allowance, len(ready))
    reasons = [f"{len(ready)} of {len(candidates)} could be asked, {size} are"]
    if size == allowance < min(settings.offers.max_wave_size, room, len(ready)):
        reasons.append("the salon's limit leaves no more")
    return Round(tuple(ready[:size]), now + timedelta(minutes=settings.offers.round_minutes), tuple(reasons))


def one_each(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The first of those who share an address: one person may be several customers, and hears of a time once."""
    first: dict[str | None, Candidate] = {}
    for candidate in candidates:
        first.setdefault(candidate.prospect.customer.phone, candidate)
    return list(first.values())
