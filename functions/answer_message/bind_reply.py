"""Finds the offer that a reply is about: by its button's signed token, else by the message it answers, else the single open
offer to that address. Of several the latest is never guessed: only the sender knows which is meant.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.asking.limits import bothered
from shared.asking.outreach import OPEN, Outreach
from shared.messaging import tokens
from shared.messaging.message import Inbound, Message
from shared.ports import Query, Reader

LATE_YES_WITHIN = timedelta(hours=24)
"""Words may still be about an offer that is over, this long after it was made; about an open one they are while it is open."""

AT_MOST = 50
"""Offers of each kind that are read."""


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
    reason: Literal["nothing open", "several open", "forwarded", "another matter"]
    candidates: tuple[Outreach, ...] = ()


def bind(said: Inbound, *, documents: Reader, signing_key: bytes, now: datetime) -> Bound | Unbound:
    """The offer that this reply is about, or why none is known."""
    token = tokens.read(signing_key, said.button_payload or "")
    if token is not None:
        found = documents.get(f"outreach/{token.outreach_id}") if token.salon_id == said.salon_id else None
        if found is None:
            return Unbound("nothing open")
        outreach = Outreach.model_validate(found.data)
        if outreach.customer_phone != said.sender:
            return Unbound("forwarded")
        return Bound(outreach, None if token.answer == "link" else token.answer)
    theirs = _offers(said, documents, now)
    if said.replied_to_sid:
        answered = [offer for offer in theirs if offer.delivery.message_id == said.replied_to_sid]
        if answered:
            return Bound(answered[0], None)
        quoted = _quoted(said, documents)
        if quoted is not None and quoted.purpose != "which_one":
            about = next((offer for offer in theirs if offer.id == quoted.about), None)
            return Bound(about, None) if about else Unbound("another matter")
    known = [offer for offer in theirs if _may_be_known(offer)]
    standing = [offer for offer in known if offer.is_open] or _still_meant(known)
    if len(standing) == 1:
        return Bound(standing[0], None, named=False)
    return Unbound("several open" if standing else "nothing open", tuple(standing))


def _quoted(said: Inbound, documents: Reader) -> Message | None:
    """The message of ours, no offer, that the reply was written under."""
    here = f"conversations/{said.conversation_id}/messages"
    found = documents.query(Query(here, where=(("delivery.message_id", "==", said.replied_to_sid),), limit=1))
    return next((Message.model_validate(snapshot.data) for snapshot in found), None)


def _offers(said: Inbound, documents: Reader, now: datetime) -> list[Outreach]:
    """Those to this address that were made of late, and those that are still open, however long ago they were made."""
    key, since = said.conversation_id, now - LATE_YES_WITHIN
    queries = (
        Query("outreach", where=(("address_key", "==", key), ("created_at", ">", since)), limit=AT_MOST),
        Query("outreach", where=(("address_key", "==", key), ("status", "in", list(OPEN))), limit=AT_MOST),
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
