"""Judges whether a customer's yes can still be honoured. That its deadline has passed is no reason to refuse it: a late yes
counts while the time is on offer, free, and far enough ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.asking.guard import offering
from shared.asking.outreach import Outreach
from shared.asking.slot import Slot
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.calendar.occupied import occupied
from shared.calendar.service import Service

Refusal = Literal["slot_taken", "gap_closed", "too_late", "customer_busy"]


@dataclass(frozen=True)
class Honoured:
    """`gap` is the open gap that the slot is sold from: the one it was offered for, or the one that holds it now."""

    gap: Gap


@dataclass(frozen=True)
class NotHonoured:
    refusal: Refusal
    reason: str


def judge(
    outreach: Outreach,
    *,
    gaps: Sequence[Gap],
    staff_bookings: Sequence[Booking],
    customer_bookings: Sequence[Booking],
    services: Mapping[str, Service],
    minimum_notice_minutes: int,
    now: datetime,
) -> Honoured | NotHonoured:
    """Whether the yes to this offer can be honoured, and from which gap. The first rule that refuses it gives the reason."""
    slot = outreach.slot
    if slot is None:
        return NotHonoured("gap_closed", "the outreach offered no slot")
    if takes(staff_bookings, slot, services):
        return NotHonoured("slot_taken", "another booking has the time")
    if slot.start < now + timedelta(minutes=minimum_notice_minutes):
        return NotHonoured("too_late", f"less than {minimum_notice_minutes} minutes before the start")
    if any(booking.occupies and booking.stretch.overlaps(slot.stretch) for booking in customer_bookings):
        return NotHonoured("customer_busy", "the customer is booked elsewhere at that time")
    holding = offering(slot, gaps)
    if not holding:
        offered_for = next((gap for gap in gaps if gap.id == outreach.trigger_id), None)
        if offered_for is not None and offered_for.status == "filled":
            return NotHonoured("slot_taken", "the gap has been sold")
        return NotHonoured("gap_closed", "the time is no longer on offer")
    return Honoured(next((gap for gap in holding if gap.id == outreach.trigger_id), holding[0]))


def takes(bookings: Sequence[Booking], slot: Slot, services: Mapping[str, Service]) -> bool:
    """Whether one of these bookings occupies the slot's staff member during the slot. The buffers of both count; time in which
    a treatment takes effect by itself occupies nobody."""
    service = services.get(slot.service_id)
    wanted = slot.stretch.widened(service.buffer_before, service.buffer_after) if service else slot.stretch
    return any(part.overlaps(wanted) for part in occupied(bookings, services))
