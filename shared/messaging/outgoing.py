"""A message on its way to a person: the sending and delivery half of its life.

    pending -> sending -> sent -> delivered -> read
                 |-> pending (refused, may be retried)   |-> failed   |-> unknown (the provider's answer was lost)
    sent, unknown -> pending, on another channel (the first did not deliver it)

`unknown` is never sent again by itself; only a report that carries our reference, or time, moves it on.
"""

from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from shared.records.audit import Amended, AuditWord, amend
from shared.records.events import EventType
from shared.records.stored import Instant, StateDocument, Stored

Channel = Literal["whatsapp", "sms", "push", "email"]
Word = Literal["claimed", "held", "sent", "delivered", "failed", "expired", "requested", "responded"]
"""What an audit record says happened to a message on its way. A message that is no ask is never `responded`."""
OutgoingStatus = Literal["pending", "sending", "sent", "delivered", "read", "responded", "failed", "unknown", "expired"]

CLAIM_WITHIN = timedelta(seconds=60)
"""How long a message waits to be claimed: one that is still pending then is announced again."""
CLAIM_LEASE = timedelta(minutes=2)
"""How long a claim holds: an older one belongs to a sender that died, and the message may or may not have gone out."""
UNDELIVERED_AFTER = timedelta(minutes=5)
"""How long an offer may take to arrive: one not known to have arrived by then is no longer waited for."""
MAX_ATTEMPTS = 5

TRANSITIONS: dict[OutgoingStatus, frozenset[OutgoingStatus]] = {
    # A report about a message that we believed refused: it did go out, and must not go again.
    "pending": frozenset({"sending", "sent", "delivered", "read", "expired", "failed", "responded"}),
    "sending": frozenset({"pending", "sent", "delivered", "read", "failed", "unknown", "responded", "expired"}),
    "unknown": frozenset({"sent", "delivered", "read", "responded", "expired", "failed"}),
    "sent": frozenset({"delivered", "read", "responded", "expired", "failed"}),
    "delivered": frozenset({"read", "responded", "expired", "failed"}),
    "read": frozenset({"responded", "expired", "failed"}),
    "expired": frozenset({"responded"}),
    "failed": frozenset({"responded"}),
    "responded": frozenset(),
}
ON_ANOTHER_CHANNEL: frozenset[OutgoingStatus] = frozenset({"sent", "unknown"})
"""The statuses from which a message may become pending once more, but only for another channel: the provider had taken
it, and then reported that it was not delivered."""


class Delivery(Stored):
    """What is known of a message's way. `former_id` is its id on the channel that was given up, for `former_error`;
    reports about that id no longer count."""

    message_id: str | None = None
    former_id: str | None = None
    former_error: str | None = None
    sent_at: Instant | None = None
    delivered_at: Instant | None = None
    read_at: Instant | None = None
    error: str | None = None


class Outgoing(StateDocument):
    """`due_at` is when somebody must look at the message again; null once nothing more can happen by itself. Before
    `not_before` it must not be tried: the request that led to the last try may be delivered again."""

    channel: Channel
    status: OutgoingStatus = "pending"
    purpose: str
    locale: str
    variables: dict[str, str] = {}
    attempts: int = 0
    last_attempt_at: Instant | None = None
    not_before: Instant | None = None
    delivery: Delivery = Delivery()
    expires_at: Instant
    due_at: Instant | None

    @property
    def address(self) -> str:
        """Where the message goes: a bare phone number or messaging id."""
        raise NotImplementedError


O = TypeVar("O", bound=Outgoing)  # noqa: E741


class ForbiddenTransition(Exception):
    """A step was asked for that the state machine does not have: a bug, not an outcome."""


def step(
    message: O,
    status: OutgoingStatus,
    word: Word,
    *,
    now: datetime,
    actor: str,
    action: str,
    announces: EventType | None = None,
    details: dict[str, Any] | None = None,
    payload: dict[str, Any] | None = None,
    **changes: Any,
) -> Amended[O]:
    """Moves a message to a status. The only place that assigns the status of a message on its way."""
    redirects = status == "pending" and changes.get("channel", message.channel) != message.channel
    allowed = status in TRANSITIONS[message.status] or (redirects and message.status in ON_ANOTHER_CHANNEL)
    if status != message.status and not allowed:
        raise ForbiddenTransition(f"{message.resource_type} {message.id}: {message.status} -> {status} is no step")
    is_ask = message.resource_type == "outreach"
    return amend(
        message,
        now=now,
        actor=actor,
        event=(_ASK_WORDS if is_ask else _MESSAGE_WORDS)[word],
        action=action,
        details=details,
        # Nobody subscribes to what becomes of a message that is no ask.
        announces=announces if is_ask or announces == "OUTREACH_REQUESTED" else None,
        payload={"path": message.path, **(payload or {})},
        status=status,
        **changes,
    )


_ASK_WORDS: dict[Word, AuditWord] = {
    "claimed": "outreach_claimed",
    "held": "outreach_held",
    "sent": "outreach_sent",
    "delivered": "outreach_delivered",
    "failed": "outreach_failed",
    "expired": "outreach_expired",
    "requested": "outreach_requested",
    "responded": "outreach_responded",
}
_MESSAGE_WORDS: dict[Word, AuditWord] = {
    "claimed": "message_claimed",
    "held": "message_held",
    "sent": "message_sent",
    "delivered": "message_delivered",
    "failed": "message_failed",
    "expired": "message_failed",
    "requested": "message_requested",
}


def claim(message: O, *, now: datetime, actor: str) -> Amended[O]:
    """Claims a message for sending. Whoever commits this is the only one that may call the provider."""
    if message.status != "pending":
        raise ForbiddenTransition(f"{message.resource_type} {message.id}: expected it pending, found {message.status}")
    return step(
        message, "sending", "claimed", now=now, actor=actor, action="Claimed for sending",
        attempts=message.attempts + 1, last_attempt_at=now, due_at=now + CLAIM_LEASE,
        delivery=message.delivery.changed(error=None),
    )  # fmt: skip


def hold(message: O, *, until: datetime, reason: str, now: datetime, actor: str) -> Amended[O]:
    """Holds back a message that may not go now. It is looked at again `until`."""
    return step(
        message, "pending", "held", now=now, actor=actor, action=f"Held: {reason}", due_at=until, not_before=until
    )


def set_back(message: O, *, reason: str, now: datetime, actor: str) -> Amended[O]:
    """Takes back a claim whose message was not handed to the provider after all, as if this try had not been."""
    return step(
        message, "pending", "held", now=now, actor=actor, action=f"Held: {reason}", due_at=now,
        attempts=message.attempts - 1,
    )  # fmt: skip


def sent(message: O, *, message_sid: str, now: datetime, actor: str) -> Amended[O] | None:
    """Records that the provider has taken the message. None when a delivery report came before our own answer and has
    said it all. A message that was closed on its way stays closed, but it did leave: limits count it, and a reply to it
    is known by its SID."""
    if message_sid == message.delivery.former_id:
        return None
    delivery = message.delivery.changed(message_id=message_sid, sent_at=message.delivery.sent_at or now)
    if message.status in ("sending", "unknown"):
        return step(
            message, "sent", "sent", now=now, actor=actor, action="Handed to the provider",
            announces="OUTREACH_SENT", delivery=delivery, due_at=waiting_until(message, delivery),
        )  # fmt: skip
    if delivery == message.delivery:
        return None
    return step(
        message, message.status, "sent", now=now, actor=actor, action="Handed to the provider when it was closed already",
        delivery=delivery,
    )  # fmt: skip


def refused(message: O, *, code: int, reason: str, retry_at: datetime | None, now: datetime, actor: str) -> Amended[O]:
    """Records that the provider did not take the message. With `retry_at` it waits for another try, unless its tries
    are used up."""
    details = {"code": code, "reason": reason, "attempts": message.attempts}
    delivery = message.delivery.changed(error=str(code))
    if retry_at is not None and message.attempts < MAX_ATTEMPTS and retry_at < message.expires_at:
        return step(
            message, "pending", "held", now=now, actor=actor, action=f"Refused ({code}), will be tried again",
            details=details, delivery=delivery, due_at=retry_at, not_before=retry_at,
        )  # fmt: skip
    return failed(
        message, error=str(code), action=f"Refused by the provider ({code})", details=details, now=now, actor=actor
    )


def failed(
    message: O, *, error: str, action: str, now: datetime, actor: str, details: dict[str, Any] | None = None
) -> Amended[O]:
    """Closes a message that cannot be delivered."""
    return step(
        message, "failed", "failed", now=now, actor=actor, action=action, details=details or {"error": error},
        announces="OUTREACH_FAILED", delivery=message.delivery.changed(error=error), due_at=None,
    )  # fmt: skip


def answer_lost(message: O, *, reason: str, now: datetime, actor: str) -> Amended[O]:
    """Records that nobody knows whether the provider took the message. It is never sent again by itself: a second copy
    is worse than none."""
    return step(
        message, "unknown", "failed", now=now, actor=actor, action="The provider's answer was lost",
        details={"reason": reason}, due_at=_looked_at_again(message, now),
    )  # fmt: skip


def expired(message: O, *, reason: str, now: datetime, actor: str, **details: Any) -> Amended[O]:
    """Closes a message that is no longer to be sent or answered."""
    return step(
        message, "expired", "expired", now=now, actor=actor, action=f"Closed: {reason}",
        details={"reason": reason, **details}, announces="OUTREACH_EXPIRED", payload={"reason": reason}, due_at=None,
    )  # fmt: skip


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
        message, "pending", "held", now=now, actor=actor, action=f"Goes out by {channel} instead ({reason})",
        announces="OUTREACH_REQUESTED", details={"channel": channel, "reason": reason},
        channel=channel, attempts=0, delivery=former, due_at=now + CLAIM_WITHIN, **changes,
    )  # fmt: skip


def not_arrived(message: O, *, now: datetime, actor: str) -> Amended[O]:
    """Announces that nothing is known of a message's arrival. Others are asked meanwhile, and it stays as open as it was."""
    return step(
        message, message.status, "held", now=now, actor=actor, action="Not known to have arrived",
        announces="OUTREACH_NOT_ARRIVED", due_at=message.expires_at,
    )  # fmt: skip


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
