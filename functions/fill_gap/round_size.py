"""How many to ask: as few as reach the target, never more than the caps allow, and not all of them at once.

Early answers come early: the likeliest three often bring a yes within minutes, and then nobody else need be disappointed.
What is lost by asking the others some minutes later is counted, so the target stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from functions.fill_gap.reply_model import Awaited, disappointed, taken_within
from functions.fill_gap.settings import OfferSettings

FAR_AHEAD = timedelta(hours=24)
"""How far ahead a slot starts that is offered to one person at a time: there is time enough, and nobody need be
disappointed."""
SOLD_WITHIN = timedelta(minutes=30)
AT_ONCE, AFTERWARDS = 3 / 8, 1 / 4
"""Of the largest round: how many are asked together while nothing is out, and how many more at a time while offers are."""
UNREACHABLE = "the target is out of reach"
"""The reason why a round is smaller than its target asks for; what kept it from more follows."""
SMALL = 3
"""The size up to which a salon's rounds go out whole: a second yes among so few is rare."""


@dataclass(frozen=True)
class RoundSize:
    """`size` people make up the round, of whom `first` are asked now. `predicted` is the chance that the time is taken
    soon enough, by the offers already out, by these, or by the others when their turn comes."""

    size: int
    first: int
    predicted: float
    reasons: tuple[str, ...]


def round_size(
    ready: Sequence[float],
    *,
    out: Sequence[Awaited],
    since_first: timedelta,
    until_cut_off: timedelta,
    apart: timedelta,
    lead: timedelta,
    room: int,
    allowance: int,
    offers: OfferSettings,
) -> RoundSize:
    """How many people a round asks, and how many of them now. `ready` are the acceptance probabilities of those who may
    be asked, best first; `out` the offers still open; `since_first` how long ago the campaign's first offer went out;
    `until_cut_off` how long a yes still helps; `apart` the time between the parts of a round, none where all go at
    once; `room` and `allowance` how many the gap and the salon may still ask."""
    if apart > timedelta():
        begin, then = most_at_once(offers), _part(offers, AFTERWARDS)
    else:
        begin = then = offers.max_wave_size
    begin = then if out else begin
    horizon = _horizon(since_first, until_cut_off, timedelta(minutes=offers.round_minutes))

    def taken(size: int) -> float:
        free, at, time = 1 - taken_within(out, horizon), 0, horizon
        for part in _parts(size, begin, then):
            asked = [Awaited(probability) for probability in ready[at : at + part]]
            free *= 1 - taken_within(asked, max(time, timedelta()))
            at, time = at + part, time - apart
        return 1 - free

    caps = {
        "no more may be asked at once": offers.max_wave_size,
        "no more may be asked for this gap": room,
        "the salon's limit leaves no more": allowance,
        "nobody else can be asked": len(ready),
    }
    if lead > FAR_AHEAD:
        caps["it starts in more than 24 hours: one at a time"] = 0 if out else 1
    most = max(0, min(caps.values()))
    size = 0
    while size < most and taken(size) < offers.target_fill_probability:
        if size > 0 and disappointed([*out, *(Awaited(each) for each in ready[: size + 1])]) > offers.max_disappointed:
            caps["more would be disappointed than allowed"] = size
            break
        size += 1
    first, predicted = min(size, begin), taken(size)
    if predicted >= offers.target_fill_probability:
        return RoundSize(size, first, predicted, (f"{size} reach the target with a predicted {predicted:.2f}",))
    binding = [reason for reason, cap in caps.items() if cap <= size]
    return RoundSize(size, first, predicted, (UNREACHABLE, *binding))


def most_at_once(offers: OfferSettings) -> int:
    """How many people a round begins with at most."""
    return _part(offers, AT_ONCE)


def _part(offers: OfferSettings, share: float) -> int:
    return offers.max_wave_size if offers.max_wave_size <= SMALL else ceil(offers.max_wave_size * share)


def _horizon(since_first: timedelta, until_cut_off: timedelta, shortest: timedelta) -> timedelta:
    """The time within which the round should sell: the half hour after the campaign's first offer, and once that is
    nearly over the time until the cut-off, for which fewer need be asked."""
    left = SOLD_WITHIN - since_first
    return min(left, until_cut_off) if left >= shortest else until_cut_off


def _parts(size: int, begin: int, then: int) -> list[int]:
    """The parts in which a round of this size is asked."""
    parts = [min(size, begin)]
    while (left := size - sum(parts)) > 0:
        parts.append(min(left, then))
    return parts
