"""Loads the salon."""

from shared.ports import SALON, Reader
from shared.records.invalid import InvalidEvent
from shared.salon.salon import Salon


def salon_of(documents: Reader, salon_id: str) -> Salon:
    """The salon. Raises InvalidEvent where there is none."""
    snapshot = documents.get(SALON)
    if snapshot is None:
        raise InvalidEvent(f"expected a document salons/{salon_id}, found none")
    return Salon.from_document(salon_id, snapshot.data)


def salon_to_tell(documents: Reader, salon_id: str) -> Salon:
    """The salon as far as it can be read: its owner must be told things also while its document is broken."""
    snapshot = documents.get(SALON)
    if snapshot is None:
        raise InvalidEvent(f"expected a document salons/{salon_id}, found none")
    return Salon.readable_part(salon_id, snapshot.data)
