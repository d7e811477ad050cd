"""Makes the stored gaps of one staff-day what the calendar says they should be.

It never asks what happened: whatever event arrives, twice, late or not at all, the result depends only on what
stands now. Run again on its own result it changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shared.calendar import gap as gaps
from shared.calendar.booking import Booking
from shared.calendar.gap import Finding, Gap, IgnoredReason
from shared.calendar.occupied import time_of
from shared.calendar.staff_day import Freed, StaffDay, findings
from shared.calendar.working_time import absence_stretch
from shared.records.audit import Amended
from shared.values.stretches import Stretch, common, without


def reconcile(
    staff_day: StaffDay, stored: Iterable[Gap], *, now: datetime, actor: str, freed: Iterable[Freed] = ()
) -> list[Amended[Gap]]:
    """The changes that make the stored gaps of a staff-day what the calendar says. `stored` are all its gaps, closed
    ones too: they count the openings, and the owner's word is among them. `freed` is what the change that caused this
    gave back, as far as the bookings no longer show it."""
    stored = sorted(stored, key=lambda gap: (gap.start_time, gap.end_time, gap.id))
    changes: list[Amended[Gap]] = []
    standing: list[Gap] = []
    for gap in (gap for gap in stored if gap.is_open):
        sale = _sale_of(gap, staff_day)
        if sale is None:
            standing.append(gap)
        else:
            changes.append(gaps.filled(gap, sale.id, now=now, actor=actor, ours=True))
    found = findings(staff_day, now=now, stored=stored, freed=freed)
    kept = matched(found, standing)
    ids: list[tuple[Finding, str]] = []
    for finding, match in kept:
        if match is None:
            change: Amended[Gap] | None = gaps.opened(
                finding,
                salon_id=staff_day.salon.id,
                staff_id=staff_day.staff.id,
                staff_name=staff_day.staff.name,
                date=staff_day.day.isoformat(),
                ordinal=_next_ordinal(finding.stretch, stored),
                now=now,
                actor=actor,
            )
        else:
            change = gaps.followed(match, finding, staff_name=staff_day.staff.name, now=now, actor=actor)
        if change is not None:
            changes.append(change)
        ids.append((finding, change.document.id if change else match.id if match else ""))
    carried_on = {match.id for _, match in kept if match is not None}
    for gap in standing:
        if gap.id not in carried_on:
            heir = next((id for finding, id in ids if finding.stretch.overlaps(gap.stretch)), None)
            changes.append(_closed(gap, heir, staff_day, now=now, actor=actor))
    return changes


def matched(found: Sequence[Finding], standing: Sequence[Gap]) -> list[tuple[Finding, Gap | None]]:
    """Each free stretch with the open gap that becomes it: the earliest gap it overlaps that no earlier stretch took.
    So the earliest piece of a gap that falls apart keeps its id, and of gaps that grow together the earliest lives
    on."""
    left = list(standing)
    pairs: list[tuple[Finding, Gap | None]] = []
    for finding in found:
        match = next((gap for gap in left if gap.stretch.overlaps(finding.stretch)), None)
        if match is not None:
            left.remove(match)
        pairs.append((finding, match))
    return pairs


def _next_ordinal(stretch: Stretch, stored: Sequence[Gap]) -> int:
    before = [gap.ordinal for gap in stored if (gap.opened_start, gap.opened_end) == stretch]
    return max(before, default=0) + 1


def _sale_of(gap: Gap, staff_day: StaffDay) -> Booking | None:
    """Our own sale of this gap, if there is one. A sale of a part fills the whole gap; what is left of it opens
    anew."""
    return next(
        (b for b in staff_day.own_bookings if b.gap_id == gap.id and b.occupies and b.stretch.overlaps(gap.stretch)),
        None,
    )


def _closed(gap: Gap, heir: str | None, staff_day: StaffDay, *, now: datetime, actor: str) -> Amended[Gap]:
    """Closes a gap that is none any more, for the first of these reasons that applies: sold, over, not worked, not
    offered."""
    if heir is not None:
        return gaps.ignored(gap, "superseded", now=now, actor=actor, superseded_by=heir)
    ahead = staff_day.ahead(gap.stretch, now)
    for part in (gap.stretch, ahead):
        if staff_day.sellable([part]) and not staff_day.sellable(without([part], staff_day.occupied)):
            return gaps.filled(gap, _taker(part, staff_day).id, now=now, actor=actor, ours=False)
    if staff_day.sellable([gap.stretch]) and not staff_day.sellable([ahead]):
        return gaps.expired(gap, now=now, actor=actor)
    return gaps.ignored(gap, _unworked(ahead, staff_day), now=now, actor=actor)


def _taker(part: Stretch, staff_day: StaffDay) -> Booking:
    """The booking that took most of this time."""

    def took(booking: Booking) -> timedelta:
        pieces = common([part], time_of(booking, staff_day.services))
        return sum((piece.end - piece.start for piece in pieces), timedelta())

    return max((booking for booking in staff_day.own_bookings if booking.occupies), key=took)


def _unworked(ahead: Stretch, staff_day: StaffDay) -> IgnoredReason:
    """Why this time is not sold by anybody: a closure, time off, the hours, or no service that fits."""
    if staff_day.sellable(common([ahead], staff_day.working)):
        return "not_offered"
    if common([ahead], [absence_stretch(absence) for absence in staff_day.salon.closures]):
        return "closure"
    if common([ahead], [absence_stretch(absence) for absence in staff_day.staff.time_off]):
        return "time_off"
    return "hours" if staff_day.sellable([ahead]) else "not_offered"
