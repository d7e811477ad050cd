"""The campaign of a gap: what is being done to fill it. The only place that changes a campaign's status.

    idle -> settling | running | waiting_owner -> ended;  freed time, or the owner's word, begins it again

The campaign is stored in its gap, so it moves on in the commits of the gap.
"""

from datetime import datetime
from typing import Literal

from shared.records.stored import Instant, Stored


class Campaign(Stored):
    """`round` only grows, so the ids made from it never repeat. `asked` counts the customers asked since time was last freed
    here, the first of them at `first_asked_at`. `wave` is how many offers should be out until the next round: by it an
    offer that falls away is replaced at once, and only once. `reason` says why nobody is asked at present. `arm` is whether the
    gap was held out, where a share of them is; it is drawn when the first round is considered, and stays."""

    round: int = 0
    wave: int = 0
    next_round_at: Instant | None = None
    asked: int = 0
    first_asked_at: Instant | None = None
    status: Literal["idle", "settling", "running", "waiting_owner", "ended"] = "idle"
    reason: str | None = None
    arm: Literal["treated", "held_out"] | None = None

    @property
    def undrawn(self) -> bool:
        """Whether its arm is still to be drawn: once it has begun without one, the gap belongs to no side."""
        return self.arm is None and self.round == 0

    def drawn(self, arm: Literal["treated", "held_out"]) -> "Campaign":
        """The campaign with the arm that was drawn for its gap."""
        return self.changed(arm=arm)

    def settling(self, until: datetime) -> "Campaign":
        """The campaign begun for time just freed: its first round is due at `until`, and nobody was asked for it yet."""
        return self.changed(status="settling", next_round_at=until, asked=0, first_asked_at=None, reason=None)

    def running(self, *, asked: int, next_round_at: datetime | None, now: datetime, wave: int = 0) -> "Campaign":
        """The campaign one round further, in which so many customers were asked."""
        return self.having_asked(asked, now).changed(
            status="running", round=self.round + 1, next_round_at=next_round_at, wave=wave, reason=None
        )

    def having_asked(self, customers: int, now: datetime) -> "Campaign":
        """The campaign with so many more customers asked within the round that stands."""
        first = self.first_asked_at or (now if customers else None)
        return self.changed(asked=self.asked + customers, first_asked_at=first)

    def postponed(self, until: datetime, reason: str) -> "Campaign":
        """The campaign whose round could not go out yet: a limit, quiet hours, or nobody to ask at present."""
        return self.changed(status="running", next_round_at=until, reason=reason)

    def waiting_for_owner(self, reason: str) -> "Campaign":
        return self.changed(status="waiting_owner", next_round_at=None, reason=reason)

    def ended(self, reason: str) -> "Campaign":
        return self.changed(status="ended", next_round_at=None, reason=reason)

    def idle(self) -> "Campaign":
        return self.changed(status="idle", next_round_at=None, reason=None)
