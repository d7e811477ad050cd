"""Finds the offer that a reply is about: by its button's signed token, else by the message it answers, else the single open
offer to that address. Of several the latest is never guessed: only the sender knows which is meant. Nor is a reply to a message
that is not ours, or a button that is not ours, about an offer: it says "yes" to somebody else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from functions.answer_message.find_sender import Sender, quoted_offer
from shared.asking.limits import bothered
from shared.asking.outreach import OPEN, Outreach
from shared.messaging import tokens
from shared.messaging.message import Inbound, Message
from shared.ports import Query, Reader
from shared.values.identity import canonical

LATE_YES_WITHIN = timedelta(hours=24)
"""Words may still be about an offer that is over, this long after it was made; about an open one they are while it is open."""

AT_MOST = 50
"""Offers of each kind that are read."""
INVITES = frozenset({"which_one", "help"})
"""What says how an offer is answered and is about no single one: an answer to it is as one out of nowhere."""


@dataclass(frozen=True)
class Bound:
    outreach: Outreach
    answer: Literal["accept", "decline"] | None
    """The answer that the button gives, or None where the words have to say it."""
    named: bool = True
    """Whether the reply names the offer, by its button or by the message it was written under. Else the offer is only the
    one that could be meant."""


@dataclass(frozen=True)
class Unbound:
    """Why no offer is known. `another matter` is said about something else of ours, `not ours` about what somebody else wrote."""

    reason: Literal["nothing open", "several open", "forwarded", "another matter", "not ours"]
    candidates: tuple[Outreach, ...] = ()


def bind(said: Inbound, sender: Sender, *, documents: Reader, signing_key: bytes, now: datetime) -> Bound | Unbound:
    """The offer that this reply is about, or why none is known."""
    token = tokens.read(signing_key, said.button_payload or "")
    if token is not None:
        found = documents.get(f"outreach/{token.outreach_id}") if token.salon_id == said.salon_id else None
        if found is None:
            return Unbound("nothing open")
        outreach = Outreach.model_validate(found.data)
        answer = None if token.answer == "link" else token.answer
        return Bound(outreach, answer) if _made_to(sender, outreach) else Unbound("forwarded")
    if tokens.read_approval(signing_key, said.button_payload or "") is not None:
        return Unbound("another matter")
    ours = _quoted(said, sender, documents) if said.replied_to_sid else None
    if isinstance(ours, Outreach):
        return Bound(ours, None) if _made_to(sender, ours) else Unbound("forwarded")
    if isinstance(ours, Message) and ours.purpose not in INVITES:
        found = documents.get(f"outreach/{ours.about}")
        return Bound(Outreach.model_validate(found.data), None) if found else Unbound("another matter")
    known = [offer for offer in _offers(sender, documents, now) if _may_be_known(offer)]
    standing = [offer for offer in known if offer.is_open] or _still_meant(known)
    if ours is None and (said.replied_to_sid or said.button_payload):
        # Of an offer whose SID was lost we cannot say that it is not the one.
        standing = [offer for offer in standing if offer.delivery.message_id is None and said.replied_to_sid]
        if not standing:
            return Unbound("not ours")
    if len(standing) == 1:
        return Bound(standing[0], None, named=False)
    return Unbound("several open" if standing else "nothing open", tuple(standing))


def _made_to(sender: Sender, outreach: Outreach) -> bool:
    return canonical(outreach.customer_phone) == canonical(sender.address)


def _quoted(said: Inbound, sender: Sender, documents: Reader) -> Outreach | Message | None:
    """The offer or other message of ours that the reply was written under, however old it is."""
    if (offer := quoted_offer(said, documents)) is not None:
        return offer
    for key in sender.keys:
        here = Query(
            f"conversations/{key}/messages", where=(("delivery.message_id", "==", said.replied_to_sid),), limit=1
        )
        for message in documents.query(here):
            return Message.model_validate(message.data)
    return None


def _offers(sender: Sender, documents: Reader, now: datetime) -> list[Outreach]:
    """Those to this address that were made of late, and those that are still open, however long ago they were made."""
    keys, since = list(sender.keys), now - LATE_YES_WITHIN
    queries = (
        Query("outreach", where=(("address_key", "in", keys), ("created_at", ">", since)), limit=AT_MOST),
        Query("outreach", where=(("address_key", "in", keys), ("status", "in", list(OPEN))), limit=AT_MOST),
    )
    found = {snapshot.id: snapshot.data for query in queries for snapshot in documents.query(query)}
    return [Outreach.model_validate(data) for data in found.values()]


def _may_be_known(offer: Outreach) -> bool:
    """Whether the offer may have reached the customer, so that their words can be about it."""
    waits_to_leave = offer.status == "pending" and offer.delivery.former_id is None
    return bothered(offer) and not waits_to_leave


def _still_meant(theirs: list[Outreach]) -> list[Outreach]:
    """The offers that words may be about when none is open: those that expired since the customer's last answer. If that answer
    was a yes that booked, only the booked offer: another "yes" or "ok" then repeats it."""
    answered = max((o for o in theirs if o.response.responded_at), key=_answered_at, default=None)
    if answered is None:
        return [offer for offer in theirs if offer.status == "expired"]
    if answered.response.booking_id:
        return [answered]
    return [offer for offer in theirs if offer.status == "expired" and offer.created_at > _answered_at(answered)]


def _answered_at(outreach: Outreach) -> datetime:
    return outreach.response.responded_at or outreach.created_at
