"""Reads in full what customers wrote and a notice tells of, with what was said before; nothing is left out or cut."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.customers.consent import ConsentRecord, withdrawn
from shared.customers.read_consents import ledger_at
from shared.messaging.conversation import Conversation, Line, conversation_path
from shared.messaging.message import Inbound, Message, inbound_collection
from shared.ports import Deployment, Query, Reader
from shared.records.read_documents import readable, readable_one

ALL_PAIRS = 4


@dataclass(frozen=True)
class Talk:
    """What was said with the people at one address, oldest first. `conversation` is None where it is forgotten; `sender` is
    how they are reached. `opted_out` says that they get no offers already."""

    key: str
    sender: str
    conversation: Conversation | None
    lines: tuple[Line, ...]
    opted_out: bool

    @property
    def waits(self) -> bool:
        """Whether it waits for a person to answer."""
        return self.conversation is not None and self.conversation.waiting_since is not None


def read_conversations(notices: Sequence[Message], documents: Reader, deployment: Deployment) -> list[Talk]:
    """The talks that the notices tell of, each once: whoever wrote first comes first."""
    told = readable(Inbound, documents.get_all([notice.about for notice in notices]))
    by_address: dict[str, list[Inbound]] = {}
    for said in sorted(told, key=lambda said: said.received_at):
        by_address.setdefault(said.conversation_id, []).append(said)
    return [_talk(key, said, documents, deployment) for key, said in by_address.items()]


def _talk(key: str, told: list[Inbound], documents: Reader, deployment: Deployment) -> Talk:
    conversation = readable_one(Conversation, documents.get(conversation_path(key)))
    # What waits is read message by message: the conversation itself keeps only the last lines.
    said = [*told, *_since(conversation, documents)]
    lines = [*(conversation.lines if conversation else ()), *(_line(each) for each in said)]
    once = {(line.at, line.by, line.text): line for line in lines}
    sender = told[-1].sender
    in_order = sorted(once.values(), key=lambda line: (line.at, line.by == "us"))
    opted_out = gets_no_offers(ledger_at(sender, documents, deployment.signing_key))
    return Talk(key, sender, conversation, tuple(in_order), opted_out)


def gets_no_offers(entries: Sequence[ConsentRecord]) -> bool:
    """Whether a STOP stands: it ends the asks of both channels, for both purposes."""
    return len(withdrawn(entries)) == ALL_PAIRS


def _since(conversation: Conversation | None, documents: Reader) -> list[Inbound]:
    """Everything that they have written since it waits for a person."""
    if conversation is None or conversation.waiting_since is None:
        return []
    query = Query(
        inbound_collection(conversation.address_key), where=(("received_at", ">=", conversation.waiting_since),)
    )
    return readable(Inbound, documents.query(query))


def _line(said: Inbound) -> Line:
    return Line(at=said.received_at, by="them", text=said.body, attachments=said.media_count)
