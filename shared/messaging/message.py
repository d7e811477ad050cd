"""Messages that are no asks: what we say to a person (confirmations, answers, reminders, owner notices), and what people write
to us.

Ours lie in `conversations/{conversation}/messages`, theirs in `conversations/{conversation}/inbound`, where a conversation is
one address on one channel under its keyed hash. No contact limit counts them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from shared.messaging.messaging_hours import answers
from shared.messaging.outgoing import CLAIM_WITHIN, ForbiddenTransition, Outgoing, step
from shared.records.audit import Amended, amend
from shared.records.retention import HALF_A_YEAR, Kept
from shared.records.stored import Instant, StateDocument, natural_id
from shared.salon.salon import Salon

KEEP_TRYING = timedelta(hours=24)
"""How long a message is tried before it is given up."""
ANSWER_LEASE = timedelta(seconds=60)
"""How long somebody may work on an inbound message: one that is not handled by then is worked on again."""


class Message(Outgoing):
    """What we say to one person on one channel. `merges` are the messages that a digest, or an answer that names what waits,
    stands for. `moment` is the time that the text says as {when}: it is spoken anew when the message leaves, because what is
    tomorrow in the evening is today in the morning."""

    collection: ClassVar[str] = "conversations"
    retained = Kept(HALF_A_YEAR)
    resource_type: ClassVar[str] = "message"

    conversation_id: str
    direction: Literal["out"] = "out"
    audience: Literal["customer", "owner"]
    to: str
    about: str
    is_answer: bool
    account_sid: str | None = None
    sender: str | None = None
    merges: list[str] = []
    moment: Instant | None = None

    @property
    def path(self) -> str:
        return message_path(self.conversation_id, self.id)

    @property
    def address(self) -> str:
        return self.to


class Inbound(StateDocument):
    """What a person wrote to us. It is stored before it is worked on; `handled_at` is set in the commit of its effect.
    `only_for_owner` says that nobody knows whether a word of it is meant for this salon: its owner reads it, and nothing is
    done about it. `by_link` says that it was pressed on the page of an offer, and came over none of the salon's numbers.
    `user_id` is that of a WhatsApp sender, where it came with their number."""

    collection: ClassVar[str] = "conversations"
    retained = Kept(HALF_A_YEAR)
    resource_type: ClassVar[str] = "message"

    conversation_id: str
    direction: Literal["in"] = "in"
    channel: Literal["whatsapp", "sms"]
    account_sid: str
    sender: str
    recipient: str
    body: str
    button_payload: str | None
    replied_to_sid: str | None
    media_count: int
    opt_out: Literal["STOP", "START", "HELP"] | None
    received_at: Instant
    only_for_owner: bool = False
    by_link: bool = False
    user_id: str | None = None
    handled_at: Instant | None = None
    outcome: str | None = None
    due_at: Instant | None

    @property
    def path(self) -> str:
        return f"{inbound_collection(self.conversation_id)}/{self.id}"


def message_path(conversation_id: str, message_id: str) -> str:
    return f"conversations/{conversation_id}/messages/{message_id}"


def inbound_collection(conversation_id: str) -> str:
    return f"conversations/{conversation_id}/inbound"


def waiting_for_branch(said: Inbound, route: str) -> str:
    """The path of a message to a number that several salons share, until it is known whose it is."""
    return f"{route}/inbound/{said.id}"


def message_id(about: str, purpose: str, to: str) -> str:
    """The id of what is said to this address for this purpose about this object: saying it again finds it said."""
    return natural_id("msg", about, purpose, to)


def reply_to(
    said: Inbound, purpose: str, salon: Salon, *, locale: str, variables: Mapping[str, str], now: datetime
) -> Message:
    """The answer to what somebody wrote, when it is about no single offer."""
    return Message(
        id=message_id(said.id, purpose, said.conversation_id),
        salon_id=salon.id,
        created_at=now,
        updated_at=now,
        conversation_id=said.conversation_id,
        audience="customer",
        to=said.sender,
        about=said.id,
        is_answer=answers(now, said.received_at),
        account_sid=said.account_sid,
        sender=said.recipient,
        channel=said.channel,
        purpose=purpose,
        locale=locale,
        variables={**variables, "salon": salon.name},
        expires_at=now + KEEP_TRYING,
        due_at=None,
    )


def say(message: Message, *, now: datetime, actor: str) -> Amended[Message]:
    """Writes a message for the first time, and has it sent: `send_outreach` takes it from here."""
    return amend(
        message.changed(due_at=now + CLAIM_WITHIN),
        now=now,
        actor=actor,
        event="message_requested",
        action=f"Message requested: {message.purpose}",
        details={"purpose": message.purpose, "about": message.about},
        announces="OUTREACH_REQUESTED",
        payload={"path": message.path},
    )


def merged(message: Message, *, now: datetime, actor: str) -> Amended[Message]:
    """Writes a message that is never sent by itself, because a digest says it in its place."""
    return step(message, "expired", "expired", now=now, actor=actor, action="Left to a digest", due_at=None)


def collected(digest: Message, message_id: str, *, due_at: datetime, now: datetime, actor: str) -> Amended[Message]:
    """Adds a message to the digest, which goes out when it is due. One that has left can take no more."""
    if digest.status != "pending":
        raise ForbiddenTransition(f"message {digest.id}: expected the digest pending, found it {digest.status}")
    return amend(
        digest,
        now=now,
        actor=actor,
        event="message_held",
        action="Kept for a digest",
        details={"message_id": message_id},
        merges=[*digest.merges, message_id],
        due_at=due_at,
    )


def received(message: Inbound, *, now: datetime) -> Amended[Inbound]:
    """Writes an inbound message for the first time. It is due in case nobody has handled it by then."""
    return amend(
        message.changed(due_at=now + ANSWER_LEASE),
        now=now,
        actor="customer",
        event="message_received",
        action="Message received",
    )


def handled(message: Inbound, *, outcome: str, now: datetime, actor: str) -> Amended[Inbound]:
    """Closes an inbound message, with what came of it."""
    return amend(
        message,
        now=now,
        actor=actor,
        event="message_handled",
        action=f"Message handled: {outcome}",
        handled_at=now,
        outcome=outcome,
        due_at=None,
    )


def put_off(message: Inbound, *, until: datetime, now: datetime) -> Amended[Inbound]:
    """Puts off the next look at a message that is being worked on again; it is due `until` in case that fails too."""
    return amend(
        message, now=now, actor="answer_message", event="message_received", action="Worked on again", due_at=until
    )
