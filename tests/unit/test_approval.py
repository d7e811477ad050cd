"""The owner's yes or no: every step it has, bound to exactly one action."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest

from shared.domain.approval import (
    TRANSITIONS,
    Approval,
    ApprovalStatus,
    action_hash,
    approval_for,
    move,
    priority,
    request,
)
from shared.domain.outgoing import ForbiddenTransition
from shared.domain.settings import SalonSettings
from tests.unit.test_decision import decision

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
STATUSES: tuple[ApprovalStatus, ...] = get_args(ApprovalStatus)
ACTION: dict[str, Any] = {"gap_id": "gap_1", "customer_id": "c1", "discount_percent": 25.0, "start": NOW}


def approval(*, useful_for: timedelta = timedelta(hours=5), **fields: Any) -> Approval:
    asked = approval_for(
        decision(), action=ACTION, summary="Offer 13:00 to Cara", starts_at=NOW + timedelta(hours=3),
        useful_until=NOW + useful_for, settings=SalonSettings(), now=NOW,
    )  # fmt: skip
    return asked.changed(**fields)


@pytest.mark.parametrize("was", STATUSES)
@pytest.mark.parametrize("wanted", STATUSES)
def test_an_approval_moves_only_where_its_state_machine_says(was: ApprovalStatus, wanted: ApprovalStatus):
    standing = approval(status=was, recorded_status=was)
    if wanted in TRANSITIONS[was]:
        moved = move(standing, wanted, now=NOW, actor="owner", reason="said so").document
        assert (moved.status, moved.recorded_status) == (wanted, wanted)
    else:
        with pytest.raises(ForbiddenTransition):
            move(standing, wanted, now=NOW, actor="owner", reason="said so")


def test_one_answer_counts():
    assert TRANSITIONS["pending"] == {"approved", "rejected", "expired", "cancelled"}
    assert TRANSITIONS["approved"] == {"cancelled"}
    for ended in ("rejected", "expired", "cancelled"):
        assert TRANSITIONS[ended] == frozenset()  # type: ignore[index]


@pytest.mark.parametrize(
    ("status", "announced"),
    [
        ("approved", "APPROVAL_APPROVED"),
        ("rejected", "APPROVAL_REJECTED"),
        ("expired", "APPROVAL_EXPIRED"),
        ("cancelled", "APPROVAL_CANCELLED"),
    ],
)
def test_every_end_is_announced(status: ApprovalStatus, announced: str):
    assert request(approval(), now=NOW).record.announces == "APPROVAL_REQUESTED"
    assert move(approval(), status, now=NOW, actor="owner", reason="?").record.announces == announced


def test_it_expires_after_an_hour_and_never_later_than_its_answer_is_of_use():
    assert approval().expires_at == NOW + timedelta(minutes=60)
    assert approval(useful_for=timedelta(minutes=20)).expires_at == NOW + timedelta(minutes=20)


def test_it_is_due_for_a_reminder_at_half_of_its_time():
    assert approval().due_at == NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("hours", "expected"), [(1, "urgent"), (2, "urgent"), (2.1, "high"), (6, "high"), (24, "medium"), (25, "low")]
)
def test_what_starts_soon_is_urgent(hours: float, expected: str):
    assert priority(NOW + timedelta(hours=hours), now=NOW) == expected


def test_it_is_bound_to_exactly_what_was_asked_about():
    assert approval().intact
    for change in (
        {"discount_percent": 35.0},
        {"customer_id": "c2"},
        {"start": NOW + timedelta(minutes=5)},
        {"more": 1},
    ):
        assert not approval(action_details={**ACTION, **change}).intact


def test_the_way_it_was_stored_changes_no_hash():
    stored = {"start": NOW, "customer_id": "c1", "discount_percent": 25, "gap_id": "gap_1"}
    assert action_hash(stored) == action_hash(ACTION)
    assert action_hash({**ACTION, "discount_percent": 25.5}) != action_hash(ACTION)


def test_what_cannot_be_compared_cannot_be_approved():
    with pytest.raises(ValueError, match="plain values"):
        action_hash({"price": Decimal(1)})
