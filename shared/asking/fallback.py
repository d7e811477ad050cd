"""An ask that one channel could not deliver goes out on another, once, while there is time left to answer it.

Only what was certainly not delivered moves on. Silence is no such proof: where no delivery report ever comes, everybody
would get every offer twice.
"""

from datetime import datetime, timedelta

from shared.asking.outreach import Outreach
from shared.messaging.outgoing import Channel
from shared.messaging.sending import UNDELIVERED_AFTER, redirected
from shared.records.audit import Amended

LEFT_TO_ANSWER = timedelta(minutes=10)
"""The least time before the deadline for which an offer is sent again."""

OPTED_OUT: dict[int, Channel] = {21610: "sms", 63014: "whatsapp"}
"""The errors by which the provider tells that the person has stopped, or blocked, this channel."""

_BLOCKED = frozenset({63014, 63033})


def next_channel(outreach: Outreach, code: int | None, *, now: datetime) -> Channel | None:
    """The channel to try next, or None: also where the ask has no words for it. A fault of WhatsApp (63xxx), or one without a reason, says nothing about SMS; whoever
    blocked us there, or has no such number, is not tried elsewhere."""
    if outreach.channel != "whatsapp" or outreach.fallen_back or outreach.sms_purpose is None:
        return None
    if outreach.expires_at - now < LEFT_TO_ANSWER or code in _BLOCKED:
        return None
    return "sms" if code is None or 63000 <= code < 64000 else None


def fallen_back(
    outreach: Outreach,
    channel: Channel,
    *,
    address_key: str,
    message_sid: str | None,
    now: datetime,
    actor: str,
    code: int | None,
) -> Amended[Outreach]:
    """Begins an ask again on another channel. All limits count it once; reports about the first message no longer count."""
    return redirected(
        outreach,
        channel,
        code=code,
        message_sid=message_sid,
        now=now,
        actor=actor,
        purpose=outreach.sms_purpose,
        address_key=address_key,
        fallen_back=True,
    )


def still_awaited(outreach: Outreach, now: datetime) -> bool:
    """Whether the round still waits for an answer to this offer. One that left a while ago and is not known to have arrived is
    replaced by another; a yes to it counts all the same."""
    if outreach.status not in ("sent", "unknown"):
        return outreach.is_open
    left = outreach.delivery.sent_at or outreach.last_attempt_at
    return left is None or now < left + UNDELIVERED_AFTER
