"""What monitoring is told about a decision, its end and an approval, from the audit records they really write."""

from typing import Any

import pytest

from functions.relay_events.figures import figures

DECIDED = {
    "decision_type": "gap_fill",
    "autonomy_level": "full_auto",
    "action_taken": "asked",
    "reasons": ["Ann first"],
}
CONCLUDED = {"decision_type": "gap_fill", "decision_outcome": "success", "revenue": 48.0, "currency": "CAD"}


@pytest.mark.parametrize(
    ("record", "counted"),
    [
        (
            {"announces": "AUTONOMOUS_DECISION", "details": DECIDED},
            {"announces": "AUTONOMOUS_DECISION", "decision_type": "gap_fill", "autonomy_level": "full_auto"},
        ),
        ({"announces": None, "details": CONCLUDED}, CONCLUDED),
        (
            {"announces": "APPROVAL_APPROVED", "details": {"reason": "Ann said so", "approval_seconds": 90.0}},
            {"announces": "APPROVAL_APPROVED", "approval_seconds": 90.0},
        ),
        ({"announces": "GAP_EXPIRED", "details": {}}, {"announces": "GAP_EXPIRED"}),
    ],
)
def test_a_record_is_counted_by_its_fixed_words_and_numbers(record: dict[str, Any], counted: dict[str, Any]) -> None:
    assert figures(record) == counted


@pytest.mark.parametrize("record", [{}, {"announces": None, "details": None}, {"details": {"revenue": None}}])
def test_what_is_not_there_is_not_counted(record: dict[str, Any]) -> None:
    assert figures(record) == {}
