"""Which slot of a gap a prospect would be offered: by their wish, by the notice they need, and around what they have booked."""

from collections.abc import Sequence
from datetime import timedelta

from functions.fill_gap.best_slot import best_slot
from functions.fill_gap.criteria import Criteria
from functions.fill_gap.prospect import Prospect
from functions.fill_gap.settings import Settings
from shared.asking.slot import Slot
from shared.calendar.gap import Gap
from shared.calendar.service import Service
from shared.values.stretches import Stretch

TIME_TO_ANSWER = timedelta(minutes=5)
"""The least time that a customer has for an offer, and the owner for a question: what leaves less is not asked."""


def notice_of(prospect: Prospect, settings: Settings) -> timedelta:
    """How long before its start the slot must be taken: the longest of what the customer, their wish and the salon need."""
    minutes = max(prospect.customer.minimum_notice_minutes, settings.gap.minimum_notice_minutes)
    if prospect.entry is not None:
        minutes = max(minutes, prospect.entry.minimum_notice_minutes)
    return timedelta(minutes=minutes)


def own_time(prospect: Prospect) -> list[Stretch]:
    """When the prospect is booked already. The booking that they would give up for the slot is not in its way."""
    given_up = prospect.moves.id if prospect.moves else None
    return [booking.stretch for booking in prospect.bookings if booking.occupies and booking.id != given_up]


def slot_for(
    prospect: Prospect, gap: Gap, service: Service, criteria: Criteria, *, clear_of: Sequence[Stretch]
) -> Slot | None:
    """The slot that this prospect would be offered, or None where none suits. Of several windows that they named the first
    that holds a slot counts."""
    earliest = criteria.now + notice_of(prospect, criteria.settings) + TIME_TO_ANSWER
    rooms = (criteria.rooms_taken or {}).get(service.id, ())
    windows: list[Stretch | None] = [None]
    if prospect.entry is not None and prospect.entry.windows:
        windows = [window.stretch for window in prospect.entry.windows]
    for window in windows:
        found = best_slot(
            gap,
            service,
            earliest_start=earliest,
            window=window,
            services=list(criteria.services.values()),
            clear_of=[*clear_of, *rooms],
        )
        if found is not None and (prospect.moves is None or found.start < prospect.moves.start_time):
            return Slot(start=found.start, end=found.end, service_id=service.id, staff_id=gap.staff_id)
    return None
