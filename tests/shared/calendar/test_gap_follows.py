"""What a gap records, announces and sets as it follows the calendar."""

from decimal import Decimal
from typing import Any

import pytest

from shared.calendar.campaign import Campaign
from shared.calendar.gap import Finding, Gap, followed
from tests.shared.calendar.schedules import at, between
from tests.shared.calendar.test_gap_records import BY, FREED, NOW, RUNNING, SETTLES, STORED_RUNNING, a_finding, a_gap
from tests.shared.records.told import Told, set_by, told

SETTLING = Campaign(round=2, wave=3, status="settling", next_round_at=SETTLES)


def changed(details: dict[str, Any], why: str | None = None) -> Told:
    announces, payload = ("GAP_CHANGED", {"reason": why}) if why else (None, {})
    return Told("gap_changed", "Gap follows the calendar", details, announces, payload)


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
