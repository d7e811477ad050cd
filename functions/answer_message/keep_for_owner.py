"""Keeps in the owner's inbox what only a person can answer, with what was said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from shared.asking.outreach import Outreach
from shared.customers.customer import Customer
from shared.customers.find_customers import customers_at
from shared.messaging.conversation import LINES, Conversation, Line, Reason, conversation_path, waits
from shared.messaging.load_inbound import load_inbound
from shared.messaging.message import Inbound, Message, handled
from shared.messaging.rendering import unsigned_text
from shared.ports import Clock, Documents, Query, Reader, Snapshot, Write
from shared.records.commit import create, until_committed, update
from shared.records.read_documents import readable_one
from shared.records.stored import natural_id
from shared.salon.load_salon import salon_to_tell

ACTOR = "answer_message"
STRANGER_HOLDING_FOR: Final = timedelta(hours=24)
"""How long a stranger who was answered is not answered again: they may be a machine that answers each of our answers."""
OFFERS_SINCE = timedelta(days=30)
OFFERS = 50
"""How far back, and how many, the latest first, offers are looked for among what was said before."""


@dataclass(frozen=True)
class Waiting:
    """Why a message waits for the owner. `why` says it to the audit in words that name nobody; `moment` is the time it is about,
    and `outreach` the offer."""

    reason: Reason
    why: str
    moment: datetime | None = None
    outreach: Outreach | None = None


def about(outreach: Outreach, reason: Reason, why: str) -> Waiting:
    """A message about an ask, which the owner reads for that reason. The words of the reason name the time that was offered; an
    ask that offers none is a question of ours to them."""
    return Waiting(reason if outreach.slot else "our_question", why, outreach=outreach)


def give_up(path: str, *, documents: Documents, clock: Clock) -> Literal["kept for the owner", "handled before"]:
    """Leaves the message at this path to the owner as it is, because every try to handle it failed, or because nobody knows
    whether it is meant for this salon."""

    def attempt() -> Literal["kept for the owner", "handled before"] | None:
        snapshot = documents.get(path)
        if snapshot is None or load_inbound(snapshot).handled_at is not None:
            return "handled before"
        now, said = clock.now(), load_inbound(snapshot)
        waiting = Waiting("given_up", "a message that could not be worked on")
        country = salon_to_tell(documents, documents.salon_id).country
        customers = customers_at(said.sender, said.conversation_id, documents, country)
        inbox = kept(said, waiting, customers, held=False, documents=documents, now=now)
        done = update(handled(said, outcome="kept for the owner", now=now, actor=ACTOR), snapshot)
        return "kept for the owner" if documents.commit(*inbox, *done) else None

    return until_committed(attempt, clock=clock)


def is_held(said: Inbound, documents: Reader, now: datetime, held_for: timedelta) -> bool:
    """Whether the sender was told within `held_for` that somebody will answer."""
    found = documents.get(conversation_path(said.conversation_id))
    return found is not None and Conversation.model_validate(found.data).is_held(now, held_for)


def cannot_come(said: Inbound, documents: Reader) -> bool:
    """Whether what the sender wrote last, of all that a person reads, is that they cannot come."""
    found = documents.get(conversation_path(said.conversation_id))
    return found is not None and found.data["reason"] == "cannot_come"


def kept(
    said: Inbound, waiting: Waiting, customers: Sequence[Customer], *, held: bool, documents: Documents, now: datetime
) -> tuple[Write, ...]:
    """The writes that put the message into the owner's inbox. `held` says that its sender is told with them that somebody will
    answer. The commit fails when somebody wrote the conversation meanwhile."""
    found = documents.get(conversation_path(said.conversation_id))
    before = Conversation.model_validate(found.data) if found else None
    outreach = waiting.outreach
    latest: dict[str, Any] = {
        "customer_ids": [customer.id for customer in customers],
        "customer_names": [customer.name for customer in customers],
        "reason": waiting.reason,
        "moment": waiting.moment or (outreach.slot.start if outreach and outreach.slot else None),
        "outreach_id": outreach.id if outreach else None,
        "waiting_since": (before.waiting_since if before else None) or said.received_at,
        "held_at": now if held else before.held_at if before else None,
        "lines": said_until(said, documents),
    }
    conversation = (
        before.changed(**latest)
        if before
        else Conversation(
            id=natural_id("cnv", said.conversation_id, said.id),
            salon_id=said.salon_id,
            created_at=now,
            updated_at=now,
            address_key=said.conversation_id,
            channel=said.channel,
            **latest,
        )
    )
    amended = waits(conversation, why=waiting.why, path=said.path, now=now, actor=ACTOR)
    return update(amended, found) if found else create(amended)


def said_until(said: Inbound, documents: Reader) -> list[Line]:
    """The last lines of both sides, offers among them, up to and with this message."""
    latest = [
        Query(f"conversations/{said.conversation_id}/{which}", order_by=("-created_at",), limit=LINES + 1)
        for which in ("messages", "inbound")
    ]
    messages = [found for query in latest for found in documents.query(query)]
    asked = Query(
        "outreach",
        where=(
            ("address_key", "==", said.conversation_id),
            ("created_at", ">", said.received_at - OFFERS_SINCE),
        ),
        order_by=("-created_at",),
        limit=OFFERS,
    )
    others = [_line(each) for each in [*documents.query(asked), *messages] if each.id != said.id]
    before = [line for line in others if line is not None and line.at <= said.received_at]
    before.sort(key=lambda line: (line.at, line.by == "us"))
    return [*before, _theirs(said)][-LINES:]


def _line(found: Snapshot) -> Line | None:
    """The document as a line of the conversation. What cannot be read is left out: perhaps that is why the message comes here."""
    if found.data.get("direction") == "in":
        said = readable_one(Inbound, found)
        return _theirs(said) if said else None
    offer = found.path.startswith("outreach/")
    message = readable_one(Outreach, found) if offer else readable_one(Message, found)
    return line_of_ours(message) if message else None


def _theirs(said: Inbound) -> Line:
    return Line(at=said.received_at, by="them", text=said.body, attachments=said.media_count)


def line_of_ours(message: Message | Outreach) -> Line | None:
    """What we said as a line of the conversation. What never left was never said."""
    left = message.delivery.sent_at
    if left is None or (isinstance(message, Message) and message.audience == "owner"):
        return None
    said = (
        message.message
        if isinstance(message, Outreach)
        else unsigned_text(message.purpose, message.locale, message.variables)
    )
    return Line(at=left, by="us", text=said)
