"""A person wrote: their message is stored where it will be worked on, and nothing else is done. A yes is never lost, and the
same MessageSid again is the same message."""

from typing import Literal

from shared.messaging.inbound import InboundMessage
from shared.messaging.message import ANSWER_LEASE, Inbound, waiting_for_branch
from shared.messaging.store_inbound import store_inbound
from shared.ports import Clock, Create, Deployment, Store
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
            theirs = said.changed(salon_id=str(salon_id))
            new = store_inbound(theirs, store.salon(str(salon_id)), now=said.received_at)
            return "stored" if new else "stored before"
    kept = waiting_for_branch(said, route.path)
    return "stored for a branch" if platform.commit(Create(kept, said.stored())) else "stored before"


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
        user_id=message.user_id,
        opt_out=message.opt_out,
        received_at=now,
        due_at=now + ANSWER_LEASE,
    )
