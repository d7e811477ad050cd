"""How far the scans of a salon have come, and where its bookings stood when a scan last saw them. A booking that was moved or
cancelled no longer shows what time it gave back, and the event that would have said so may be lost."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import ClassVar, Final, NamedTuple, Self

from shared.calendar.booking import Booking, stand_in
from shared.calendar.booking_changes import calendar_sees
from shared.records.stored import Instant, Stored
from shared.values.stretches import Stretch

OVERLAP: Final = timedelta(minutes=2)
"""So much of the time before the last scan is looked at again: writes become visible a little after the time they carry, and
clocks differ."""
INTERVAL: Final = timedelta(minutes=5)
TURN: Final = timedelta(days=1)
"""In each turn all staff members are looked at, whatever changed."""
MOST_BOOKINGS: Final = 6000
"""As many bookings as fit into one document: those of about fifty staff members with a fortnight each."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class SeenBooking(NamedTuple):
    """A booking that took time when a scan last saw it. `seen` is a digest of all that gaps depend on."""

    staff_id: str
    stretch: Stretch
    seen: str

    @classmethod
    def of(cls, booking: Booking) -> Self:
        return cls(booking.staff_id, booking.stretch, seen_as(booking))

    def as_booking(self, id: str) -> Booking:
        return stand_in(id, self.staff_id, self.stretch)


def seen_as(booking: Booking) -> str:
    """The digest of all of the booking that gaps depend on."""
    return hashlib.blake2b(repr(calendar_sees(booking)).encode(), digest_size=6).hexdigest()


class ScanCursor(Stored):
    """`counters/scan`. What was written before `scanned_until` has been looked at, by the opening hours and settings of
    `hours` and `settings_version`. In the turn of that number all of `staff_ids` are looked at, the first `checked` of them
    already. `again` are staff members whose look failed. `standing` is JSON of booking id to staff member, start and end in
    microseconds, and digest: text, because Firestore indexes every field of a map."""

    path: ClassVar[str] = "counters/scan"

    scanned_until: Instant
    hours: str
    settings_version: int
    turn: int
    staff_ids: list[str]
    checked: int
    again: list[str] = []
    standing: str = "{}"

    def seen_bookings(self) -> dict[str, SeenBooking]:
        return {
            id: SeenBooking(staff_id, Stretch(_instant(start), _instant(end)), seen)
            for id, (staff_id, start, end, seen) in json.loads(self.standing).items()
        }


def remembered(bookings: Mapping[str, SeenBooking], now: datetime) -> str:
    """The text that a cursor keeps of these bookings: of those not yet over, the nearest where there are too many."""
    ahead = sorted(
        ((id, found) for id, found in bookings.items() if found.stretch.end > now),
        key=lambda item: (item[1].stretch.start, item[0]),
    )
    kept = {
        id: [found.staff_id, _number(found.stretch.start), _number(found.stretch.end), found.seen]
        for id, found in ahead[:MOST_BOOKINGS]
    }
    return json.dumps(kept, separators=(",", ":"))


def turn_at(salon_id: str, now: datetime) -> tuple[int, float]:
    """The number of the salon's turn, and the share of it that is over at the next scan. Each salon's turn begins at a time
    of day of its own, so that they do not all begin together."""
    offset = int.from_bytes(hashlib.blake2b(salon_id.encode(), digest_size=4).digest()) % int(TURN.total_seconds())
    since = now - _EPOCH + timedelta(seconds=offset)
    return since // TURN, min(1.0, (since % TURN + INTERVAL) / TURN)


def due(staff_ids: Iterable[str], checked: int, over: float) -> list[str]:
    """Those who are to be looked at by the time this share of the turn is over, when so many have been."""
    everybody = list(staff_ids)
    return everybody[checked : ceil(len(everybody) * over)]


def _number(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _instant(number: int) -> datetime:
    return _EPOCH + number * _MICROSECOND
