"""Who of the salon is told what, when, and in how many messages."""

from datetime import datetime, timedelta
from typing import Any

from local.in_process import Suite
from shared.approvals.settle_approval import cancel_approvals
from shared.asking.decision import GAP_FILL_AGENT
from shared.records.audit import record_fact
from shared.records.commit import fact
from tests.stories.approvals import BOTH, MANAGER, approval, ask, carrying, questions
from tests.stories.salon import NOW, OWNER, ROOT, SALON, cancel, offers, purposes, salon, settle, texts

NIGHT = datetime.fromisoformat("2026-11-23T22:00:00+00:00")
MORNING = datetime.fromisoformat("2026-11-24T07:30:00+00:00")
ASLEEP = {"start": "21:00", "end": "07:30"}
SLEEPER = [{"name": "Olga", "role": "owner", "phone": OWNER, "quiet_hours": ASLEEP}]
SLEEPER_AND_WATCH = [*SLEEPER, {"name": "Max", "role": "manager", "phone": MANAGER}]


def alert(suite: Suite, number: int, **told: Any) -> None:
    """Something that needs a person."""
    told = told or {"payload": {"reason": f"problem {number}"}}
    record = record_fact(
        salon_id=SALON,
        resource_type="booking",
        resource_id=f"b{number}",
        version=number,
        now=suite.clock.now(),
        actor="detect_gaps",
        event="alert_triggered",
        action="Alert",
        announces="ALERT_TRIGGERED",
        **told,
    )
    assert suite.store.salon(SALON).commit(fact(record))
    suite.run_until_idle()


def test_the_owner_hears_of_a_sale_at_once_whatever_else_was_said():
    with salon() as suite:
        for number in range(5):
            alert(suite, number)
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert purposes(suite, OWNER)[-1] == "owner_sold"


def test_a_reason_that_names_somebody_is_told_from_the_record_and_not_announced():
    with salon() as suite:
        alert(suite, 1, details={"reason": "Zoe is away"}, payload={"booking_ids": ["b1"]})
        assert "Zoe is away" in texts(suite, OWNER)[-1]


def test_an_event_delivered_twice_is_told_once():
    with salon() as suite:
        alert(suite, 1)
        for record in suite.list(f"{ROOT}/audit_logs").values():
            if record["announces"] == "ALERT_TRIGGERED":
                suite.update(f"{ROOT}/audit_logs/{record['id']}", announced_at=None, due_at=suite.clock.now())
        suite.advance(minutes=1)
        assert purposes(suite, OWNER) == ["owner_alert"]


def test_a_dozen_requests_at_once_ring_three_times_and_then_come_as_one():
    with salon() as suite:
        ids = [ask(suite, str(number), run=False) for number in range(12)]
        suite.run_until_idle()
        assert purposes(suite, OWNER) == ["owner_approval"] * 3
        suite.advance(minutes=14)
        assert len(texts(suite, OWNER)) == 3
        suite.advance(minutes=2)
        assert purposes(suite, OWNER) == ["owner_approval"] * 3 + ["owner_digest"]
        assert "9 to answer" in texts(suite, OWNER)[-1]
        assert all(approval(suite, id)["notifications_sent"] == {"whatsapp": True} for id in ids)


def test_the_page_of_a_digest_answers_each_of_its_questions_and_no_other():
    with salon() as suite, carrying() as carrier:
        ids = [ask(suite, str(number)) for number in range(6)]
        suite.advance(minutes=16)
        page = "/a/" + texts(suite, OWNER)[-1].split("/a/")[1].split()[0]
        shown = suite.request("GET", page).get_data(as_text=True)
        assert [id in shown for id in ids] == [False] * 3 + [True] * 3
        suite.request("POST", page, form={"approval": ids[4], "answer": "approve"})
        assert suite.request("POST", page, form={"approval": ids[0], "answer": "approve"}).status_code == 404
        suite.run_until_idle()
        assert carrier.done == ["dec_4"]
        shown = suite.request("GET", page).get_data(as_text=True)
        assert shown.count("<form") == 2 and "approved" in shown


def test_a_digest_of_one_question_is_the_question_with_its_buttons():
    with salon() as suite, carrying() as carrier:
        for number in range(4):
            ask(suite, str(number))
        suite.advance(minutes=16)
        assert purposes(suite, OWNER) == ["owner_approval"] * 4
        suite.reply(questions(suite)[3], button=0)
        suite.run_until_idle()
        assert carrier.done == ["dec_3"]


def test_a_question_that_would_be_over_by_the_digest_is_asked_at_once():
    with salon() as suite:
        for number in range(3):
            alert(suite, number)
        ask(suite, useful_for=timedelta(minutes=10))
        assert purposes(suite, OWNER)[3:] == ["owner_approval"]


def test_a_notice_whose_digest_has_just_left_is_told_alone():
    with salon() as suite:
        for number in range(4):
            alert(suite, number)
        [digest] = [
            found
            for collection in suite.database._collections.values()
            for found in collection.documents.values()
            if found.data.get("purpose") == "owner_digest"
        ]
        suite.update(digest.path, status="sending")
        alert(suite, 4)
        assert purposes(suite, OWNER) == ["owner_alert"] * 4 and "problem 4" in texts(suite, OWNER)[-1]
        kept = suite.get(digest.path)
        assert kept is not None and kept["merges"] == digest.data["merges"]


def test_a_question_and_its_reminder_are_one_thing_to_a_digest_and_its_page():
    with salon() as suite:
        for number in range(3):
            alert(suite, number)
        ask(suite, "1", useful_for=timedelta(minutes=20))
        ask(suite, "2", useful_for=timedelta(minutes=20))
        suite.advance(minutes=16)
        assert purposes(suite, OWNER)[3:] == ["owner_digest"] and "2 to answer" in texts(suite, OWNER)[-1]
        page = "/a/" + texts(suite, OWNER)[-1].split("/a/")[1].split()[0]
        assert suite.request("GET", page).get_data(as_text=True).count("<form") == 2


def test_a_question_that_was_called_off_in_the_night_is_told_once():
    with salon(now=NIGHT, contacts=SLEEPER) as suite:
        ask(suite)
        alert(suite, 1)
        cancel_approvals("gap_1", "the gap is filled", agent=GAP_FILL_AGENT, documents=suite.store.salon(SALON), clock=suite.clock)  # fmt: skip
        suite.advance_to(MORNING + timedelta(minutes=2))
        [digest] = texts(suite, OWNER)
        assert "1 settled meanwhile (Offer 1: a cut for Vera: that time has been taken)" in digest


def test_urgent_questions_go_to_all_who_are_awake_and_wait_for_no_digest():
    with salon(contacts=BOTH) as suite:
        for number in range(3):
            alert(suite, number)
        ask(suite, starts_in=timedelta(hours=1))
        assert purposes(suite, OWNER)[-1] == "owner_approval"
        assert purposes(suite, MANAGER) == ["owner_approval"]


def test_an_hour_later_notices_come_alone_again():
    with salon() as suite:
        for number in range(3):
            alert(suite, number)
        suite.advance(minutes=61)
        alert(suite, 9)
        assert purposes(suite, OWNER) == ["owner_alert"] * 4


def test_nobody_is_woken_and_the_morning_brings_one_message():
    with salon(now=NIGHT, contacts=SLEEPER) as suite:
        expired = ask(suite, "1")
        still_open = ask(suite, "2", useful_for=timedelta(hours=20))
        late = suite.get(f"{ROOT}/approvals/{still_open}")
        assert late is not None
        suite.update(
            f"{ROOT}/approvals/{still_open}",
            expires_at=MORNING + timedelta(hours=5),
            due_at=MORNING + timedelta(hours=2),
        )
        alert(suite, 1)
        alert(suite, 2)
        suite.advance_to(MORNING - timedelta(minutes=1))
        assert texts(suite, OWNER) == []
        assert approval(suite, expired)["status"] == "expired"
        suite.advance_to(MORNING + timedelta(minutes=2))
        [digest] = texts(suite, OWNER)
        assert "1 to answer (Offer 2" in digest and "2 to look at (problem 1; problem 2)" in digest
        assert "1 settled meanwhile (out of time: Offer 1" in digest
        suite.advance_to(MORNING + timedelta(hours=1))
        assert len(texts(suite, OWNER)) == 1


def test_even_the_urgent_lets_the_owner_sleep():
    with salon(now=NIGHT, contacts=SLEEPER) as suite:
        ask(suite, starts_in=timedelta(minutes=90))
        suite.advance(hours=3)
        assert texts(suite, OWNER) == []


def test_at_night_whoever_is_awake_is_asked():
    with salon(now=NIGHT, contacts=SLEEPER_AND_WATCH) as suite, carrying() as carrier:
        ask(suite)
        assert texts(suite, OWNER) == [] and purposes(suite, MANAGER) == ["owner_approval"]
        suite.reply(questions(suite, MANAGER)[0], button=0)
        suite.run_until_idle()
        assert carrier.done == ["dec_1"]


def test_no_reminder_wakes_anybody():
    with salon(now=NIGHT, contacts=SLEEPER_AND_WATCH) as suite:
        ask(suite)
        suite.advance(minutes=31)
        assert texts(suite, OWNER) == [] and purposes(suite, MANAGER) == ["owner_approval", "owner_reminder"]


def test_a_question_answered_before_its_message_left_is_not_asked():
    with salon() as suite:
        id = ask(suite, run=False)
        suite.update(f"{ROOT}/approvals/{id}", status="rejected", response={"action": "reject"})
        suite.run_until_idle()
        assert "owner_approval" not in purposes(suite, OWNER)


def test_in_dry_run_the_owner_is_asked_nothing_and_hears_what_is_wrong():
    with salon() as suite:
        settle(suite, mode="dry_run")
        alert(suite, 1)
        ask(suite)
        assert purposes(suite, OWNER) == ["owner_alert"]


def test_a_salon_without_contacts_is_no_failure():
    with salon(contacts=[]) as suite:
        alert(suite, 1)
        id = ask(suite)
        suite.advance(minutes=62)
        assert approval(suite, id)["status"] == "expired"


def test_tokens_are_signed_when_a_message_leaves_and_never_stored():
    with salon() as suite:
        ask(suite)
        payload = questions(suite)[0].buttons[0].payload
        stored = [each for path, each in _everything(suite) if payload in repr(each)]
        assert stored == []


def _everything(suite: Suite) -> list[tuple[str, Any]]:
    collections = ["approvals", "audit_logs", "autonomous_decisions", "counters"]
    found = [(name, each) for name in collections for each in suite.list(f"{ROOT}/{name}").values()]
    conversations = {r["payload"]["path"] for _, r in found if "path" in r.get("payload", {})}
    return found + [(path, suite.get(f"{ROOT}/{path}")) for path in sorted(conversations)]


def test_the_night_of_a_sale_tells_its_time_as_it_is_read_in_the_morning():
    with salon(now=NOW.replace(hour=9, minute=45), contacts=[{**SLEEPER[0], "quiet_hours": {"start": "09:40", "end": "11:00"}}]) as suite:  # fmt: skip
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert texts(suite, OWNER) == []
        alert(suite, 1)
        suite.advance_to(NOW.replace(hour=11, minute=1))
        [digest] = texts(suite, OWNER)
        assert "1 sold (" in digest and "today at 13:00" in digest and "1 to look at" in digest
