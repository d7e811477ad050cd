"""A person wrote. Stored first, then worked on: a yes is never lost. The same MessageSid again is the same message.

Salons of one organization may share a number: then what the message says and whom it answers tell whose it is.
"""

from collections.abc import Callable
from typing import Literal

from shared.domain.conversation import Identity, identity_path
from shared.domain.identity import address_key
from shared.domain.inbound import InboundMessage
from shared.domain.invalid import InvalidEvent
from shared.domain.message import Inbound, received
from shared.domain.outreach import OPEN
from shared.domain.replies import understand
from shared.domain.tokens import read, read_approval
from shared.ports import Clock, Create, Deployment, Documents, Put, Query, Store
from shared.use_cases.answer_message import Answered, answer_message
from shared.use_cases.connect_salon import route_path
from shared.use_cases.writing import create, until_committed

Outcome = Answered | Literal["unknown number", "kept until the branch is known"]


def receive_message(message: InboundMessage, *, store: Store, clock: Clock, deployment: Deployment) -> Outcome:
    platform = store.platform()
    route = platform.get(route_path(message.account_sid, message.recipient))
    if route is None:
        return "unknown number"
    key = address_key(deployment.signing_key, message.channel, message.sender)
    salon_ids = _meant(message, [str(each) for each in route.data.get("salon_ids", [])], key, store, deployment)
    if not salon_ids:
        kept = f"{route.path}/messages/{message.message_sid}"
        platform.commit(Create(kept, {**_stored(message, "", key, clock).stored(), "due_at": None}))
        return "kept until the branch is known"
    outcomes = [_taken_in(message, key, store.salon(each), clock, deployment) for each in salon_ids]
    return outcomes[-1]


def _taken_in(
    message: InboundMessage, key: str, documents: Documents, clock: Clock, deployment: Deployment
) -> Answered:
    inbound = _stored(message, documents.salon_id, key, clock)
    if not documents.commit(*create(received(inbound, now=clock.now()))) and documents.get(inbound.path) is None:
        raise InvalidEvent(f"expected message {inbound.id} to be of one sender, found it stored as another's")
    _remember(message, key, documents, clock)
    return answer_message(inbound.path, documents=documents, clock=clock, deployment=deployment)


def _meant(message: InboundMessage, salon_ids: list[str], key: str, store: Store, deployment: Deployment) -> list[str]:
    """Whom it is for: the salon that its button names, or the only one of this number; else the only one whose message it
    answers, that has an offer open to them, or that knows them. A STOP is for all that know them."""
    signed = message.button_payload or ""
    token = read(deployment.signing_key, signed) or read_approval(deployment.signing_key, signed)
    if token is not None and token.salon_id in salon_ids:
        return [token.salon_id]
    if len(salon_ids) == 1:
        return salon_ids

    def those(which: Callable[[Documents], bool]) -> list[str]:
        return [salon_id for salon_id in salon_ids if which(store.salon(salon_id))]

    knowing = those(lambda documents: _knows(documents, message, key))
    if message.opt_out == "STOP" or understand(message.body, locale="en", channel=message.channel) == "stop":
        return knowing
    for found in (
        those(lambda documents: _wrote(documents, message.replied_to_sid, key)),
        those(lambda documents: _offers(documents, key)),
        knowing,
    ):
        if len(found) == 1:
            return found
    return []


def _wrote(documents: Documents, sid: str | None, key: str) -> bool:
    return sid is not None and any(
        documents.query(Query(collection, where=(("delivery.message_id", "==", sid),), limit=1))
        for collection in ("outreach", f"conversations/{key}/messages")
    )


def _offers(documents: Documents, key: str) -> bool:
    query = Query("outreach", where=(("address_key", "==", key), ("status", "in", list(OPEN))), limit=1)
    return bool(documents.query(query))


def _knows(documents: Documents, message: InboundMessage, key: str) -> bool:
    customers = Query("customers", where=(("phone", "==", message.sender),), limit=1)
    return documents.get(identity_path(key)) is not None or bool(documents.query(customers))


def _stored(message: InboundMessage, salon_id: str, key: str, clock: Clock) -> Inbound:
    now = clock.now()
    return Inbound(
        id=message.message_sid,
        salon_id=salon_id,
        created_at=now,
        updated_at=now,
        conversation_id=key,
        channel=message.channel,
        account_sid=message.account_sid,
        sender=message.sender,
        recipient=message.recipient,
        body=message.body,
        button_payload=message.button_payload,
        replied_to_sid=message.replied_to_sid,
        media_count=message.media_count,
        opt_out=message.opt_out,
        received_at=now,
        due_at=None,
    )


def _remember(message: InboundMessage, key: str, documents: Documents, clock: Clock) -> None:
    """They wrote just now: for 24 hours WhatsApp lets us answer in our own words."""

    def attempt() -> bool | None:
        found = documents.get(identity_path(key))
        known = Identity.model_validate(found.data) if found else Identity(channel=message.channel)
        now = clock.now()
        if known.last_inbound_at is not None and known.last_inbound_at >= now:
            return True
        latest = known.changed(last_inbound_at=now).stored()
        write = (
            Put(identity_path(key), latest, unchanged_since=found.version)
            if found
            else Create(identity_path(key), latest)
        )
        return documents.commit(write) or None

    until_committed(attempt, clock=clock)
