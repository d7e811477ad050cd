"""The guard of an ask: the conditions, each by its name, without which the ask is not right any more.

Whoever asks names them once, in the outreach; whoever looks at it later needs to know nothing of the agent that asked. What
holds for every ask (the customer, their consent, what they wrote, hours, modes) is no condition: it is looked at without being named.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from shared.asking.slot import Slot
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.records.stored import Stored

Name = Literal["slot_on_offer", "booking_stands", "no_future_booking"]


class Condition(Stored):
    """One thing that must hold. `about` is the id of the gap, the booking or the customer that it is about; `slot` is
    the time that has to lie in the gap, or at which the booking has to be."""

    condition: Name
    about: str
    slot: Slot | None = None


@dataclass(frozen=True)
class Facts:
    """What conditions are judged by: at least the gaps and bookings that they are about, and of customers the bookings that lie
    ahead."""

    now: datetime
    gaps: Sequence[Gap] = ()
    bookings: Sequence[Booking] = ()


def unmet(guard: Sequence[Condition], facts: Facts) -> str | None:
    """Says why the ask is no longer right: the reason of the first condition that does not hold, or None."""
    return next((REASONS[each.condition] for each in guard if not HOLDS[each.condition](each, facts)), None)


def offering(slot: Slot, gaps: Sequence[Gap]) -> list[Gap]:
    """Those of the gaps that the slot can be sold from."""
    return [gap for gap in gaps if gap.is_open and gap.stretch.contains(slot.stretch)]


def slot_on_offer(condition: Condition, facts: Facts) -> bool:
    gaps = [gap for gap in facts.gaps if gap.id == condition.about]
    return condition.slot is not None and bool(offering(condition.slot, gaps))


def booking_stands(condition: Condition, facts: Facts) -> bool:
    booking = next((booking for booking in facts.bookings if booking.id == condition.about), None)
    if booking is None or booking.status not in ("pending", "confirmed"):
        return False
    return condition.slot is None or booking.stretch == condition.slot.stretch


def no_future_booking(condition: Condition, facts: Facts) -> bool:
    theirs = (booking for booking in facts.bookings if booking.customer_id == condition.about)
    return not any(booking.occupies and booking.start_time > facts.now for booking in theirs)


HOLDS: Final[dict[Name, Callable[[Condition, Facts], bool]]] = {
    "slot_on_offer": slot_on_offer,
    "booking_stands": booking_stands,
    "no_future_booking": no_future_booking,
}
REASONS: Final[dict[Name, str]] = {
    "slot_on_offer": "the time is no longer on offer",
    "booking_stands": "the booking no longer stands as it was",
    "no_future_booking": "they have booked meanwhile",
}
