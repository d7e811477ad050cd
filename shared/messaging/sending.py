"""How a message on its way ends, or begins again on another channel, and until when something is waited for. The steps of sending
it are `functions/send_outreach/`'s."""

from datetime import datetime, timedelta
from typing import Any

from shared.messaging.outgoing import CLAIM_WITHIN, Channel, Delivery, O, Outgoing, step
from shared.records.audit import Amended

UNDELIVERED_AFTER = timedelta(minutes=5)
"""How long an offer may take to arrive: one not known to have arrived by then is no longer waited for."""


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


def waiting_until(message: Outgoing, delivery: Delivery) -> datetime | None:
    """When an offer that is out must be looked at again; None for a message that nobody answers."""
    if message.resource_type != "outreach":
        return None
    if delivery.sent_at is None or delivery.delivered_at or delivery.read_at:
        return message.expires_at
    return looked_at_again(message, delivery.sent_at)


def looked_at_again(message: Outgoing, left: datetime) -> datetime:
    """When a message that has left, or may have, must be looked at again."""
    if message.resource_type != "outreach":
        return message.expires_at
    return min(left + UNDELIVERED_AFTER, message.expires_at)
