"""Which approval one of the salon's own people answers by a message, and how: by its button, by words under the question,
or by words alone when exactly one waits of those that they were asked."""

from dataclasses import dataclass
from itertools import chain

from functions.answer_message.find_sender import Sender
from functions.answer_message.owner_replies import decided
from shared.approvals.approval import Approval
from shared.approvals.asks import ASKS
from shared.approvals.settle_approval import Action, waiting
from shared.messaging import tokens
from shared.messaging.message import Inbound, Message, message_id
from shared.messaging.replies import Meaning
from shared.ports import Clock, Documents, Query
from shared.salon.salon import Contact


@dataclass(frozen=True)
class Meant:
    approval_id: str
    action: Action
    bound_to: str | None
    by: Contact


@dataclass(frozen=True)
class WhichOne:
    among: tuple[Approval, ...]


@dataclass(frozen=True)
class Forwarded:
    """The button of an approval, pressed by somebody who decides nothing here."""


def read_approval_answer(
    said: Inbound,
    meaning: Meaning,
    sender: Sender,
    *,
    offered: bool,
    elsewhere: bool,
    documents: Documents,
    clock: Clock,
    signing_key: bytes,
) -> Meant | WhichOne | Forwarded | None:
    """What the message answers about an approval: which one and how, which ones it may mean, or that its button was forwarded.
    `offered` says that their words may be about an offer made to them: then a mere "yes" is about that. `elsewhere` says that
    they answer a message that is not ours: then no word of theirs is about an approval.
    None where it is no answer to an approval."""
    contact = sender.contact
    token = tokens.read_approval(signing_key, said.button_payload or "")
    if token is not None:
        if token.salon_id != documents.salon_id or token.answer not in ("approve", "reject"):
            return None
        if contact is None:
            return Forwarded()
        action: Action = "approve" if token.answer == "approve" else "reject"
        return Meant(token.about, action, token.action, contact)
    if contact is None or said.button_payload or elsewhere:
        return None
    question = _question_above(said, sender, documents)
    word = decided(meaning, under_the_question=question is not None or not offered)
    if word is None:
        return None
    if question is not None:
        return Meant(question, word, None, contact)
    open_now = [each for each in waiting(documents, clock.now()) if _was_asked(sender.keys[0], each, documents)]
    if len(open_now) == 1:
        return Meant(open_now[0].id, word, None, contact)
    return WhichOne(tuple(open_now)) if open_now else None


def _was_asked(conversation_id: str, approval: Approval, documents: Documents) -> bool:
    """Whether this contact was asked about the approval, so that a word by itself can answer it. A question that still waits
    to be sent was not asked."""
    here = f"conversations/{conversation_id}/messages"
    asks = documents.get_all([f"{here}/{message_id(approval.id, purpose, conversation_id)}" for purpose in ASKS])
    digests = (documents.query(Query(here, where=(("merges", "array_contains", ask.id),), limit=1)) for ask in asks)
    return any(Message.model_validate(each.data).attempts for each in chain(asks, *digests))


def _question_above(said: Inbound, sender: Sender, documents: Documents) -> str | None:
    """The approval that the message they wrote under asks about."""
    if not said.replied_to_sid:
        return None
    query = Query(
        f"conversations/{sender.keys[0]}/messages",
        where=(("delivery.message_id", "==", said.replied_to_sid),),
        limit=1,
    )
    for snapshot in documents.query(query):
        if snapshot.data.get("purpose") in ASKS:
            return str(snapshot.data["about"])
    return None
