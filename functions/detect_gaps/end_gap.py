"""Closes a gap whose time is over, by reconciling its staff-day: what is no longer sellable is no gap."""

from typing import Literal

from shared.calendar.gap import Gap
from shared.calendar.reconcile_staff_day import reconcile_staff_day
from shared.ports import Clock, Documents
from shared.records.invalid import InvalidEvent


def end_gap(path: str, *, documents: Documents, clock: Clock) -> Literal["closed", "not over"]:
    """Closes the gap at this path if it is open and nothing in it can be sold any more. A gap that is due earlier is its
    campaign's matter."""
    gap = _standing(path, documents)
    if gap is None or not gap.is_open or clock.now() < gap.expires_at:
        return "not over"
    reconcile_staff_day(gap.staff_id, gap.date, documents=documents, clock=clock, actor="detect_gaps")
    left = _standing(path, documents)
    if left is None or not left.is_open:
        return "closed"
    if clock.now() < left.expires_at:
        # It has grown, and whoever looked at it here or elsewhere saw that first.
        return "not over"
    # Without a salon that can be read nobody knows what is a gap.
    raise InvalidEvent(f"expected gap {gap.id} to be closed with its staff-day, found it open")


def _standing(path: str, documents: Documents) -> Gap | None:
    found = documents.get(path)
    return Gap.model_validate(found.data) if found else None
