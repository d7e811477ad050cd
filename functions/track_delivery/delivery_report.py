"""What a delivery report says of a message. Reports are best effort, may be doubled and may overtake each other and our own
answer: they only move a message forward."""

from datetime import datetime

from shared.messaging.outgoing import O, OutgoingStatus, step
from shared.messaging.sending import failed, waiting_until
from shared.records.audit import Amended

ACTOR = "track_delivery"
_RANK = {"pending": 0, "sending": 1, "unknown": 1, "sent": 2, "delivered": 3, "read": 4}
_REPORTED: dict[str, OutgoingStatus] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
    "undelivered": "failed",
    "canceled": "failed",
}


def reported(
    message: O, *, status: str, message_sid: str | None, error: int | None, now: datetime
) -> Amended[O] | None:
    """Applies a delivery report. None when it tells nothing new, comes late, or says a status that does not matter."""
    reached = _REPORTED.get(status)
    if reached is None or message.status in ("responded", "failed"):
        return None
    if message_sid and message.delivery.message_id not in (None, message_sid):
        return None
    if message_sid and message_sid == message.delivery.former_id:
        return None
    if message.status == "expired":
        return _reported_late(message, reached, message_sid, now)
    delivery = message.delivery.changed(message_id=message.delivery.message_id or message_sid)
    if reached == "failed":
        if message.status in ("delivered", "read"):
            return None
        return failed(
            message.changed(delivery=delivery),
            error=str(error or status),
            action=f"Not delivered ({error or status})",
            now=now,
            actor=ACTOR,
        )
    if _RANK[reached] <= _RANK[message.status]:
        return None
    moments = {"delivered": {"delivered_at": now}, "read": {"read_at": now}}.get(reached, {})
    delivery = delivery.changed(sent_at=delivery.sent_at or now, **moments)
    return step(
        message,
        reached,
        "sent" if reached == "sent" else "delivered",
        now=now,
        actor=ACTOR,
        action=f"Reported {reached}",
        announces="OUTREACH_DELIVERED" if reached == "delivered" else None,
        delivery=delivery,
        due_at=waiting_until(message, delivery),
    )


def _reported_late(message: O, reached: OutgoingStatus, message_sid: str | None, now: datetime) -> Amended[O] | None:
    """Records what a report says of a message that is closed already; its status stays. That the message left counts
    for limits, and that it arrived for how often customers accept."""
    before = message.delivery
    message_id = before.message_id or message_sid
    if reached == "failed" or message_id is None:
        return None
    delivery = before.changed(message_id=message_id, sent_at=before.sent_at or now)
    if reached != "sent" and not (before.delivered_at or before.read_at):
        delivery = delivery.changed(delivered_at=now)
    if delivery == before:
        return None
    return step(
        message,
        message.status,
        "sent" if reached == "sent" else "delivered",
        now=now,
        actor=ACTOR,
        action=f"Reported {reached} when it was closed already",
        delivery=delivery,
    )
