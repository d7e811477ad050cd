"""How the people of a study answer. Every draw is a hash of the seed, the person and the time that was given back, so the
same person answers the same offer alike whichever policy makes it; only the number of offers they ignored of late, and how
soon it starts, move the chance itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from local import customers
from local.customers import Circumstance, Draws, Reaction
from shared.asking.acceptance_rates import IGNORED_FACTOR
from shared.salon.salon import Salon

Assumption = Literal["low", "base", "high"]

ACCEPTS: dict[Assumption, dict[Circumstance, float]] = {
    "low": {
        "waits_for_this": 0.15,
        "waits_for_other": 0.07,
        "booked_later": 0.06,
        "due_again": 0.04,
        "other": 0.01,
    },
    "base": customers.ACCEPTS,
    "high": {
        "waits_for_this": 0.40,
        "waits_for_other": 0.20,
        "booked_later": 0.16,
        "due_again": 0.15,
        "other": 0.04,
    },
}
"""P(yes | delivered) for a time that starts in 3 to 24 hours."""


@dataclass(frozen=True)
class People:
    seed: int
    assumption: Assumption
    salon: Salon

    def react(
        self,
        *,
        customer_id: str,
        about: str,
        circumstance: Circumstance,
        purpose: Literal["marketing", "service"],
        ignored: int,
        sent_at: datetime,
        starts_at: datetime,
    ) -> Reaction:
        draws = Draws(self.seed, f"{customer_id} {about}")
        if draws.uniform("delivered") >= customers.DELIVERED:
            reported = sent_at + draws.between("undelivered", timedelta(seconds=20), timedelta(minutes=3))
            return Reaction(False, reported)
        lead = starts_at - sent_at
        yes = ACCEPTS[self.assumption][circumstance] * customers.lead_factor(lead) * IGNORED_FACTOR**ignored
        answers_at = customers.awake(
            sent_at + customers.reply_time(draws.uniform("reply time"), purpose), draws, self.salon.zone
        )
        drawn = draws.uniform("answer")
        if answers_at >= starts_at:
            return Reaction(True, sent_at)
        if drawn < yes:
            return Reaction(True, sent_at, None, "accept", answers_at)
        # From the other end, so that a readier person does not become one who declines.
        if drawn > 1 - customers.OPTS_OUT[purpose]:
            return Reaction(True, sent_at, None, "opt_out", answers_at)
        if drawn > 1 - customers.OPTS_OUT[purpose] - customers.DECLINES:
            return Reaction(True, sent_at, None, "decline", answers_at)
        return Reaction(True, sent_at)
