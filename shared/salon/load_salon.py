"""The salon as a model."""

from shared.ports import SALON, Reader
from shared.records.invalid import InvalidEvent
from shared.salon.salon import Salon


def salon_of(documents: Reader, salon_id: str) -> Salon:
    snapshot = documents.get(SALON)
    if snapshot is None:
        raise InvalidEvent(f"expected a document salons/{salon_id}, found none")
    return Salon.from_document(salon_id, snapshot.data)


def salon_to_tell(documents: Reader, salon_id: str) -> Salon:
    """As far as it can be understood: its owner shall hear also of what cannot."""
    snapshot = documents.get(SALON)
    if snapshot is None:
        raise InvalidEvent(f"expected a document salons/{salon_id}, found none")
    return Salon.legible(salon_id, snapshot.data)
