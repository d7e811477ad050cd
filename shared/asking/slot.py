"""What an offer is about: a time with somebody, for a service."""

from shared.records.stored import Instant, Stored
from shared.values.stretches import Stretch


class Slot(Stored):
    """The exact part of a gap that an offer is about."""

    start: Instant
    end: Instant
    service_id: str
    staff_id: str

    @property
    def stretch(self) -> Stretch:
        return Stretch(self.start, self.end)
