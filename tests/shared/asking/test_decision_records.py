"""What each change of a decision records, announces and sets."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.asking.decision import (
    Decision,
    DecisionApproval,
    Outcome,
    RevenueImpact,
    approval_settled,
    conclude,
    decide,
    reconsidered,
    waiting_for,
    without_outcome,
)
from shared.messaging.outgoing import ForbiddenTransition
from shared.records.audit import Amended
from tests.shared.asking.test_decision import NOW, decision
from tests.shared.records.told import Told, set_by, told

LATER = NOW + timedelta(minutes=1)
WAITS = DecisionApproval(required=True, status="pending", approval_id="apr_1")
FAILED = Outcome(status="failed", result="nobody was left", completed_at=NOW)
CANDIDATES = [{"customer_id": "c1", "excluded": None, "score": 1}]
AGAIN = decision(
    action_taken="asked_again", action_details={"asked": ["c2"]}, reasons=["one more"], settings_version=4,
    considered=[{"customer_id": "c2", "excluded": "blocked", "score": 2}], dry_run=True, expires_at=LATER,
    decision_type="retention", autonomy_level="supervised",
)  # fmt: skip


def settled(status: str, by: str = "ann", **fields: Any) -> Callable[[Decision], Amended[Decision]]:
    return lambda made: approval_settled(made, status, by=by, reason="so it was", now=LATER)


def ended(status: str, result: str, revenue: float | None = None) -> Told:
    details = {
        "decision_type": "gap_fill", "decision_outcome": status, "result": result, "revenue": revenue, "currency": "GBP",
    }  # fmt: skip
    return Told("decision_made", f"Outcome: {status}", details, actor="gap_fill_agent")


CHANGES: dict[str, tuple[Decision, Callable[[Decision], Amended[Decision] | None], Told, dict[str, Any]]] = {
    "made": (
        decision(dry_run=True),
        lambda made: decide(made, now=LATER),
        Told(
            "decision_made",
            "Decision: gap_fill",
            {
                "decision_type": "gap_fill",
                "autonomy_level": "full_auto",
                "action_taken": "outreach_initiated",
                "reasons": ["1 of 1 could be asked, 1 are"],
                "dry_run": True,
            },
            "AUTONOMOUS_DECISION",
            {"decision_id": "dec_1", "action_taken": "outreach_initiated"},
            actor="gap_fill_agent",
        ),
        {},
    ),
    "made anew": (
        decision(considered=CANDIDATES),
        lambda made: reconsidered(made, AGAIN, now=LATER),
        Told(
            "decision_made",
            "Considered again: gap_fill",
            {"action_taken": "asked_again", "reasons": ["one more"], "dry_run": True},
            actor="gap_fill_agent",
        ),
        {
            "action_details": {"asked": ["c2"]},
            "reasons": ["one more"],
            "considered": AGAIN.considered,
            "settings_version": 4,
            "dry_run": True,
            "expires_at": LATER,
        },
    ),
    "approved": (
        decision(approval=WAITS),
        settled("approved"),
        Told("decision_made", "Approval: approved", {"reason": "so it was"}),
        {"approval": WAITS.changed(status="approved", approved_by="ann", approved_at=LATER)},
    ),
    "rejected": (
        decision(approval=WAITS),
        settled("rejected"),
        Told("decision_made", "Approval: rejected", {"reason": "so it was"}),
        {
            "approval": WAITS.changed(status="rejected", approved_by="ann", approved_at=LATER),
            "outcome": Outcome(status="rejected", result="so it was", completed_at=LATER),
        },
    ),
    "never answered": (
        decision(approval=WAITS),
        settled("expired"),
        Told("decision_made", "Approval: expired", {"reason": "so it was"}),
        {
            "approval": WAITS.changed(status="expired"),
            "outcome": Outcome(status="expired", result="so it was", completed_at=LATER),
        },
    ),
    "called off after a yes": (
        decision(approval=WAITS.changed(status="approved", approved_by="ann", approved_at=NOW)),
        settled("cancelled"),
        Told("decision_made", "Approval: cancelled", {"reason": "so it was"}),
        {
            "approval": WAITS.changed(status="cancelled", approved_by="ann", approved_at=NOW),
            "outcome": Outcome(status="failed", result="so it was", completed_at=LATER),
        },
    ),
    "called off with an outcome": (
        decision(approval=WAITS, outcome=FAILED),
        settled("cancelled"),
        Told("decision_made", "Approval: cancelled", {"reason": "so it was"}),
        {"approval": WAITS.changed(status="cancelled")},
    ),
    "sold": (
        decision(),
        lambda made: conclude(
            made, status="success", result="booked", now=LATER, booking_id="b1", revenue=Decimal("42.50")
        ),
        ended("success", "booked", 42.5),
        {
            "outcome": Outcome(status="success", result="booked", completed_at=LATER, booking_created_id="b1"),
            "revenue_impact": RevenueImpact(potential=Decimal(50), actual=Decimal("42.50"), currency="GBP"),
        },
    ),
    "sold for nothing": (
        decision(revenue_impact=RevenueImpact(potential=Decimal(50), actual=Decimal(1), currency="GBP")),
        lambda made: conclude(made, status="success", result="booked", now=LATER, revenue=Decimal(0)),
        ended("success", "booked", 0.0),
        {
            "outcome": Outcome(status="success", result="booked", completed_at=LATER),
            "revenue_impact": RevenueImpact(potential=Decimal(50), actual=Decimal(0), currency="GBP"),
        },
    ),
    "over": (
        decision(),
        lambda made: conclude(made, status="expired", result="time over", now=LATER),
        ended("expired", "time over"),
        {"outcome": Outcome(status="expired", result="time over", completed_at=LATER)},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_decision_records_and_sets_this_and_no_more(name: str):
    before, change, says, sets = CHANGES[name]
    amended = change(before)
    assert amended is not None
    assert (told(amended.record), set_by(before, amended.document)) == (says, sets)


@pytest.mark.parametrize(
    ("again", "differs"),
    [
        ({"considered": [{"customer_id": "c1", "excluded": None, "score": 9}], "settings_version": 9}, False),
        ({"considered": [{"customer_id": "c1", "excluded": "blocked", "score": 1}]}, True),
        ({"considered": [{"customer_id": "c2", "excluded": None, "score": 1}]}, True),
        ({"considered": CANDIDATES, "reasons": ["another"]}, True),
    ],
)
def test_the_same_question_is_written_anew_where_somebody_stands_otherwise(again: dict[str, Any], differs: bool):
    amended = reconsidered(decision(considered=CANDIDATES), decision(**again), now=LATER)
    assert (amended is not None) is differs


def test_a_decision_that_waits_or_does_nothing_is_first_written_so():
    assert waiting_for(decision(), "apr_1", until=LATER) == decision(approval=WAITS, expires_at=LATER)
    nothing = Outcome(status="expired", result="nobody was asked", completed_at=LATER)
    assert without_outcome(decision(), now=LATER) == decision(outcome=nothing)


def test_a_second_outcome_is_none_and_pending_is_refused_by_name():
    for status in ("success", "failed", "expired", "rejected"):
        done = decision(outcome=Outcome(status=status))
        assert conclude(done, status="success", result="again", now=LATER) is None
    with pytest.raises(ForbiddenTransition) as refusal:
        conclude(decision(), status="pending", result="?", now=LATER)
    assert str(refusal.value) == "decision dec_1: pending -> pending is no step"
