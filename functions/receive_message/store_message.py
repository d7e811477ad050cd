"""A person wrote: their message is stored where it will be worked on, and nothing else is done. A yes is never lost, and the
same MessageSid again is the same message."""

from typing import Literal

from shared.messaging.inbound import InboundMessage
from shared.messaging.message import ANSWER_LEASE, Inbound, received, waiting_for_branch
from shared.ports import Clock, Create, Deployment, Documents, Store
from shared.records.commit import create
from shared.records.invalid import InvalidEvent
from shared.salon.channel_route import route_path
from shared.values.identity import address_key

Outcome = Literal["stored", "stored for a branch", "stored before", "unknown number"]


def receive_message(message: InboundMessage, *, store: Store, clock: Clock, deployment: Deployment) -> Outcome:
    """Stores the message below its salon, or below its number where several salons share that: then `choose_branch` finds
    out whose it is."""
    platform = store.platform()
    route = platform.get(route_path(message.account_sid, message.recipient))
    if route is None:
        return "unknown number"
    said = _said(message, address_key(deployment.signing_key, message.channel, message.sender), clock)
    match route.data.get("salon_ids", []):
        case [salon_id]:
            return _stored(said.changed(salon_id=str(salon_id)), store.salon(str(salon_id)))
    kept = waiting_for_branch(said, route.path)
    return "stored for a branch" if platform.commit(Create(kept, said.stored())) else "stored before"


def _stored(said: Inbound, documents: Documents) -> Outcome:
    if documents.commit(*create(received(said, now=said.received_at))):
        return "stored"
    if documents.get(said.path) is None:
        raise InvalidEvent(f"expected message {said.id} to be of one sender, found it stored as another's")
    return "stored before"


def _said(message: InboundMessage, key: str, clock: Clock) -> Inbound:
    now = clock.now()
    return Inbound(
        id=message.message_sid,
        salon_id="",
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
        due_at=now + ANSWER_LEASE,
    )
