"""When the promotional asks of an agent pause by themselves: by how people react to the last ones.

A decline is the answer that an offer invites, and about one in ten gives it; an opt-out, or WhatsApp's refusal to bring a
person more marketing, is an objection. So declines only count beyond what no honest campaign reaches.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from shared.asking.outreach import Outreach
from shared.records.stored import Instant, Stored

LAST_SENDS = 50
BAD_SHARE = 0.05
"""The share of `LAST_SENDS` above which objections pause them, however few were sent so far: two strangers' STOPs pause
nothing, and three do."""
USUAL_DECLINES = 0.25
"""The share of declines that no honest campaign exceeds. Only what is above it counts as objections; usual is a tenth."""
PAUSE = timedelta(days=7)
TOO_MUCH_MARKETING = 63049
"""WhatsApp's code for a person whom it brings no more marketing at present."""

Reaction = Literal["opted_out", "limited", "declined"]


class PromotionPause(Stored):
    """The pause of an agent's promotional asks, if there is or was one. They go on by themselves at `paused_until`; from then,
    or from `counted_from` if the owner ended the pause, reactions are counted anew."""

    paused_at: Instant | None = None
    paused_until: Instant | None = None
    reason: str | None = None
    counted_from: Instant | None = None

    def stopped(self, now: datetime) -> str | None:
        """Why no promotional ask may be made now, or None."""
        return self.reason if self.paused_until is not None and now < self.paused_until else None

    def counts_from(self, now: datetime) -> datetime | None:
        ends = [at for at in (self.paused_until, self.counted_from) if at is not None and at <= now]
        return max(ends, default=None)


def reactions(sends: Sequence[Outreach], withdrawals: Mapping[str, datetime]) -> list[Reaction]:
    """The reactions to these asks, each person's opt-out once. `withdrawals` are when customers last withdrew consent: a STOP
    that comes after its offer has ended is a reaction too."""
    found: list[Reaction] = []
    gone: set[str] = set()
    for send in sorted(sends, key=lambda send: send.created_at, reverse=True):
        customer = send.customer_id
        withdrew = withdrawals.get(customer)
        later = withdrew is not None and withdrew >= send.created_at
        if customer not in gone and (later or send.response.action == "opted_out"):
            gone.add(customer)
            found.append("opted_out")
        elif str(TOO_MUCH_MARKETING) in (send.delivery.error, send.delivery.former_error):
            found.append("limited")
        elif send.response.action == "declined":
            found.append("declined")
    return found


def objection(found: Sequence[Reaction], *, sends: int) -> str | None:
    """Says to the owner why promotional asks must pause, or None while they may go on."""
    counts = {kind: sum(each == kind for each in found) for kind in ("opted_out", "limited", "declined")}
    unusual = max(0.0, counts["declined"] - USUAL_DECLINES * sends)
    if counts["opted_out"] + counts["limited"] + unusual <= BAD_SHARE * LAST_SENDS:
        return None
    return (
        f"of the last {sends} promotional messages {counts['opted_out']} led to an opt-out, {counts['limited']} were "
        f"stopped by WhatsApp as too much marketing, {counts['declined']} were declined"
    )
