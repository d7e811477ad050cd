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
