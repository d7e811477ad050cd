"""Loads what may be sent: an outreach, or a message."""

from shared.asking.outreach import Outreach
from shared.messaging.message import Message
from shared.ports import Snapshot
from shared.records.invalid import InvalidEvent


def load_outgoing(snapshot: Snapshot) -> Outreach | Message:
    """The document as the outreach or message that it is. Raises InvalidEvent for anything else."""
    if snapshot.path.startswith("outreach/"):
        return Outreach.model_validate(snapshot.data)
    if snapshot.path.startswith("conversations/") and snapshot.data.get("direction") == "out":
        return Message.model_validate(snapshot.data)
    raise InvalidEvent(f"expected an outreach or an outgoing message, found {snapshot.path.split('/')[0]}")
