"""How often customers of this salon accept offers: by source, segment and lead time, shrunk towards the priors.

Beta-Bernoulli: a prior mean worth `PRIOR_WEIGHT` observed answers, so that ten refusals do not make a waitlist hopeless and
a hundred answers speak for themselves.
"""

from datetime import timedelta
from typing import ClassVar, Literal

from shared.records.stored import Instant, Number, Stored

PRIOR_WEIGHT = 20.0
IGNORED_FACTOR = 0.9
"""By so much each ask of the last 14 days that somebody left unanswered makes the next one less likely to be taken."""

LeadBucket = Literal["<1h", "1-3h", "3-24h", ">24h"]
LEAD_FACTOR: dict[LeadBucket, float] = {"<1h": 0.4, "1-3h": 0.8, "3-24h": 1.0, ">24h": 1.2}


def bucket(lead: timedelta) -> LeadBucket:
    hours = lead / timedelta(hours=1)
    if hours < 1:
        return "<1h"
    if hours <= 3:
        return "1-3h"
    return "3-24h" if hours <= 24 else ">24h"


class Tally(Stored):
    asked: int = 0
    accepted: int = 0


class AcceptanceRates(Stored):
    """`counters/learned`: what came of the offers that were delivered and had their time, by "source|segment|lead". Each offer
    counts once: those whose deadline was not after `counted_until` are in it."""

    path: ClassVar[str] = "counters/learned"

    tallies: dict[str, Tally] = {}
    counted_until: Instant | None = None

    def rate(self, source: str, segment: str, lead: timedelta, prior: float) -> float:
        """The posterior mean for these people at this lead time. `prior` is their rate before anything is known,
        without the lead factor."""
        at = bucket(lead)
        expected = min(prior * LEAD_FACTOR[at], 0.99)
        tally = self.tallies.get(_key(source, segment, at), Tally())
        return (expected * PRIOR_WEIGHT + tally.accepted) / (PRIOR_WEIGHT + tally.asked)

    def with_answer(self, source: str, segment: str, lead: timedelta, *, accepted: bool) -> "AcceptanceRates":
        """The rates with one more offer counted."""
        key = _key(source, segment, bucket(lead))
        tally = self.tallies.get(key, Tally())
        counted = Tally(asked=tally.asked + 1, accepted=tally.accepted + accepted)
        return self.changed(tallies={**self.tallies, key: counted})


class Odds(Stored):
    """An acceptance probability with what made it."""

    rate: Number
    ignored: int

    @property
    def probability(self) -> float:
        return min(max(self.rate * IGNORED_FACTOR**self.ignored, 0.0), 0.99)


def _key(source: str, segment: str, lead: LeadBucket) -> str:
    return f"{source}|{segment}|{lead}"
