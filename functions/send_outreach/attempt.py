"""The steps of sending a message: claimed, held back, handed to the provider, refused, or of unknown fate."""

from datetime import datetime, timedelta

from shared.messaging.outgoing import ForbiddenTransition, O, step
from shared.messaging.sending import failed, looked_at_again, waiting_until
from shared.records.audit import Amended

CLAIM_LEASE = timedelta(minutes=2)
"""How long a claim holds: an older one belongs to a sender that died, and the message may or may not have gone out."""
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
        due_at=looked_at_again(message, now),
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
