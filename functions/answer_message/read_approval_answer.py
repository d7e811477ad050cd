"""Which approval one of the salon's own people answers by a message, and how: by its button, by words under the question,
or by words alone when exactly one waits of those that they were asked. "Approve" counts by itself; "yes", which may be said to
anything, where nothing else can be meant."""

from dataclasses import dataclass
from itertools import chain
from typing import Final

from functions.answer_message.find_sender import Sender
from shared.approvals.approval import Approval
from shared.approvals.asks import ASKS
from shared.approvals.settle_approval import Action, waiting
from shared.asking.outreach import Outreach
from shared.messaging import tokens
from shared.messaging.message import Inbound, Message, message_id
from shared.messaging.replies import Meaning
from shared.ports import Clock, Documents, Query
from shared.salon.salon import Contact

DECIDES: Final[dict[Meaning, Action]] = {
    "approve": "approve",
    "accept": "approve",
    "reject": "reject",
    "decline": "reject",
}
NAMES_QUESTIONS: Final = frozenset({"owner_digest", "owner_which_one", "owner_waits", "owner_today", "owner_help"})
"""What names the questions that wait, beside the questions themselves: a "yes" under it is an answer to them."""


@dataclass(frozen=True)
class Meant:
    approval_id: str
    action: Action
    bound_to: str | None
    by: Contact


@dataclass(frozen=True)
class WhichOne:
    """Several may be meant: approvals, and offers that were made to them as a customer."""

    among: tuple[Approval, ...]
    offers: tuple[Outreach, ...] = ()


@dataclass(frozen=True)
class Forwarded:
    """The button of an approval, pressed by somebody who decides nothing here."""


def read_approval_answer(
    said: Inbound,
    meaning: Meaning,
    sender: Sender,
    offers: tuple[Outreach, ...],
    *,
    documents: Documents,
    clock: Clock,
    signing_key: bytes,
) -> Meant | WhichOne | Forwarded | None:
    """What the message answers about an approval: which one and how, which ones it may mean, or that its button was forwarded.
    `offers` are those that are open to its sender: a mere "yes" may be about one of them as well.
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
    word = DECIDES.get(meaning)
    if contact is None or said.button_payload or word is None:
        return None
    by_itself = meaning in ("approve", "reject")
    above = _message_above(said, sender, documents)
    if above is not None and above.purpose in ASKS:
        return Meant(above.about, word, None, contact)
    if above is not None and above.purpose not in NAMES_QUESTIONS and not by_itself:
        return None
    open_now = [each for each in waiting(documents, clock.now()) if _was_asked(sender, each, documents)]
    if offers and not by_itself:
        return WhichOne(tuple(open_now), offers) if open_now else None
    if len(open_now) == 1:
        return Meant(open_now[0].id, word, None, contact)
    return WhichOne(tuple(open_now)) if open_now else None


def _was_asked(sender: Sender, approval: Approval, documents: Documents) -> bool:
    """Whether this contact was asked about the approval, so that a word by itself can answer it: by the question, or by a message
    that names it among others. A question that still waits to be sent was not asked."""
    for key in sender.keys:
        here = f"conversations/{key}/messages"
        ids = [message_id(approval.id, purpose, key) for purpose in sorted(ASKS)]
        asks = documents.get_all([f"{here}/{id}" for id in ids])
        naming = (documents.query(Query(here, where=(("merges", "array_contains", id),))) for id in ids)
        if any(Message.model_validate(each.data).attempts for each in chain(asks, *naming)):
            return True
    return False


def _message_above(said: Inbound, sender: Sender, documents: Documents) -> Message | None:
    """The message of ours that they wrote under."""
    for key in sender.keys if said.replied_to_sid else ():
        here = f"conversations/{key}/messages"
        query = Query(here, where=(("delivery.message_id", "==", said.replied_to_sid),), limit=1)
        for snapshot in documents.query(query):
            return Message.model_validate(snapshot.data)
    return None
