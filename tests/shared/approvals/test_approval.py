from datetime import UTC, datetime, time, timedelta, timezone
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from functions.notify_owner.notices import NoticesSent, told_at
from functions.resolve_approval.reminder import announced_again
from shared.approvals.approval import (
    Approval,
    ApprovalResponse,
    ApprovalStatus,
    action_hash,
    cancel,
    priority,
    settle,
)
from shared.messaging.outgoing import ForbiddenTransition
from shared.salon.salon import Contact
from shared.salon.settings import QuietHours

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
AWAKE = Contact(role="owner")
SLEEPS = Contact(role="owner", quiet_hours=QuietHours(start=time(20, 30), end=time(9)))


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(0, "urgent"), (2, "urgent"), (2.01, "high"), (6, "high"), (6.01, "medium"), (24, "medium"), (24.01, "low")],
)
def test_the_sooner_it_starts_the_more_it_matters(hours, expected):
    assert priority(NOW + timedelta(hours=hours), now=NOW) == expected


def test_an_action_has_the_same_hash_however_a_client_wrote_it():
    ist = timezone(timedelta(hours=5, minutes=30))
    action = {"price": 50.0, "start": NOW, "customers": ["a", "b"]}
    assert action_hash(action) == action_hash({"customers": ["a", "b"], "start": NOW.astimezone(ist), "price": 50})


def asked(**fields):
    action = {"customer_id": "vip"}
    made = {"id": "a", "salon_id": "s", "created_at": NOW, "updated_at": NOW, "decision_id": "d", "due_at": None}
    made |= {"agent_name": "gap_fill_agent", "action_type": "gap_fill", "action_summary": "A cut for Vera"}
    made |= {"action_details": action, "action_hash": action_hash(action), "priority": "low", "trigger_id": "g"}
    made |= {"expires_at": NOW + timedelta(hours=1), "useful_until": NOW + timedelta(hours=4)}
    return Approval(**(made | fields))


def moved(approval, becomes, now):
    if becomes == "cancelled":
        return cancel(approval, now=now, actor="a", reason="r")
    return settle(approval, becomes, now=now, actor="a", reason="r")


STEPS = {("pending", "approved"), ("pending", "rejected"), ("pending", "expired"), ("pending", "cancelled"), ("approved", "cancelled")}  # fmt: skip


@pytest.mark.parametrize("was", get_args(ApprovalStatus))
@pytest.mark.parametrize("becomes", ["approved", "rejected", "expired", "cancelled"])
def test_an_approval_ends_once_and_only_a_yes_may_still_be_called_off(was, becomes):
    before = asked(status=was, recorded_status=was)
    if (was, becomes) not in STEPS:
        with pytest.raises(ForbiddenTransition):
            moved(before, becomes, NOW)
        return
    after = moved(before, becomes, NOW).document
    assert (after.status, after.recorded_status) == (becomes, becomes)
    # Only a yes has something to be done yet, and within two minutes.
    assert after.due_at == (NOW + timedelta(minutes=2) if becomes == "approved" else None)


@pytest.mark.parametrize(("ago", "again"), [(0, 2), (1, 2), (2, 4), (4, 8), (29, 58), (30, 60), (60, 60), (None, None)])
def test_a_yes_that_is_not_carried_out_is_announced_after_twice_as_long_each_time_and_at_least_every_hour(ago, again):
    approved = settle(asked(), "approved", now=NOW, actor="a", reason="r").document
    if ago is None:
        late = announced_again(approved, now=approved.useful_until - timedelta(minutes=1), actor="a").document
        assert late.due_at == approved.useful_until
        return
    announced = announced_again(approved, now=NOW + timedelta(minutes=ago), actor="a")
    assert announced.record.announces == "APPROVAL_APPROVED"
    assert announced.document.due_at == NOW + timedelta(minutes=ago + again)
    assert announced.document.to_be_carried_out


@pytest.mark.parametrize(("becomes", "waited"), [("approved", 90), ("rejected", 90), ("expired", None), ("cancelled", None)])  # fmt: skip
def test_how_long_the_owner_took_is_kept_of_answers_alone(becomes, waited):
    after = moved(asked(), becomes, NOW + timedelta(seconds=90))
    assert after.record.details["approval_seconds"] == waited


@pytest.mark.parametrize("change", [{"price": 49}, {"customers": ["b", "a"]}, {"start": NOW + timedelta(seconds=1)}, {"x": None}])  # fmt: skip
def test_another_action_has_another_hash(change):
    action = {"price": 50, "start": NOW, "customers": ["a", "b"]}
    assert action_hash(action) != action_hash(action | change)


def test_what_an_app_got_wrong_in_its_answer_does_not_hide_the_answer():
    written = {"action": "approve", "responded_by": 7, "responded_at": "2026-11-23T09:30:00Z", "notes": None}
    assert ApprovalResponse.model_validate(written) == ApprovalResponse(action="approve", responded_at=NOW)
    assert ApprovalResponse.model_validate({"action": "maybe", "responded_at": "soon"}) == ApprovalResponse()


@pytest.mark.parametrize(
    ("recorded", "written", "said"),
    [
        ("pending", "pending", "expired"),
        ("pending", "approved", "approved"),
        ("rejected", "approved", "rejected"),
        ("cancelled", "cancelled", "cancelled"),
    ],
)
def test_an_apps_answer_is_what_became_of_it_unless_there_was_one_before(recorded, written, said):
    assert asked(recorded_status=recorded, status=written).settled_as == said


def sent(*minutes_ago: float) -> NoticesSent:
    return NoticesSent(at=[NOW - timedelta(minutes=minutes) for minutes in minutes_ago])


@pytest.mark.parametrize(
    ("weight", "before", "expected"),
    [
        ("usual", sent(1, 2), "alone"),
        ("usual", sent(1, 2, 59.9), NOW.replace(minute=45)),
        ("usual", sent(1, 2, 60), "alone"),
        ("urgent", sent(1, 2, 3, 4, 5), "alone"),
        ("urgent", sent(1, 2, 3, 4, 5, 6), NOW.replace(minute=45)),
        ("sale", sent(*range(1, 30)), "alone"),
    ],
)
def test_a_few_notices_an_hour_come_alone(weight, before, expected):
    assert told_at(AWAKE, weight, before, zone=LONDON, now=NOW) == expected


@pytest.mark.parametrize(("until", "expected"), [(15, "alone"), (16, NOW.replace(minute=45))])
def test_what_would_be_over_when_the_digest_leaves_comes_alone(until, expected):
    ends = NOW + timedelta(minutes=until)
    assert told_at(AWAKE, "usual", sent(1, 2, 3), zone=LONDON, now=NOW, until=ends) == expected


@pytest.mark.parametrize("weight", ["sale", "urgent", "usual"])
def test_at_night_everything_waits_for_the_end_of_the_owners_own_quiet_hours(weight):
    quiet, morning = NOW.replace(hour=20, minute=30), (NOW + timedelta(days=1)).replace(hour=9, minute=0)
    assert told_at(SLEEPS, weight, sent(), zone=LONDON, now=quiet) == morning
    assert told_at(SLEEPS, weight, sent(), zone=LONDON, now=quiet, until=quiet + timedelta(hours=1)) == morning
    assert told_at(SLEEPS, weight, sent(), zone=LONDON, now=quiet - timedelta(seconds=1)) == "alone"
    assert told_at(SLEEPS, weight, sent(), zone=LONDON, now=morning) == "alone"


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("09:30:00", "09:45:00"),
        ("09:44:59.999999", "09:45:00"),
        ("09:45:00", "10:00:00"),
        ("09:45:00.000001", "10:00:00"),
        ("10:07:33", "10:15:00"),
    ],
)
def test_a_digest_leaves_at_the_next_quarter_of_an_hour(now, told):
    moment, leaves = (datetime.fromisoformat(f"2026-11-23T{clock}+00:00") for clock in (now, told))
    before = NoticesSent(at=[moment] * 3)
    assert told_at(AWAKE, "usual", before, zone=LONDON, now=moment) == leaves
    assert told_at(AWAKE, "usual", before, zone=LONDON, now=moment, until=leaves) == "alone"


def test_an_owners_quiet_hours_are_those_of_the_salons_clock():
    kolkata = ZoneInfo("Asia/Kolkata")
    evening = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert told_at(SLEEPS, "sale", sent(), zone=kolkata, now=evening) == datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
    assert told_at(SLEEPS, "sale", sent(), zone=kolkata, now=evening - timedelta(seconds=1)) == "alone"


def test_only_the_last_hour_is_remembered():
    assert sent(61, 60, 59, 5).one_more(NOW) == sent(59, 5, 0)
