"""What is said at one address that waits for a person."""

from datetime import datetime, timedelta
from typing import ClassVar, Literal

from shared.records.audit import Amended, amend
from shared.records.retention import HALF_A_YEAR, Kept
from shared.records.stored import Instant, StateDocument, Stored

HOLDING_FOR = timedelta(hours=4)
"""How long somebody who was told that their message has arrived is not told so again."""
HOLDS_ASKS_FOR = timedelta(days=7)
"""How long a message that waits for a person keeps its sender from being asked anything new. Nobody answers it a week later, and
one that was forgotten must not keep a customer out for ever."""
LINES = 20
"""How many of the last things said an owner is shown."""

Reason = Literal[
    "needs_a_person",
    "stranger",
    "other_words",
    "another_answer",
    "our_question",
    "cannot_come",
    "forwarded",
    "not_ours",
    "not_theirs",
    "no_such_approval",
    "given_up",
]
"""Why a message waits for a person; `notify_owner` says it to the owner."""


class Line(Stored):
    """One thing that was said, as its reader saw it. One without words was a voice message, a picture or the like."""

    at: Instant
    by: Literal["them", "us"]
    text: str
    attachments: int = 0


class Conversation(StateDocument):
    """`conversations/{address_key}`: what stands in the owner's inbox. `lines` are the last things that both sides said
    until the message that waits, oldest first. `moment` is when the booking or offer it is about begins, `outreach_id`
    that offer. After retention the next message begins another conversation of the same address, with an `id` and a
    chain of records of its own, because the records outlive the document."""

    collection: ClassVar[str] = "conversations"
    retained = Kept(HALF_A_YEAR, "updated_at")
    resource_type: ClassVar[str] = "conversation"

    address_key: str
    channel: Literal["whatsapp", "sms"]
    customer_ids: list[str]
    customer_names: list[str]
    reason: Reason
    moment: Instant | None = None
    outreach_id: str | None = None
    waiting_since: Instant | None
    held_at: Instant | None = None
    lines: list[Line]

    @property
    def path(self) -> str:
        return conversation_path(self.address_key)

    def is_held(self, now: datetime, held_for: timedelta = HOLDING_FOR) -> bool:
        """Whether they were told within the last hours that somebody will answer."""
        return self.held_at is not None and now - self.held_at < held_for


def waits(conversation: Conversation, *, why: str, path: str, now: datetime, actor: str) -> Amended[Conversation]:
    """Writes the conversation, anew or for the first time, and announces that what was just said, at `path`, waits for
    a person."""
    return amend(
        conversation,
        now=now,
        actor=actor,
        event="alert_triggered",
        action=f"A message waits for the owner: {why}",
        announces="AGENT_ACTION_REQUIRED",
        payload={"reason": why, "path": path},
    )


def conversation_path(address_key: str) -> str:
    return f"conversations/{address_key}"
