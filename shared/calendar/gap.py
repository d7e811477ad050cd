"""A gap: one opening of a stretch of a staff member's working time. The only place that changes a gap's status.

    open -> filled | expired | ignored

Freed again is a new opening with the next ordinal, never the old gap re-opened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Literal

from shared.calendar.campaign import Campaign
from shared.records.audit import Amended, amend
from shared.records.events import EventType
from shared.records.retention import YEAR, Kept
from shared.records.stored import Instant, Money, Number, StateDocument, natural_id
from shared.values.stretches import StoredStretch, Stretch, common, merged, without
from shared.values.wall_time import IsoDate

Origin = Literal["freed", "no_show", "idle"]
Priority = Literal["low", "medium", "high", "critical"]
ClosedReason = Literal["booked", "time_over", "owner", "time_off", "closure", "hours", "not_offered", "superseded"]
IgnoredReason = Literal["owner", "time_off", "closure", "hours", "not_offered", "superseded"]

_WEIGHT: dict[Origin, int] = {"idle": 0, "no_show": 1, "freed": 2}


@dataclass(frozen=True)
class Finding:
    """What the calendar says now about one free stretch that should be a gap. `freed` is the part that bookings gave
    back, `salon_freed` what of it the salon itself cancelled. `settles_at` is when a campaign for it may send its first
    offers."""

    stretch: Stretch
    sellable_from: datetime
    expires_at: datetime
    services_fittable: tuple[str, ...]
    origin: Origin
    freed: tuple[Stretch, ...]
    salon_freed: tuple[Stretch, ...]
    settles_at: datetime
    potential_revenue: Decimal
    priority: Priority
    priority_score: int
    priority_parts: dict[str, float]


class Gap(StateDocument):
    """`start_time` to `end_time` is the free stretch as it is, also when some of it is past or too soon; `sellable_at`
    says what can be sold. `sellable_from` is where that began when the gap was last amended: the mere passage of time
    changes no gap. `opened_start` and `opened_end` are its bounds at opening, of which its id is made. From
    `expires_at` on nothing that fits can be sold any more. `freed` is the time that bookings gave back, at which an offer
    should aim."""

    collection: ClassVar[str] = "gaps"
    retained = Kept(YEAR)
    resource_type: ClassVar[str] = "gap"

    staff_id: str
    staff_name: str
    date: IsoDate
    start_time: Instant
    end_time: Instant
    duration_minutes: int
    priority: Priority
    status: Literal["open", "filled", "expired", "ignored"] = "open"
    potential_revenue: Money
    services_fittable: list[str]
    fill_attempts: int = 0
    last_attempt_at: Instant | None = None
    filled_by: str | None = None
    origin: Origin
    sellable_from: Instant
    superseded_by: str | None = None
    ordinal: int = 1
    opened_start: Instant
    opened_end: Instant
    freed: list[StoredStretch] = []
    awaits_owner: bool = False
    priority_score: int = 0
    priority_parts: dict[str, Number] = {}
    campaign: Campaign = Campaign()
    expires_at: Instant
    due_at: Instant | None = None
    closed_reason: ClosedReason | None = None
    closed_at: Instant | None = None

    @property
    def stretch(self) -> Stretch:
        return Stretch(self.start_time, self.end_time)

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    def sellable_at(self, now: datetime, minimum_notice_minutes: int) -> Stretch:
        """The part that can still be sold with this much notice; empty when its time is over."""
        return Stretch(max(self.start_time, now + timedelta(minutes=minimum_notice_minutes)), self.end_time)


def gap_id(salon_id: str, staff_id: str, stretch: Stretch, ordinal: int) -> str:
    """The id of this opening, the same whenever it is made."""
    return natural_id("gap", salon_id, staff_id, stretch.start, stretch.end, ordinal)


def opened(
    finding: Finding,
    *,
    salon_id: str,
    staff_id: str,
    staff_name: str,
    date: str,
    ordinal: int,
    now: datetime,
    actor: str,
) -> Amended[Gap]:
    """Opens a gap for what the calendar found."""
    stretch = finding.stretch
    waits = bool(finding.salon_freed)
    campaign = _begun(Campaign(), finding.origin, waits, finding)
    gap = Gap(
        id=gap_id(salon_id, staff_id, stretch, ordinal),
        salon_id=salon_id,
        created_at=now,
        updated_at=now,
        staff_id=staff_id,
        staff_name=staff_name,
        date=date,
        opened_start=stretch.start,
        opened_end=stretch.end,
        ordinal=ordinal,
        freed=merged(finding.freed),
        origin=finding.origin,
        awaits_owner=waits,
        campaign=campaign,
        due_at=_due(campaign, finding.expires_at),
        **_measures(finding),
    )
    return amend(
        gap,
        now=now,
        actor=actor,
        event="gap_opened",
        action=f"Gap opened: {finding.origin}",
        details={"start": stretch.start, "end": stretch.end, "origin": finding.origin, "ordinal": ordinal},
        announces="GAP_DETECTED",
        payload={"origin": finding.origin, "priority": finding.priority},
    )


def followed(gap: Gap, finding: Finding, *, staff_name: str, now: datetime, actor: str) -> Amended[Gap] | None:
    """The gap brought in line with what the calendar says now, or None when nothing about it changed. GAP_CHANGED is
    announced for what an offer depends on (bounds, origin, freed time, the owner's word); a new price or priority is only
    recorded."""
    remembered = [part for part in common(gap.freed, [finding.stretch]) if part.end > finding.sellable_from]
    freed = merged([*remembered, *finding.freed])
    newly_freed = without(finding.freed, gap.freed)
    # A moved booking leaves no trace in the calendar: once freed, time stays freed while it stays free.
    origin = max(finding.origin, gap.origin if remembered else "idle", key=_WEIGHT.__getitem__)
    waits = (gap.awaits_owner and bool(finding.salon_freed)) or bool(without(finding.salon_freed, gap.freed))
    campaign = gap.campaign
    # What a campaign waits for (somebody to ask) may be different now.
    resting = campaign.status in ("idle", "ended") or campaign.reason is not None
    if waits != gap.awaits_owner or (newly_freed and resting):
        campaign = _begun(campaign, origin, waits, finding)
    elif origin == "idle" and campaign.status == "settling":
        campaign = campaign.idle()
    material = {
        "start_time": finding.stretch.start,
        "end_time": finding.stretch.end,
        "origin": origin,
        "freed": freed,
        "awaits_owner": waits,
        "campaign": campaign,
    }
    recorded = {
        "staff_name": staff_name,
        "services_fittable": list(finding.services_fittable),
        "potential_revenue": finding.potential_revenue,
        "priority": finding.priority,
        "expires_at": finding.expires_at,
    }
    changed = {name: value for name, value in {**material, **recorded}.items() if getattr(gap, name) != value}
    if not changed:
        return None
    announced = bool(material.keys() & changed.keys())
    due_at = gap.due_at
    if campaign != gap.campaign or finding.expires_at != gap.expires_at:
        due_at = _due(campaign, finding.expires_at)
    return amend(
        gap,
        now=now,
        actor=actor,
        event="gap_changed",
        action="Gap follows the calendar",
        details={name: _plain(value) for name, value in changed.items()},
        announces="GAP_CHANGED" if announced else None,
        payload={"reason": "freed" if newly_freed else "moved"} if announced else None,
        **{**_measures(finding), **changed, "due_at": due_at},
    )


def filled(gap: Gap, booking_id: str, *, now: datetime, actor: str, ours: bool) -> Amended[Gap]:
    """Closes the gap because a booking took its time. `ours` says that the booking is a sale of this gap and not one that
    the app made."""
    return _closed(
        gap,
        now=now,
        actor=actor,
        announces="GAP_FILLED",
        payload={"booking_id": booking_id, "ours": ours},
        status="filled",
        filled_by=booking_id,
        closed_reason="booked",
    )


def expired(gap: Gap, *, now: datetime, actor: str) -> Amended[Gap]:
    """Closes a gap because its time is over."""
    return _closed(gap, now=now, actor=actor, announces="GAP_EXPIRED", status="expired", closed_reason="time_over")


def ignored(
    gap: Gap, reason: IgnoredReason, *, now: datetime, actor: str, superseded_by: str | None = None
) -> Amended[Gap]:
    """Closes a gap that is no longer to be sold, for this reason."""
    return _closed(
        gap,
        now=now,
        actor=actor,
        announces="GAP_IGNORED",
        payload={"reason": reason},
        status="ignored",
        closed_reason=reason,
        superseded_by=superseded_by,
    )


def released(gap: Gap, *, now: datetime, actor: str) -> Amended[Gap]:
    """Begins the campaign of a gap at once, because the owner said that time the salon cancelled may be sold."""
    _must_be_open(gap, "released")
    campaign = gap.campaign.settling(now)
    return amend(
        gap,
        now=now,
        actor=actor,
        event="manual_override",
        action="Gap released by the owner",
        announces="GAP_CHANGED",
        payload={"reason": "released"},
        awaits_owner=False,
        campaign=campaign,
        due_at=_due(campaign, gap.expires_at),
    )


def campaigned(
    gap: Gap, campaign: Campaign, *, now: datetime, actor: str, details: dict[str, Any] | None = None
) -> Amended[Gap]:
    """The gap with its campaign moved on. A campaign that is a round further counts as an attempt to fill the gap."""
    _must_be_open(gap, "campaigned for")
    attempted = campaign.round > gap.campaign.round
    return amend(
        gap,
        now=now,
        actor=actor,
        event="gap_changed",
        action=f"Campaign {campaign.status}",
        details={"campaign": campaign.stored(), **(details or {})},
        campaign=campaign,
        due_at=_due(campaign, gap.expires_at),
        fill_attempts=gap.fill_attempts + attempted,
        last_attempt_at=now if attempted else gap.last_attempt_at,
    )


def looked_at(gap: Gap, *, again_at: datetime | None, now: datetime, actor: str) -> Amended[Gap]:
    """The gap after a look at its campaign that moved nothing on: the next look is at `again_at`, or at none."""
    return amend(
        gap, now=now, actor=actor, event="gap_changed", action="Campaign looked at", severity="debug", due_at=again_at
    )


def _begun(campaign: Campaign, origin: Origin, waits: bool, finding: Finding) -> Campaign:
    """The campaign as it begins for this origin: only time that was given back is offered by itself, and what the salon
    cancelled waits for the owner."""
    if waits:
        return campaign.waiting_for_owner("cancelled by the salon")
    return campaign.idle() if origin == "idle" else campaign.settling(finding.settles_at)


def _measures(finding: Finding) -> dict[str, Any]:
    return {
        "start_time": finding.stretch.start,
        "end_time": finding.stretch.end,
        "duration_minutes": finding.stretch.minutes,
        "sellable_from": finding.sellable_from,
        "expires_at": finding.expires_at,
        "services_fittable": list(finding.services_fittable),
        "potential_revenue": finding.potential_revenue,
        "priority": finding.priority,
        "priority_score": finding.priority_score,
        "priority_parts": finding.priority_parts,
    }


def _due(campaign: Campaign, expires_at: datetime) -> datetime:
    return min(campaign.next_round_at, expires_at) if campaign.next_round_at else expires_at


def _closed(
    gap: Gap, *, now: datetime, actor: str, announces: EventType, payload: dict[str, Any] | None = None, **changes: Any
) -> Amended[Gap]:
    _must_be_open(gap, str(changes["status"]))
    return amend(
        gap,
        now=now,
        actor=actor,
        event="gap_closed",
        action=f"Gap {changes['status']}: {changes['closed_reason']}",
        details={name: value for name, value in changes.items() if value is not None},
        announces=announces,
        payload=payload,
        closed_at=now,
        due_at=None,
        campaign=gap.campaign.ended(str(changes["closed_reason"])),
        **changes,
    )


def _must_be_open(gap: Gap, wanted: str) -> None:
    if not gap.is_open:
        raise ValueError(f"expected gap {gap.id} to be open to become {wanted}, found it {gap.status}")


def _plain(value: Any) -> Any:
    if isinstance(value, Campaign):
        return value.stored()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [item._asdict() if isinstance(item, Stretch) else item for item in value]
    return value
