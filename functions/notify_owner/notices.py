"""When an owner is told, and in what company: at once, or in one message with everything else.

What happens in their quiet hours waits for the morning. In their day, a few notices an hour come one by one and the rest
together at the next quarter of an hour: a first look at empty days must not ring a dozen times. A sale is told at once,
and so is a question that would be over by then.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shared.approvals.approval import Approval
from shared.messaging.messaging_hours import next_allowed
from shared.records.audit import Amended, amend
from shared.records.stored import Instant, Stored
from shared.salon.salon import Contact

Weight = Literal["sale", "urgent", "usual"]

ALONE_IN_AN_HOUR: dict[Weight, int | None] = {"sale": None, "urgent": 6, "usual": 3}
"""How many notices, of any weight, may have been sent alone within the last hour before the next of this weight goes
into a digest. None: any number."""
HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


class NoticesSent(Stored):
    """`counters/notices-{address key}`: when this address was told something alone, within the last hour."""

    at: list[Instant] = []

    def one_more(self, now: datetime) -> "NoticesSent":
        return NoticesSent(at=[*(at for at in self.at if now - at < HOUR), now])


def told_at(
    contact: Contact,
    weight: Weight,
    sent: NoticesSent,
    *,
    zone: ZoneInfo,
    now: datetime,
    until: datetime | None = None,
) -> Literal["alone"] | datetime:
    """When a notice is told: alone, which is now, or in the digest that is due at an instant. One that is pointless
    from `until` on is told alone rather than in a digest as late as that."""
    awake_at = awake(contact, zone=zone, now=now)
    if awake_at > now:
        return awake_at
    most = ALONE_IN_AN_HOUR[weight]
    recent, together = sum(now - at < HOUR for at in sent.at), _next_quarter(now)
    too_late = until is not None and until <= together
    return "alone" if most is None or recent < most or too_late else together


def awake(contact: Contact, *, zone: ZoneInfo, now: datetime) -> datetime:
    """The instant from which the contact may be told: `now`, or the end of their quiet hours. A contact without quiet
    hours may be told at any time."""
    if contact.quiet_hours is None:
        return now
    at = next_allowed(now, zone=zone, quiet=contact.quiet_hours, channel="whatsapp", marketing=False, country=None)
    return at or now


def _next_quarter(now: datetime) -> datetime:
    start = now.replace(minute=0, second=0, microsecond=0)
    return start + (((now - start) // QUARTER) + 1) * QUARTER


def notified(approval: Approval, channels: Iterable[str], *, now: datetime, actor: str) -> Amended[Approval]:
    """Records by which channels the owner has been told: what we asked to be sent, not what has arrived."""
    told = {**approval.notifications_sent, **dict.fromkeys(channels, True)}
    return amend(
        approval,
        now=now,
        actor=actor,
        event="approval_notified",
        action="Owner notified",
        details={"channels": sorted(told)},
        notifications_sent=told,
    )
