"""Whom a round of a gap asks, how many together, and when the next one is due; or why nobody is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from functions.fill_gap.allowance import WAITS, Allowance
from functions.fill_gap.candidates import Candidate
from functions.fill_gap.next_step import Ask
from functions.fill_gap.reply_model import Awaited
from functions.fill_gap.round_size import round_size
from functions.fill_gap.settings import Settings
from shared.calendar.campaign import Campaign

SHORTEST_PAUSE = timedelta(minutes=2)
NOBODY_RETRY = timedelta(minutes=30)
LONGEST_RETRY = timedelta(hours=6)
"""A gap for which nobody was found looks again after a time between these: limits, quiet hours and visits change."""


@dataclass(frozen=True)
class Round:
    """`chosen` are asked now, and the owner is asked about all of `supervised` in one question. The next round may follow at `next_at`. `predicted`
    is the chance that one of them takes the time."""

    chosen: tuple[Candidate, ...]
    supervised: tuple[Candidate, ...]
    wave: int
    next_at: datetime
    predicted: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class NoRound:
    """Nobody is asked now; the gap is looked at again at `retry_at`."""

    retry_at: datetime
    kind: Literal["no_candidates", "limit_reached", "waits_its_turn", "enough_asked", "held_out"]
    reason: str


@dataclass(frozen=True)
class RoundConditions:
    """What the size of a round depends on besides its candidates. `awaited` are the offers still out."""

    awaited: tuple[Awaited, ...]
    allowance: Allowance
    lead: timedelta = timedelta()
    """Until the free time is over."""


def plan_round(
    candidates: Sequence[Candidate],
    step: Ask,
    conditions: RoundConditions,
    *,
    campaign: Campaign,
    settings: Settings,
    now: datetime,
) -> Round | NoRound:
    """Chooses who is asked together, or says why nobody is. `candidates` come best first, as `judged` orders them."""
    ready = one_each([candidate for candidate in candidates if candidate.excluded is None])
    alone = [candidate for candidate in ready if candidate.autonomy and candidate.autonomy.level == "full_auto"]
    with_word = [candidate for candidate in ready if candidate.autonomy and candidate.autonomy.level == "supervised"]
    if not alone and not with_word:
        waking = [candidate.asleep_until for candidate in candidates if candidate.asleep_until is not None]
        retry_at = min([now + nobody_retry(conditions.lead), *waking])
        return NoRound(retry_at, "no_candidates", "nobody to ask at present")
    allowance = conditions.allowance
    if allowance.left <= 0:
        return NoRound(allowance.again_at, "limit_reached", "the salon's limit of asks is reached")
    if allowance.at_once <= 0:
        return NoRound(now + WAITS, "waits_its_turn", "what the salon's limit leaves is kept for time that goes first")
    starts = min(candidate.slot.start for candidate in ready if candidate.slot is not None)
    until_cut_off = max(starts - timedelta(minutes=settings.gap.minimum_notice_minutes) - now, timedelta(minutes=1))
    pause = _pause(until_cut_off, settings)
    # What fell away is made up for at once, and what the owner allows is done at once.
    apart = timedelta() if step.top_up or step.whole or not alone else max(pause / 2, SHORTEST_PAUSE)
    sized = round_size(
        [candidate.probability for candidate in alone or with_word],
        out=conditions.awaited,
        since_first=now - campaign.first_asked_at if campaign.first_asked_at else timedelta(),
        until_cut_off=until_cut_off,
        apart=apart,
        lead=starts - now,
        room=step.room,
        allowance=allowance.left,
        offers=settings.offers,
    )
    chosen = tuple(alone[: min(sized.first, allowance.at_once)])
    later = sized.size - len(chosen) if alone else 0
    next_at = now + (apart if later else pause)
    if step.top_up and campaign.next_round_at:
        next_at = campaign.next_round_at
    # Where some need the owner's word it is asked for one of them, and the round goes on meanwhile; where all do, for the round.
    spare = min(step.room, allowance.at_once) - len(chosen)
    supervised = tuple(with_word[: min(1 if alone else sized.size, max(spare, 0))]) if not step.top_up else ()
    if not chosen and not supervised:
        # An offer that falls away is replaced at once; until then there is nothing to look for.
        waits = timedelta(minutes=settings.offers.response_deadline_minutes)
        return NoRound(
            max(next_at, now + min(waits, until_cut_off / 4)),
            "enough_asked",
            "the offers that are out may still be taken",
        )
    held_back = len(chosen) < sized.first if alone else len(supervised) < sized.size
    reasons = (
        f"{len(ready)} of {len(candidates)} could be asked, {len(chosen)} are",
        f"predicted chance that the time is taken: {sized.predicted:.2f}",
        *(
            (f"{later} more after {apart / timedelta(minutes=1):.0f} minutes, if it is still free",)
            if later and apart
            else ()
        ),
        *(("the rest of what the limit leaves is kept for time that goes first",) if held_back else ()),
        *sized.reasons,
        *((f"the owner is asked about {_how_many(supervised)}",) if supervised else ()),
    )
    wave = campaign.wave if step.top_up else len(conditions.awaited) + len(chosen)
    return Round(chosen, supervised, wave, next_at, sized.predicted, reasons)


def _how_many(supervised: Sequence[Candidate]) -> str:
    return "one more" if len(supervised) == 1 else f"{len(supervised)} together"


def without_round(campaign: Campaign, plan: NoRound, step: Ask, *, open_offers: int) -> Campaign:
    """The campaign as it goes on when this round did not go out."""
    if plan.kind == "waits_its_turn":
        return campaign.postponed(plan.retry_at, plan.reason)
    if step.whole:
        # Looked at again when it changes and by no clock: most idle time finds nobody.
        return campaign.idle()
    if step.top_up:
        # The offer that fell away cannot be replaced: the wave is smaller from now on.
        return campaign.changed(wave=open_offers)
    if plan.kind == "enough_asked":
        # No reason to wait for: should one of the offers fall away, it is made up for at once.
        return campaign.changed(wave=open_offers, next_round_at=plan.retry_at)
    return campaign.postponed(plan.retry_at, plan.reason)


def nobody_retry(lead: timedelta) -> timedelta:
    """How long a gap for which nobody was found is left alone: hours for a time that is days away, less the nearer it is."""
    return min(max(lead / 6, NOBODY_RETRY), LONGEST_RETRY)


def _pause(until_cut_off: timedelta, settings: Settings) -> timedelta:
    """How long until the next round: shorter as the start approaches, so that there still is a next one."""
    usual = timedelta(minutes=settings.offers.round_minutes)
    return max(min(usual, until_cut_off / 4), SHORTEST_PAUSE)


def for_idle_time(candidates: Sequence[Candidate], settings: Settings) -> list[Candidate]:
    """Excludes from idle time all who did not name it as the time they want, unless the salon offers it to everybody: time
    that nobody ever booked is worth no promotion by itself."""
    if settings.gap.fill_idle == "all":
        return list(candidates)
    return [
        candidate
        if candidate.excluded or (candidate.prospect.source == "waitlist_exact" and candidate.prospect.windows)
        else candidate.out("idle time is only offered to who waits for exactly it")
        for candidate in candidates
    ]


def one_each(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Keeps the first candidate of each address: one person may be several customers, and hears of a time once."""
    first: dict[str | None, Candidate] = {}
    for candidate in candidates:
        first.setdefault(candidate.prospect.customer.address, candidate)
    return list(first.values())
