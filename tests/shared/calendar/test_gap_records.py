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
    followed,
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
    "next_round_at": at("09:30"), "reason": None,
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


def changed(details: dict[str, Any], why: str | None = None) -> Told:
    announces, payload = ("GAP_CHANGED", {"reason": why}) if why else (None, {})
    return Told("gap_changed", "Gap follows the calendar", details, announces, payload)


def closed(action: str, details: dict[str, Any], announces: str, payload: dict[str, Any]) -> Told:
    return Told("gap_closed", action, details, announces, payload)


def ended(why: str, **fields: Any) -> dict[str, Any]:
    campaign = RUNNING.changed(status="ended", next_round_at=None, reason=why)
    return {"campaign": campaign, "closed_reason": why, "closed_at": NOW, "due_at": None, **fields}


SETTLING = Campaign(round=2, wave=3, status="settling", next_round_at=SETTLES)
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


LONGER, NARROW = between("14:00", "17:00"), between("15:00", "16:00")
IDLE = {"origin": "idle", "freed": ()}
FOLLOWED: dict[str, tuple[Gap, Finding, Told, dict[str, Any]]] = {
    "a new price": (
        a_gap(),
        a_finding(potential_revenue=Decimal("850.50")),
        changed({"potential_revenue": 850.5}),
        {"potential_revenue": Decimal("850.50")},
    ),
    "a new priority, with what it is made of": (
        a_gap(),
        a_finding(priority="low", priority_score=10, priority_parts={"time": 0.1}, sellable_from=at("14:05")),
        changed({"priority": "low"}),
        {"priority": "low", "priority_score": 10, "priority_parts": {"time": 0.1}, "sellable_from": at("14:05")},
    ),
    "other services": (
        a_gap(),
        a_finding(services_fittable=("cut", "colour")),
        changed({"services_fittable": ["cut", "colour"]}),
        {"services_fittable": ["cut", "colour"]},
    ),
    "an earlier end of what fits": (
        a_gap(),
        a_finding(expires_at=at("09:20")),
        changed({"expires_at": at("09:20")}),
        {"expires_at": at("09:20"), "due_at": at("09:20")},
    ),
    "a look that was put off stays so while the campaign stands": (
        a_gap(due_at=at("09:10")),
        a_finding(stretch=LONGER),
        changed({"end_time": at("17:00")}, "moved"),
        {"end_time": at("17:00"), "duration_minutes": 180},
    ),
    "an earlier start": (
        a_gap(),
        a_finding(stretch=between("13:00", "16:00"), sellable_from=at("13:00")),
        changed({"start_time": at("13:00")}, "moved"),
        {"start_time": at("13:00"), "sellable_from": at("13:00"), "duration_minutes": 180},
    ),
    "more freed time, while it is asked for": (
        a_gap(),
        a_finding(freed=(FREED, between("15:00", "15:30"))),
        changed({"freed": [{"start": at("14:00"), "end": at("15:30")}]}, "freed"),
        {"freed": [between("14:00", "15:30")]},
    ),
    "more freed time, after nobody was found": (
        a_gap(campaign=RUNNING.postponed(at("09:50"), "nobody")),
        a_finding(freed=(FREED, between("15:00", "15:30"))),
        changed(
            {
                "freed": [{"start": at("14:00"), "end": at("15:30")}],
                "campaign": STORED_RUNNING
                | {"status": "settling", "asked": 0, "first_asked_at": None, "next_round_at": SETTLES},
            },
            "freed",
        ),
        {"freed": [between("14:00", "15:30")], "campaign": SETTLING, "due_at": SETTLES},
    ),
    "freed time in an idle gap": (
        a_gap(origin="idle", freed=[], campaign=RUNNING.idle(), due_at=at("15:30")),
        a_finding(),
        changed(
            {
                "origin": "freed",
                "freed": [{"start": at("14:00"), "end": at("15:00")}],
                "campaign": STORED_RUNNING
                | {"status": "settling", "asked": 0, "first_asked_at": None, "next_round_at": SETTLES},
            },
            "freed",
        ),
        {"origin": "freed", "freed": [FREED], "campaign": SETTLING, "due_at": SETTLES},
    ),
    "what the salon itself cancelled": (
        a_gap(origin="idle", freed=[], campaign=RUNNING.idle(), due_at=at("15:30")),
        a_finding(salon_freed=(FREED,)),
        changed(
            {
                "origin": "freed",
                "freed": [{"start": at("14:00"), "end": at("15:00")}],
                "awaits_owner": True,
                "campaign": STORED_RUNNING
                | {"status": "waiting_owner", "next_round_at": None, "reason": "cancelled by the salon"},
            },
            "freed",
        ),
        {
            "origin": "freed",
            "freed": [FREED],
            "awaits_owner": True,
            "campaign": RUNNING.changed(status="waiting_owner", next_round_at=None, reason="cancelled by the salon"),
        },
    ),
    "what the salon cancelled, booked and given back by a customer": (
        a_gap(awaits_owner=True, campaign=RUNNING.waiting_for_owner("cancelled by the salon"), due_at=at("15:30")),
        a_finding(),
        changed(
            {
                "awaits_owner": False,
                "campaign": STORED_RUNNING
                | {"status": "settling", "asked": 0, "first_asked_at": None, "next_round_at": SETTLES},
            },
            "moved",
        ),
        {"awaits_owner": False, "campaign": SETTLING, "due_at": SETTLES},
    ),
    "what the salon cancelled, and waits for the owner still": (
        a_gap(awaits_owner=True, campaign=RUNNING.waiting_for_owner("cancelled by the salon"), due_at=at("15:30")),
        a_finding(salon_freed=(FREED,), priority="low"),
        changed({"priority": "low"}),
        {"priority": "low"},
    ),
    "what the salon cancelled, booked again": (
        a_gap(awaits_owner=True, campaign=RUNNING.waiting_for_owner("cancelled by the salon"), due_at=at("15:30")),
        a_finding(stretch=NARROW, sellable_from=at("15:00"), **IDLE),
        changed(
            {
                "start_time": at("15:00"),
                "origin": "idle",
                "freed": [],
                "awaits_owner": False,
                "campaign": STORED_RUNNING | {"status": "idle", "next_round_at": None},
            },
            "moved",
        ),
        {
            "start_time": at("15:00"),
            "duration_minutes": 60,
            "sellable_from": at("15:00"),
            "origin": "idle",
            "freed": [],
            "awaits_owner": False,
            "campaign": RUNNING.idle(),
        },
    ),
    "freed time that is booked again before anybody was asked": (
        a_gap(campaign=SETTLING, due_at=SETTLES),
        a_finding(stretch=NARROW, sellable_from=at("15:00"), **IDLE),
        changed(
            {
                "start_time": at("15:00"),
                "origin": "idle",
                "freed": [],
                "campaign": STORED_RUNNING
                | {"status": "idle", "asked": 0, "first_asked_at": None, "next_round_at": None},
            },
            "moved",
        ),
        {
            "start_time": at("15:00"),
            "duration_minutes": 60,
            "sellable_from": at("15:00"),
            "origin": "idle",
            "freed": [],
            "campaign": Campaign(round=2, wave=3),
            "due_at": at("15:30"),
        },
    ),
    "freed time of a moved booking, remembered": (
        a_gap(),
        a_finding(priority="low", **IDLE),
        changed({"priority": "low"}),
        {"priority": "low"},
    ),
    "freed time that is past to a minute, remembered": (
        a_gap(),
        a_finding(sellable_from=at("14:59"), priority="low", **IDLE),
        changed({"priority": "low"}),
        {"priority": "low", "sellable_from": at("14:59")},
    ),
    "freed time that is past": (
        a_gap(),
        a_finding(sellable_from=at("15:00"), **IDLE),
        changed({"origin": "idle", "freed": []}, "moved"),
        {"origin": "idle", "freed": [], "sellable_from": at("15:00")},
    ),
    "somebody who did not come, where somebody cancelled before": (
        a_gap(),
        a_finding(origin="no_show", priority="low"),
        changed({"priority": "low"}),
        {"priority": "low"},
    ),
    "a cancellation where somebody did not come before": (
        a_gap(origin="no_show"),
        a_finding(),
        changed({"origin": "freed"}, "moved"),
        {"origin": "freed"},
    ),
    "somebody who does not come, in idle time": (
        a_gap(origin="idle", freed=[], campaign=RUNNING.ended("all asked"), due_at=at("15:30")),
        a_finding(origin="no_show", freed=(FREED,)),
        changed(
            {
                "origin": "no_show",
                "freed": [{"start": at("14:00"), "end": at("15:00")}],
                "campaign": STORED_RUNNING
                | {"status": "settling", "asked": 0, "first_asked_at": None, "next_round_at": SETTLES},
            },
            "freed",
        ),
        {"origin": "no_show", "freed": [FREED], "campaign": SETTLING, "due_at": SETTLES},
    ),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_gap_that_follows_the_calendar_says_what_differs(name: str):
    before, finding, says, sets = FOLLOWED[name]
    amended = followed(before, finding, staff_name="Rahul", **BY)
    assert amended is not None
    assert (told(amended.record), set_by(before, amended.document)) == (says, sets)


def test_a_stylist_of_another_name_is_recorded():
    amended = followed(a_gap(), a_finding(), staff_name="Rahul K", **BY)
    assert amended is not None and told(amended.record) == changed({"staff_name": "Rahul K"})
    assert set_by(a_gap(), amended.document) == {"staff_name": "Rahul K"}


@pytest.mark.parametrize(
    "same", [{}, {"sellable_from": at("14:30")}, {"priority_score": 1}, {"priority_parts": {}}, {"settles_at": NOW}]
)
def test_what_only_passes_with_time_changes_no_gap(same: dict[str, Any]):
    assert followed(a_gap(), a_finding(**same), staff_name="Rahul", **BY) is None


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


FULL = Campaign(round=2, wave=3, next_round_at=NOW, asked=5, first_asked_at=NOW, status="running", reason="why")
ENDED = FULL.changed(status="ended")
STEPS: list[tuple[Campaign, Callable[[Campaign], Campaign], dict[str, Any]]] = [
    (
        FULL,
        lambda campaign: campaign.settling(SETTLES),
        {"status": "settling", "next_round_at": SETTLES, "asked": 0, "first_asked_at": None, "reason": None},
    ),
    (
        ENDED,
        lambda campaign: campaign.running(asked=2, next_round_at=SETTLES, now=SETTLES),
        {"status": "running", "round": 3, "wave": 0, "next_round_at": SETTLES, "asked": 7, "reason": None},
    ),
    (
        Campaign(),
        lambda campaign: campaign.running(asked=1, next_round_at=None, now=NOW, wave=2),
        {"status": "running", "round": 1, "wave": 2, "asked": 1, "first_asked_at": NOW},
    ),
    (Campaign(), lambda campaign: campaign.having_asked(2, NOW), {"asked": 2, "first_asked_at": NOW}),
    (Campaign(), lambda campaign: campaign.having_asked(0, NOW), {}),
    (FULL, lambda campaign: campaign.having_asked(2, SETTLES), {"asked": 7}),
    (
        ENDED,
        lambda campaign: campaign.postponed(SETTLES, "quiet"),
        {"status": "running", "next_round_at": SETTLES, "reason": "quiet"},
    ),
    (
        FULL,
        lambda campaign: campaign.waiting_for_owner("hers"),
        {"status": "waiting_owner", "next_round_at": None, "reason": "hers"},
    ),
    (FULL, lambda campaign: campaign.ended("over"), {"status": "ended", "next_round_at": None, "reason": "over"}),
    (FULL, lambda campaign: campaign.idle(), {"status": "idle", "next_round_at": None, "reason": None}),
]


@pytest.mark.parametrize(("before", "step", "sets"), STEPS)
def test_a_step_of_a_campaign_sets_this_and_no_more(
    before: Campaign, step: Callable[[Campaign], Campaign], sets: dict[str, Any]
):
    assert dict(step(before)) == dict(before) | sets


def test_what_can_be_sold_ends_with_the_gap():
    assert a_gap().stretch == between("14:00", "16:00")
    assert a_gap().sellable_at(at("14:10"), 30) == between("14:40", "16:00")
    assert a_gap().sellable_at(at("13:00"), 60) == between("14:00", "16:00")
