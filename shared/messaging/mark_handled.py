"""Marks an inbound message as handled, in the commit of its effect."""

from datetime import datetime

from shared.messaging.load_inbound import load_inbound
from shared.messaging.message import handled
from shared.ports import Snapshot, Write
from shared.records.commit import update


def said_handled(said: Snapshot | None, outcome: str, now: datetime, *, actor: str) -> tuple[Write, ...]:
    """The writes that mark the inbound message as handled whose effect this commit is; none where the effect came by no
    message."""
    if said is None:
        return ()
    message = load_inbound(said)
    return update(handled(message, outcome=outcome, now=now, actor=actor)) if message.handled_at is None else ()
