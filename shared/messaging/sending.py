"""The steps by which a message is sent: claimed, handed to the provider, refused, given up, closed, or begun again on another
channel."""

from datetime import datetime, timedelta
from typing import Any

from shared.messaging.outgoing import CLAIM_WITHIN, Channel, Delivery, ForbiddenTransition, O, Outgoing, step
from shared.records.audit import Amended

CLAIM_LEASE = timedelta(minutes=2)
"""How long a claim holds: an older one belongs to a sender that died, and the message may or may not have gone out."""
UNDELIVERED_AFTER = timedelta(minutes=5)
"""How long an offer may take to arrive: one not known to have arrived by then is no longer waited for."""
MAX_ATTEMPTS = 5


def claim(message: O, *, now: datetime, actor: str) -> Amended[O]:
    """Claims a message for sending. Whoever commits this is the only one that may call the provider."""
    if message.status != "pending":
        raise ForbiddenTransition(f"{message.resource_type} {message.id}: expected it pending, found {message.status}")
    return step(
        message,
        "sending",
        "claimed",
        now=now,
        actor=actor,
        action="Claimed for sending",
        attempts=message.attempts + 1,
        last_attempt_at=now,
        due_at=now + CLAIM_LEASE,
        delivery=message.delivery.changed(error=None),
    )


def hold(message: O, *, until: datetime, reason: str, now: datetime, actor: str) -> Amended[O]:
    """Holds back a message that may not go now. It is looked at again `until`."""
    return step(
        message, "pending", "held", now=now, actor=actor, action=f"Held: {reason}", due_at=until, not_before=until
    )


def set_back(message: O, *, reason: str, now: datetime, actor: str) -> Amended[O]:
    """Takes back a claim whose message was not handed to the provider after all, as if this try had not been."""
    return step(
        message,
        "pending",
        "held",
        now=now,
        actor=actor,
        action=f"Held: {reason}",
        due_at=now,
        attempts=message.attempts - 1,
    )


def sent(message: O, *, message_sid: str, now: datetime, actor: str) -> Amended[O] | None:
    """Records that the provider has taken the message. None when a delivery report came before our own answer and has
    said it all. A message that was closed on its way stays closed, but it did leave: limits count it, and a reply to it
    is known by its SID."""
    if message_sid == message.delivery.former_id:
        return None
    delivery = message.delivery.changed(message_id=message_sid, sent_at=message.delivery.sent_at or now)
    if message.status in ("sending", "unknown"):
        return step(
            message,
            "sent",
            "sent",
            now=now,
            actor=actor,
            action="Handed to the provider",
            announces="OUTREACH_SENT",
            delivery=delivery,
            due_at=waiting_until(message, delivery),
        )
    if delivery == message.delivery:
        return None
    return step(
        message,
        message.status,
        "sent",
        now=now,
        actor=actor,
        action="Handed to the provider when it was closed already",
        delivery=delivery,
    )


def refused(message: O, *, code: int, reason: str, retry_at: datetime | None, now: datetime, actor: str) -> Amended[O]:
    """Records that the provider did not take the message. With `retry_at` it waits for another try, unless its tries
    are used up."""
    details = {"code": code, "reason": reason, "attempts": message.attempts}
    delivery = message.delivery.changed(error=str(code))
    if retry_at is not None and message.attempts < MAX_ATTEMPTS and retry_at < message.expires_at:
        return step(
            message,
            "pending",
            "held",
            now=now,
            actor=actor,
            action=f"Refused ({code}), will be tried again",
            details=details,
            delivery=delivery,
            due_at=retry_at,
            not_before=retry_at,
        )
    return failed(
        message, error=str(code), action=f"Refused by the provider ({code})", details=details, now=now, actor=actor
    )


def failed(
    message: O, *, error: str, action: str, now: datetime, actor: str, details: dict[str, Any] | None = None
) -> Amended[O]:
    """Closes a message that cannot be delivered."""
    return step(
        message,
        "failed",
        "failed",
        now=now,
        actor=actor,
        action=action,
        details=details or {"error": error},
        announces="OUTREACH_FAILED",
        delivery=message.delivery.changed(error=error),
        due_at=None,
    )


def answer_lost(message: O, *, reason: str, now: datetime, actor: str) -> Amended[O]:
    """Records that nobody knows whether the provider took the message. It is never sent again by itself: a second copy
    is worse than none."""
    return step(
        message,
        "unknown",
        "failed",
        now=now,
        actor=actor,
        action="The provider's answer was lost",
        details={"reason": reason},
        due_at=_looked_at_again(message, now),
    )


def expired(message: O, *, reason: str, now: datetime, actor: str, **details: Any) -> Amended[O]:
    """Closes a message that is no longer to be sent or answered."""
    return step(
        message,
        "expired",
        "expired",
        now=now,
        actor=actor,
        action=f"Closed: {reason}",
        details={"reason": reason, **details},
        announces="OUTREACH_EXPIRED",
        payload={"reason": reason},
        due_at=None,
    )


def redirected(
    message: O,
    channel: Channel,
    *,
    code: int | None,
    message_sid: str | None,
    now: datetime,
    actor: str,
    **changes: Any,
) -> Amended[O]:
    """Begins a message again on another channel, under new message ids, because the first did not deliver it."""
    former = Delivery(
        former_id=message_sid or message.delivery.message_id, former_error=str(code) if code is not None else None
    )
    reason = f"not delivered ({code})" if code is not None else "not delivered"
    return step(
        message,
        "pending",
        "held",
        now=now,
        actor=actor,
        action=f"Goes out by {channel} instead ({reason})",
        announces="OUTREACH_REQUESTED",
        details={"channel": channel, "reason": reason},
        channel=channel,
        attempts=0,
        delivery=former,
        due_at=now + CLAIM_WITHIN,
        **changes,
    )


def not_arrived(message: O, *, now: datetime, actor: str) -> Amended[O]:
    """Announces that nothing is known of a message's arrival. Others are asked meanwhile, and it stays as open as it was."""
    return step(
        message,
        message.status,
        "held",
        now=now,
        actor=actor,
        action="Not known to have arrived",
        announces="OUTREACH_NOT_ARRIVED",
        due_at=message.expires_at,
    )


def waiting_until(message: Outgoing, delivery: Delivery) -> datetime | None:
    """When an offer that is out must be looked at again; None for a message that nobody answers."""
    if message.resource_type != "outreach":
        return None
    if delivery.sent_at is None or delivery.delivered_at or delivery.read_at:
        return message.expires_at
    return _looked_at_again(message, delivery.sent_at)


def _looked_at_again(message: Outgoing, left: datetime) -> datetime:
    if message.resource_type != "outreach":
        return message.expires_at
    return min(left + UNDELIVERED_AFTER, message.expires_at)
