"""Nothing stays stuck: whatever waits has a time to be looked at, and looking at it ends."""

from collections import Counter
from datetime import timedelta

import pytest

from functions.answer_message.answer_conversation import TRIES
from local.conditions import Calm, Delivery, Fate
from local.in_process import Suite
from tests.stories.busy_day import busy_day, everything, overdue, waits
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    booking,
    cancel,
    freed_gaps,
    offers,
    open_salon,
    outreach_of,
    phone,
    purposes,
    salon,
    write,
)


def waiting(suite: Suite) -> list[str]:
    return sorted(path for path, data in everything(suite).items() if waits(path, data))


def worked(suite: Suite) -> int:
    """How often a function was called for a reason, and not by a schedule."""
    by_clock = ("apply_settings", "dispatch_jobs", "scan_gaps", "wake_due")
    return sum(count for (name, _), count in suite.outcomes.items() if name not in by_clock)


def test_whatever_waits_has_a_time_to_be_looked_at():
    """At every moment of a day in which everything happens."""
    unwatched: set[str] = set()
    kinds: set[str] = set()

    class Watching(Calm):
        def fate(self, delivery: Delivery) -> Fate:
            for path, data in everything(suite_of[0]).items():
                if waits(path, data):
                    kinds.add(path.split("/")[-2])
                    if data.get("due_at") is None:
                        unwatched.add(path)
            return "once"

    suite_of: list[Suite] = []
    original = Suite.__enter__

    def entered(self: Suite) -> Suite:
        suite_of.append(self)
        return original(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Suite, "__enter__", entered)
        busy_day(Watching())
    assert unwatched == set()
    assert kinds == {"gaps", "outreach", "messages", "inbound", "audit_logs"}


def test_what_does_not_wait_is_not_due():
    suite = busy_day()
    assert [path for path, data in everything(suite).items() if data.get("due_at") and not waits(path, data)] == []


def test_a_day_later_nothing_waits_and_nothing_is_due():
    with salon(waiting=4, settings={"offers": {"max_wave_size": 2}}) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        cancel(suite, "b15")
        write(suite, "what?", sender=phone(1))
        suite.run_until_idle()
        before = worked(suite)
        suite.advance(days=1)
        # Only the hours of next Monday that nobody has booked yet.
        assert all("/gaps/" in path and everything(suite)[path]["date"] > "2026-11-24" for path in waiting(suite))
        assert overdue(suite) == []
        assert worked(suite) - before < 180


def test_a_salon_at_rest_wakes_nobody():
    with salon(waiting=2) as suite:
        cancel(suite)
        suite.advance(days=2)
        before = suite.outcomes.copy()
        suite.advance(days=1)
        work = {name for (name, outcome), count in (suite.outcomes - before).items() if count}
        # Schedules tick, and find nothing.
        assert work <= {
            "apply_settings",
            "dispatch_jobs",
            "scan_gaps",
            "wake_due",
            "clean_up",
            "repair_salon",
            "reconnect_salons",
            "follow_waitlist",
        }


def test_nobody_is_woken_more_often_than_the_clock_asks():
    """A campaign that finds nobody looks again now and then, not every minute."""
    with salon(waiting=0) as suite:
        cancel(suite)
        before = suite.outcomes["fill_gap", "NobodyAsked"]
        suite.advance(hours=3)
        assert 0 < suite.outcomes["fill_gap", "NobodyAsked"] - before <= 12


@pytest.mark.parametrize("function", ["relay_events", "fill_gap", "send_outreach"])
def test_an_event_that_was_lost_is_made_up_for(function: str):
    """Not one delivery of the first minute reaches it; the clock brings the work back."""
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=1)
        suite.update(f"{ROOT}/bookings/b1", status="cancelled", cancelled_by="customer", cancelled_at=NOW)
        while suite.waiting:
            delivery = suite.waiting.pop(0)
            if delivery.function.name != function:
                suite._deliver(delivery)
        assert offers(suite) == []
        suite.advance(minutes=8)
        assert [message.sending.to for message in offers(suite)] == [phone(0)]


def test_a_yes_whose_work_crashed_is_worked_on_again():
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=1)
        cancel(suite)
        offer = offers(suite)[0]
        broken = suite.database.get([ROOT])[0]
        assert broken is not None
        suite.put(ROOT, {**broken.data, "timezone": "Nowhere/Nowhere"})
        assert suite.reply(offer, button=0).status_code == 200
        suite.run_until_idle()
        assert [name for name, _ in suite.failures] == ["answer_message"]
        suite.put(ROOT, broken.data)
        suite.advance(minutes=2)
        assert outreach_of(suite, "c0")["response"]["action"] == "booked"
        assert purposes(suite, phone(0)).count("booking_confirmed") == 1


def test_a_message_that_nobody_can_work_on_comes_to_the_owner_in_the_end():
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=1)
        cancel(suite)
        # A document of ours that is broken: whoever reads it fails, each time.
        suite.update(f"{ROOT}/outreach/{outreach_of(suite, 'c0')['id']}", status="odd", due_at=None)
        write(suite, "hello", sender=phone(0))
        suite.advance(minutes=30)
        assert purposes(suite, OWNER) == []
        suite.advance(minutes=5)
        assert [name for name, _ in suite.failures if name != "fill_gap"] == ["answer_message"] * (1 + TRIES)
        assert [path for path in waiting(suite) if "/inbound/" in path] == []
        assert purposes(suite, OWNER) == ["owner_message"]


def test_a_document_that_is_broken_is_tried_seldom_and_stops_no_other():
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=1)
        cancel(suite)
        good = outreach_of(suite, "c0")
        for number in range(250):
            odd = {
                **good,
                "id": f"odd{number}",
                "customer_id": "odd",
                "status": "odd",
                "due_at": NOW - timedelta(days=1),
            }
            suite.put(f"{ROOT}/outreach/odd{number}", odd)
        suite.advance(minutes=40)
        assert outreach_of(suite, "c0")["status"] == "expired"
        suite.advance(hours=4)
        failed = Counter(name for name, _ in suite.failures)
        # Each after 1, 2, 4 .. 60 minutes, and once more with the delivery that follows a failure.
        assert failed["send_outreach"] <= 250 * 10 * 2


def test_a_gap_whose_staff_member_is_gone_does_not_stay_open_for_ever():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.delete(f"{ROOT}/staff/mia")
        suite.run_until_idle()
        suite.advance(days=1)
        assert [gap["status"] for gap in freed_gaps(suite) if gap["status"] == "open"] == []
        assert overdue(suite) == []


def test_an_offer_that_nobody_answers_expires_with_its_deadline():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.advance_to(NOW + timedelta(minutes=30) - timedelta(seconds=1))
        assert outreach_of(suite, "c0")["status"] == "sent"
        suite.advance(minutes=1)
        assert outreach_of(suite, "c0")["status"] == "expired"


def test_a_gap_expires_when_nothing_can_be_sold_in_it_any_more():
    with salon(waiting=0) as suite:
        cancel(suite)
        suite.advance_to(NOW.replace(hour=12, minute=30))
        assert freed_gaps(suite)[0]["status"] == "open"
        suite.advance(minutes=1)
        assert (freed_gaps(suite)[0]["status"], freed_gaps(suite)[0]["closed_reason"]) == ("expired", "time_over")


def test_a_gap_that_has_grown_unheard_when_its_time_comes_goes_on_and_nothing_fails():
    with salon(waiting=0) as suite:
        cancel(suite)
        [gap] = freed_gaps(suite)
        suite.update(f"{ROOT}/bookings/b14", status="cancelled", cancelled_by="customer", cancelled_at=NOW)
        suite.waiting.clear()
        suite.clock.move_to(gap["expires_at"])
        suite.tick("wake_due")
        suite.run_until_idle()
        [grown] = [each for each in freed_gaps(suite) if each["id"] == gap["id"]]
        assert grown["status"] == "open" and grown["expires_at"] > gap["expires_at"]
        assert "put_off" not in grown
        assert suite.outcomes["detect_gaps", "InvalidEvent"] == 0


def test_who_wins_the_race_of_the_last_minute_is_told_the_truth():
    """The gap closes and a yes comes at the same moment."""
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.advance_to(NOW.replace(hour=12, minute=31))
        suite.put(f"{ROOT}/bookings/x", booking(NOW.replace(hour=13, minute=0)))
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert outreach_of(suite, "c0")["response"]["action"] in ("slot_taken", "too_late")
        assert len([b for b in suite.list(f"{ROOT}/bookings").values() if b["source"] == "smart_fill"]) == 0
