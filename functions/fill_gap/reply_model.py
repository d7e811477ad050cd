"""How people answer an offer: whether at all, and how fast. What the size of a round is computed from.

A delivered offer is accepted with the candidate's probability; the answer comes after a time that is lognormal (median 20
minutes, sigma 1.6). Figures before anything is known of a salon; see docs/performance.md for where they bind.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import erf, exp, log, sqrt

DELIVERED = 0.93
MEDIAN_REPLY = timedelta(minutes=20)
SIGMA = 1.6


def answered_within(time: timedelta) -> float:
    """P(an answer that comes at all has come by then)."""
    minutes = time / timedelta(minutes=1)
    if minutes <= 0:
        return 0.0
    return 0.5 * (1 + erf((log(minutes) - log(MEDIAN_REPLY / timedelta(minutes=1))) / (SIGMA * sqrt(2))))


@dataclass(frozen=True)
class Awaited:
    """An offer that is out, or would be. `probability` is how likely it is accepted if it is delivered, `waited` how
    long it has been out without an answer."""

    probability: float
    waited: timedelta = timedelta()

    def yes_within(self, time: timedelta) -> float:
        """P(yes within that time from now), given that nothing has been heard so far."""
        ever = self.probability * DELIVERED
        silent = 1 - ever * answered_within(self.waited)
        still = answered_within(self.waited + time) - answered_within(self.waited)
        return ever * still / silent

    @property
    def yes_ever(self) -> float:
        ever = self.probability * DELIVERED
        heard = ever * answered_within(self.waited)
        return (ever - heard) / (1 - heard)


def taken_within(offers: Iterable[Awaited], time: timedelta) -> float:
    """P(at least one of them says yes within that time)."""
    return 1 - exp(sum(log(1 - offer.yes_within(time)) for offer in offers))


def disappointed(offers: Iterable[Awaited]) -> float:
    """How many are expected to say yes to a slot that another has taken by then, if none of them is ever told."""
    chances = [offer.yes_ever for offer in offers]
    nobody = exp(sum(log(1 - chance) for chance in chances))
    return sum(chances) - (1 - nobody)
