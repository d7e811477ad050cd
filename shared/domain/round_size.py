"""How many to ask at once: as few as reach the target, never more than the caps allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from shared.domain.reply_model import Awaited, disappointed, taken_within
from shared.domain.settings import OfferSettings

FAR_AHEAD = timedelta(hours=24)
"""A slot that starts later is offered to one at a time: there is time, and nobody need be disappointed."""
SOLD_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True)
class RoundSize:
    """`predicted` is P(taken within the time) with the offers already out and this round's together."""

    size: int
    predicted: float
    reasons: tuple[str, ...]

    @property
    def target_unreachable(self) -> bool:
        return "target_unreachable" in self.reasons


def round_size(
    ready: Sequence[float],
    *,
    out: Sequence[Awaited],
    since_first: timedelta,
    until_cut_off: timedelta,
    lead: timedelta,
    room: int,
    allowance: int,
    offers: OfferSettings,
) -> RoundSize:
    """`ready` are the acceptance probabilities of those who may be asked, best first; `out` the offers still open;
    `since_first` how long ago the campaign's first offer went out; `until_cut_off` how long a yes still helps; `room` and
    `allowance` what the gap and the salon may still ask."""
    horizon = min(max(SOLD_WITHIN - since_first, timedelta(minutes=offers.round_minutes)), until_cut_off)
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
    while size < most and taken_within(_with(out, ready, size), horizon) < offers.target_fill_probability:
        if size > 0 and disappointed(_with(out, ready, size + 1)) > offers.max_disappointed:
            caps["more would be disappointed than allowed"] = size
            break
        size += 1
    predicted = taken_within(_with(out, ready, size), horizon)
    if predicted >= offers.target_fill_probability:
        return RoundSize(size, predicted, (f"{size} reach the target with a predicted {predicted:.2f}",))
    binding = [reason for reason, cap in caps.items() if cap <= size]
    return RoundSize(size, predicted, ("target_unreachable", *binding))


def _with(out: Sequence[Awaited], ready: Sequence[float], size: int) -> list[Awaited]:
    return [*out, *(Awaited(probability) for probability in ready[:size])]
