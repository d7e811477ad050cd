"""A decision and its one outcome."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.asking.decision import Context, Decision, OutcomeStatus, RevenueImpact, conclude, decide
from shared.messaging.outgoing import ForbiddenTransition

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def decision(**fields: Any) -> Decision:
    return Decision(
        **{
            "id": "dec_1",
            "salon_id": "s1",
            "created_at": NOW,
            "updated_at": NOW,
            "agent_name": "gap_fill_agent",
            "decision_type": "gap_fill",
            "autonomy_level": "full_auto",
            "context": Context(trigger_id="gap_1", trigger_type="schedule_gap"),
            "action_taken": "outreach_initiated",
            "action_details": {"asked": ["c1"]},
            "reasons": ["1 of 1 could be asked, 1 are"],
            "considered": [],
            "settings_version": 3,
            "dry_run": False,
            "revenue_impact": RevenueImpact(potential=Decimal(50), actual=Decimal(0), currency="GBP"),
            "expires_at": NOW + timedelta(minutes=30),
            **fields,
        }
    )


def test_a_decision_is_announced_with_its_reasons_on_record():
    made = decide(decision(dry_run=True), now=NOW).record
    assert made.announces == "AUTONOMOUS_DECISION"
    assert (made.details["reasons"], made.details["dry_run"]) == (["1 of 1 could be asked, 1 are"], True)


@pytest.mark.parametrize("status", ["success", "failed", "expired", "rejected"])
def test_a_decision_has_one_outcome(status: OutcomeStatus):
    concluded = conclude(decision(), status=status, result="why", now=NOW, booking_id="b1", revenue=Decimal("42.50"))
    assert concluded is not None
    done = concluded.document
    assert (done.outcome.status, done.outcome.completed_at, done.outcome.booking_created_id) == (status, NOW, "b1")
    assert done.revenue_impact.actual == Decimal("42.50") and done.revenue_impact.potential == 50
    assert conclude(done, status="success", result="again", now=NOW) is None


def test_pending_is_no_outcome():
    with pytest.raises(ForbiddenTransition):
        conclude(decision(), status="pending", result="?", now=NOW)


def test_without_revenue_the_actual_stays_what_it_was():
    concluded = conclude(decision(), status="expired", result="over", now=NOW)
    assert concluded is not None and concluded.document.revenue_impact.actual == 0
