"""An offer that one channel could not deliver goes out on another, once, while there is time left to answer it.

Only what was certainly not delivered moves on. Silence is no such proof: where no delivery report ever comes, everybody
would get every offer twice.
"""

from datetime import datetime, timedelta

from shared.asking.outreach import Outreach
from shared.messaging.country import country_of
from shared.messaging.outgoing import Channel
from shared.messaging.sending import UNDELIVERED_AFTER, redirected
from shared.records.audit import Amended

LEFT_TO_ANSWER = timedelta(minutes=10)
"""The least time before the deadline for which an offer is sent again."""

OPTED_OUT: dict[int, Channel] = {21610: "sms", 63014: "whatsapp"}
"""The errors by which the provider tells that the person has stopped, or blocked, this channel."""

_BLOCKED = frozenset({63014, 63033})


def next_channel(outreach: Outreach, code: int | None, *, now: datetime) -> Channel | None:
    """The channel to try next, or None. A fault of WhatsApp (63xxx), or one without a reason, says nothing about SMS; whoever
    blocked us there, or has no such number, is not tried elsewhere."""
    if outreach.channel != "whatsapp" or outreach.fallen_back or outreach.slot is None:
        return None
    if outreach.expires_at - now < LEFT_TO_ANSWER or code in _BLOCKED:
        return None
    return "sms" if code is None or 63000 <= code < 64000 else None


def offer_purpose(channel: Channel, phone: str, *, instead: bool = False) -> str:
    """The purpose of an offer by this channel: its text only names the link where the country lets nobody answer an SMS.
    `instead` is for an offer that answers a yes which came too late."""
    if channel == "whatsapp":
        return "slot_taken_another" if instead else "slot_offer"
    if country_of(phone) == "IN":
        return "slot_taken_another_link" if instead else "slot_offer_link"
    return "slot_taken_another_sms" if instead else "slot_offer_sms"


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
    purpose = offer_purpose(channel, outreach.customer_phone, instead=outreach.is_answer)
    return redirected(
        outreach,
        channel,
        code=code,
        message_sid=message_sid,
        now=now,
        actor=actor,
        purpose=purpose,
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
