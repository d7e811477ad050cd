"""Counts what failed because of the salon's set-up against its destination."""

from datetime import datetime

from shared.asking.destination import SETUP_FAULTS, Destination, destination_path, faulted
from shared.asking.outreach import Outreach
from shared.messaging.message import Message
from shared.ports import Reader, Write
from shared.records.commit import create, update


def fault_counted(
    message: Outreach | Message, code: int | None, documents: Reader, *, now: datetime, actor: str
) -> tuple[Write, ...]:
    """The writes that count this message's failure; none where the set-up of a number is not to blame. The commit fails when
    another was counted meanwhile."""
    if code is None or code not in SETUP_FAULTS or message.channel not in ("whatsapp", "sms"):
        return ()
    channel, address = message.channel, message.address
    found = documents.get(destination_path(channel, address))
    before = Destination.model_validate(found.data) if found else None
    moved = faulted(before, channel, address, salon_id=message.salon_id, code=code, now=now, actor=actor)
    return update(moved, found) if found else create(moved)
