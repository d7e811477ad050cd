"""A person wrote. Stored first, then worked on: a yes is never lost. The same MessageSid again is the same message.

Salons of one organization may share a number: then what the message says and whom it answers tell whose it is.
"""

from typing import Literal

from shared.messaging.inbound import InboundMessage
from shared.messaging.message import Inbound
from shared.ports import Clock, Deployment, Store
from shared.sales.answer import Answered
from shared.sales.choose import at_shared_number
from shared.sales.take_in import Arrival
from shared.salon.channel_route import route_path
from shared.values.identity import address_key

Outcome = Answered | Literal["unknown number", "kept until the branch is known"]


def receive_message(message: InboundMessage, *, store: Store, clock: Clock, deployment: Deployment) -> Outcome:
    route = store.platform().get(route_path(message.account_sid, message.recipient))
    if route is None:
        return "unknown number"
    key = address_key(deployment.signing_key, message.channel, message.sender)
    salon_ids = [str(each) for each in route.data.get("salon_ids", [])]
    said = _stored(message, key, clock)
    arrival = Arrival(said, store, clock, deployment)
    if len(salon_ids) == 1:
        return arrival.taken_in_by(salon_ids[0])
    return at_shared_number(arrival, route.path, salon_ids) or "kept until the branch is known"


def _stored(message: InboundMessage, key: str, clock: Clock) -> Inbound:
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
        due_at=None,
    )
