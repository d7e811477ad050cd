"""Stores what a person wrote, once."""

from datetime import datetime

from shared.messaging.message import Inbound, received
from shared.ports import Documents
from shared.records.commit import create
from shared.records.invalid import InvalidEvent


def store_inbound(said: Inbound, documents: Documents, *, now: datetime) -> bool:
    """Stores an inbound message with its salon, and returns whether it was not there before. Raises InvalidEvent where its id
    is taken by a message of another sender."""
    if documents.commit(*create(received(said, now=now))):
        return True
    if documents.get(said.path) is None:
        raise InvalidEvent(f"expected message {said.id} to be of one sender, found it stored as another's")
    return False
