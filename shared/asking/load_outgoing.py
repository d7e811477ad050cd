"""What may be sent, as a model: an outreach, or a message."""

from shared.asking.outreach import Outreach
from shared.messaging.message import Message
from shared.ports import Snapshot
from shared.records.invalid import InvalidEvent


def outgoing(snapshot: Snapshot) -> Outreach | Message:
    """What `send_outreach` may be asked to send."""
    if snapshot.path.startswith("outreach/"):
        return Outreach.model_validate(snapshot.data)
    if snapshot.path.startswith("conversations/") and snapshot.data.get("direction") == "out":
        return Message.model_validate(snapshot.data)
    raise InvalidEvent(f"expected an outreach or an outgoing message, found {snapshot.path.split('/')[0]}")
