"""What each change of a gap records, announces and sets."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from shared.calendar.campaign import Campaign
from shared.calendar.gap import (
    Finding,
    Gap,
    campaigned,
    expired,
    filled,
    gap_id,
    ignored,
    looked_at,
    opened,
    released,
)
from shared.records.audit import Amended
from tests.shared.calendar.schedules import at, between
from tests.shared.records.told import Told, set_by, told

NOW = at("09:00")
BY = {"now": NOW, "actor": "ann"}
SETTLES = at("09:15")
FREED = between("14:00", "15:00")
RUNNING = Campaign(round=2, wave=3, asked=5, first_asked_at=at("08:00"), status="running", next_round_at=at("09:30"))
STORED_RUNNING = {
    "round": 2, "wave": 3, "asked": 5, "first_asked_at": at("08:00"), "status": "running",
    "next_round_at": at("09:30"), "reason": None, "arm": None,
}  # fmt: skip


def a_gap(**fields: Any) -> Gap:
    made = {
        "id": "gap_1", "salon_id": "s1", "revision": 3, "created_at": at("07:00"), "updated_at": at("08:00"),
        "staff_id": "rahul", "staff_name": "Rahul", "date": "2026-11-23", "start_time": at("14:00"),
        "end_time": at("16:00"), "duration_minutes": 120, "priority": "high", "potential_revenue": Decimal(800),
        "services_fittable": ["cut"], "fill_attempts": 2, "last_attempt_at": at("08:00"), "origin": "freed",
        "sellable_from": at("14:00"), "opened_start": at("14:00"), "opened_end": at("16:00"), "freed": [FREED],
        "priority_score": 70, "priority_parts": {"time": 0.5}, "campaign": RUNNING, "expires_at": at("15:30"),
        "due_at": at("09:30"),
    }  # fmt: skip
    return Gap(**(made | fields))


def a_finding(**fields: Any) -> Finding:
    """By itself, what `a_gap` says already."""
    made = {
        "stretch": between("14:00", "16:00"), "sellable_from": at("14:00"), "expires_at": at("15:30"),
        "services_fittable": ("cut",), "origin": "freed", "freed": (FREED,), "salon_freed": (), "settles_at": SETTLES,
        "potential_revenue": Decimal(800), "priority": "high", "priority_score": 70, "priority_parts": {"time": 0.5},
    }  # fmt: skip
    return Finding(**(made | fields))


def closed(action: str, details: dict[str, Any], announces: str, payload: dict[str, Any]) -> Told:
    return Told("gap_closed", action, details, announces, payload)


def ended(why: str, **fields: Any) -> dict[str, Any]:
    campaign = RUNNING.changed(status="ended", next_round_at=None, reason=why)
    return {"campaign": campaign, "closed_reason": why, "closed_at": NOW, "due_at": None, **fields}


CHANGES: dict[str, tuple[Gap, Callable[[Gap], Amended[Gap] | None], Told, dict[str, Any]]] = {
    "sold": (
        a_gap(),
        lambda gap: filled(gap, "b1", ours=True, **BY),
        closed(
            "Gap filled: booked",
            {"status": "filled", "filled_by": "b1", "closed_reason": "booked"},
            "GAP_FILLED",
            {"booking_id": "b1", "ours": True},
        ),
        ended("booked", status="filled", filled_by="b1"),
    ),
    "booked by the app": (
        a_gap(),
        lambda gap: filled(gap, "b2", ours=False, **BY),
        closed(
            "Gap filled: booked",
            {"status": "filled", "filled_by": "b2", "closed_reason": "booked"},
            "GAP_FILLED",
            {"booking_id": "b2", "ours": False},
        ),
        ended("booked", status="filled", filled_by="b2"),
    ),
    "over": (
        a_gap(),
        lambda gap: expired(gap, **BY),
        closed("Gap expired: time_over", {"status": "expired", "closed_reason": "time_over"}, "GAP_EXPIRED", {}),
        ended("time_over", status="expired"),
    ),
    "not to be sold": (
        a_gap(),
        lambda gap: ignored(gap, "closure", **BY),
        closed(
            "Gap ignored: closure",
            {"status": "ignored", "closed_reason": "closure"},
            "GAP_IGNORED",
            {"reason": "closure"},
        ),
        ended("closure", status="ignored"),
    ),
    "grown into another": (
        a_gap(),
        lambda gap: ignored(gap, "superseded", superseded_by="gap_0", **BY),
        closed(
            "Gap ignored: superseded",
            {"status": "ignored", "closed_reason": "superseded", "superseded_by": "gap_0"},
            "GAP_IGNORED",
            {"reason": "superseded"},
        ),
        ended("superseded", status="ignored", superseded_by="gap_0"),
    ),
    "released": (
        a_gap(awaits_owner=True, campaign=RUNNING.waiting_for_owner("why"), due_at=at("15:30")),
        lambda gap: released(gap, **BY),
        Told("manual_override", "Gap released by the owner", {}, "GAP_CHANGED", {"reason": "released"}),
        {
            "awaits_owner": False,
            "campaign": Campaign(round=2, wave=3, status="settling", next_round_at=NOW),
            "due_at": NOW,
        },
    ),
    "a round further": (
        a_gap(),
        lambda gap: campaigned(
            gap, RUNNING.running(asked=1, next_round_at=at("09:45"), now=NOW, wave=4), details={"why": "due"}, **BY
        ),
        Told(
            "gap_changed",
            "Campaign running",
            {
                "why": "due",
                "campaign": STORED_RUNNING | {"round": 3, "wave": 4, "asked": 6, "next_round_at": at("09:45")},
            },
        ),
        {
            "campaign": Campaign(
                round=3, wave=4, asked=6, first_asked_at=at("08:00"), status="running", next_round_at=at("09:45")
            ),
            "due_at": at("09:45"),
            "fill_attempts": 3,
            "last_attempt_at": NOW,
        },
    ),
    "put off": (
        a_gap(),
        lambda gap: campaigned(gap, RUNNING.postponed(at("15:31"), "the limit"), **BY),
        Told(
            "gap_changed",
            "Campaign running",
            {"campaign": STORED_RUNNING | {"next_round_at": at("15:31"), "reason": "the limit"}},
        ),
        {"campaign": RUNNING.changed(next_round_at=at("15:31"), reason="the limit"), "due_at": at("15:30")},
    ),
    "looked at": (
        a_gap(),
        lambda gap: looked_at(gap, again_at=at("09:40"), **BY),
        Told("gap_changed", "Campaign looked at", severity="debug"),
        {"due_at": at("09:40")},
    ),
    "looked at for the last time": (
        a_gap(),
        lambda gap: looked_at(gap, again_at=None, **BY),
        Told("gap_changed", "Campaign looked at", severity="debug"),
        {"due_at": None},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_gap_records_and_sets_this_and_no_more(name: str):
    before, change, says, sets = CHANGES[name]
    amended = change(before)
    assert amended is not None
    assert (told(amended.record), set_by(before, amended.document)) == (says, sets)


WAITS = Campaign(status="waiting_owner", reason="cancelled by the salon")
OPENED: list[tuple[dict[str, Any], Campaign, bool, Any]] = [
    ({}, Campaign(status="settling", next_round_at=SETTLES), False, SETTLES),
    ({"origin": "no_show"}, Campaign(status="settling", next_round_at=SETTLES), False, SETTLES),
    ({"settles_at": at("15:31")}, Campaign(status="settling", next_round_at=at("15:31")), False, at("15:30")),
    ({"origin": "idle", "freed": ()}, Campaign(), False, at("15:30")),
    ({"salon_freed": (FREED,)}, WAITS, True, at("15:30")),
    ({"origin": "idle", "salon_freed": (FREED,)}, WAITS, True, at("15:30")),
]


@pytest.mark.parametrize(("found", "campaign", "waits", "due_at"), OPENED)
def test_a_gap_opens_with_all_that_the_calendar_found(
    found: dict[str, Any], campaign: Campaign, waits: bool, due_at: Any
):
    finding = a_finding(**found)
    where = {"salon_id": "s1", "staff_id": "rahul", "staff_name": "Rahul", "date": "2026-11-23", "ordinal": 2}
    amended = opened(finding, **where, **BY)
    origin = finding.origin
    assert told(amended.record) == Told(
        "gap_opened",
        f"Gap opened: {origin}",
        {"start": at("14:00"), "end": at("16:00"), "origin": origin, "ordinal": 2},
        "GAP_DETECTED",
        {"origin": origin, "priority": "high"},
    )
    assert amended.document == a_gap(
        id=gap_id("s1", "rahul", finding.stretch, 2), revision=1, audit_head=amended.record.hash,
        created_at=NOW, updated_at=NOW, ordinal=2, fill_attempts=0, last_attempt_at=None,
        origin=origin, freed=list(finding.freed), awaits_owner=waits, campaign=campaign, due_at=due_at,
    )  # fmt: skip


def test_an_opening_has_the_same_id_in_every_release():
    stretch = between("14:00", "16:00")
    first = gap_id("s1", "rahul", stretch, 1)
    assert first == "gap_fa9af0c2e13aa6315fb6"
    others = [
        gap_id("s2", "rahul", stretch, 1), gap_id("s1", "mia", stretch, 1), gap_id("s1", "rahul", stretch, 2),
        gap_id("s1", "rahul", between("14:00", "16:01"), 1), gap_id("s1", "rahul", between("14:01", "16:00"), 1),
    ]  # fmt: skip
    assert len({first, *others}) == 6


@pytest.mark.parametrize(
    ("attempt", "wanted"),
    [
        (lambda gap: filled(gap, "b1", ours=True, **BY), "filled"),
        (lambda gap: expired(gap, **BY), "expired"),
        (lambda gap: ignored(gap, "owner", **BY), "ignored"),
        (lambda gap: released(gap, **BY), "released"),
        (lambda gap: campaigned(gap, RUNNING, **BY), "campaigned for"),
    ],
)
def test_what_cannot_be_done_to_a_closed_gap_is_said(attempt: Callable[[Gap], Amended[Gap]], wanted: str):
    with pytest.raises(ValueError) as refused:
        attempt(a_gap(status="expired"))
    assert str(refused.value) == f"expected gap gap_1 to be open to become {wanted}, found it expired"


def test_what_can_be_sold_ends_with_the_gap():
    assert a_gap().stretch == between("14:00", "16:00")
    assert a_gap().sellable_at(at("14:10"), 30) == between("14:40", "16:00")
    assert a_gap().sellable_at(at("13:00"), 60) == between("14:00", "16:00")
