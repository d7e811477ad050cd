"""Loads an inbound message."""

from shared.messaging.message import Inbound
from shared.ports import Snapshot


def load_inbound(snapshot: Snapshot) -> Inbound:
    return Inbound.model_validate(snapshot.data)
