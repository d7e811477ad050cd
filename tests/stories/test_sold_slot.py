from datetime import timedelta

import pytest

from local.in_process import Suite
from shared.ports import Write
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SALON,
    booking,
    cancel,
    customer,
    just_before,
    offers,
    open_salon,
    ours,
    outreach_of,
    salon,
    waits,
)

START = NOW.replace(hour=13, minute=0)


def to(suite: Suite, purpose: str) -> list[str]:
    return [message.sending.to for message in suite.outbox.messages if message.purpose == purpose]


def test_a_cancelled_booking_becomes_exactly_one_new_booking():
    with Suite(now=NOW) as suite:
        start = open_salon(suite)
        cancel(suite)
        sent = offers(suite)
        assert [message.purpose for message in sent] == ["slot_offer"] * 3
        suite.reply(sent[0], button=0)
        suite.run_until_idle()
        assert suite.failures == [] and suite.dead == []

        bookings = suite.list(f"salons/{SALON}/bookings")
        made = [(b["customer_id"], b["status"], b["start_time"]) for b in ours(suite)]
        assert made == [("c0", "confirmed", start)]
        gaps = [g for g in suite.list(f"salons/{SALON}/gaps").values() if g["origin"] == "freed"]
        assert [(gap["status"], gap["filled_by"] in bookings) for gap in gaps] == [("filled", True)]
        outreach = suite.list(f"salons/{SALON}/outreach").values()
        assert sorted(o["status"] for o in outreach) == ["expired", "expired", "responded"]
        assert to(suite, "booking_confirmed") == [sent[0].sending.to]
        assert to(suite, "owner_sold") == [OWNER]
        entries = suite.list(f"salons/{SALON}/waitlist")
        assert {id: entry["status"] for id, entry in entries.items()} == {
            "w0": "booked",
            "w1": "waiting",
            "w2": "waiting",
        }


def test_who_says_yes_too_late_hears_so_kindly_and_once():
    with Suite(now=NOW) as suite:
        open_salon(suite)
        cancel(suite)
        sent = offers(suite)
        for _ in range(3):
            for offer in sent:
                suite.reply(offer, button=0)
        suite.run_until_idle()
        assert suite.failures == []
        assert len(ours(suite)) == 1
        assert to(suite, "booking_confirmed") == [sent[0].sending.to]
        told = [m.sending.to for m in suite.outbox.messages if "somebody was a moment faster" in m.text]
        assert sorted(told) == sorted(offer.sending.to for offer in sent[1:])


def test_a_gap_that_cannot_be_understood_stops_no_sale():
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=1)
        cancel(suite)
        suite.put(f"{ROOT}/gaps/broken", {"staff_id": "mia", "date": "2026-11-23", "status": "ignored"})
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert len(ours(suite)) == 1


def test_a_sale_says_so_of_its_booking_and_of_the_place_on_the_waitlist():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        [id] = [id for id, each in suite.list(f"{ROOT}/bookings").items() if each["source"] == "smart_fill"]
        outreach_id = ours(suite)[0]["outreach_id"]
        audit = suite.list(f"{ROOT}/audit_logs").values()
        [created] = [each for each in audit if each["resource_id"] == id]
        assert (created["event_type"], created["announces"]) == ("booking_created", "BOOKING_CREATED")
        assert created["payload"] == {"booking_id": id, "customer_id": "c0", "outreach_id": outreach_id}
        theirs = [each for each in audit if each["resource_type"] == "waitlist" and each["resource_id"] == "w0"]
        place = [each for each in theirs if each["actor"] != "follow_waitlist"]
        assert {(each["action"], each["details"]["about"]) for each in place} == {
            ("Waitlist entry waiting -> offered", outreach_id),
            ("Waitlist entry offered -> booked", outreach_id),
        }


def test_a_sale_on_a_day_that_is_another_in_utc():
    hours = {"tue": [{"start": "00:00", "end": "08:00"}]}  # 10:00 to 18:00 on Monday in UTC
    with salon(waiting=0, timezone="Pacific/Kiritimati", opening_hours=hours) as suite:
        waits(suite, "abroad", 77, timezone="Europe/London")
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert [each["start_time"] for each in ours(suite)] == [START]


def is_the_sale(write: Write) -> bool:
    return getattr(write, "data", {}).get("source") == "smart_fill"


@pytest.mark.parametrize(
    ("what", "customer_id", "action"),
    [("the customer", "c0", "customer_busy"), ("the room", "holder", "slot_taken")],
)
def test_what_the_app_takes_in_the_moment_of_the_sale_is_not_sold(what: str, customer_id: str, action: str):
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/staff/zoe", {"name": "Zoe", "service_ids": ["cut"]})
        if what == "the room":
            suite.update(f"{ROOT}/services/cut", resource_ids=["chair"])
        cancel(suite)
        taken = booking(START, customer_id=customer_id, staff_id="zoe")
        done = just_before(suite, is_the_sale, lambda: suite.put(f"{ROOT}/bookings/elsewhere", taken))
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert done and ours(suite) == []
        assert outreach_of(suite, "c0")["response"]["action"] == action


def test_what_the_app_says_of_a_movers_booking_in_the_moment_of_the_sale_stays_said():
    with salon(waiting=0) as suite:
        suite.put(f"{ROOT}/customers/mover", customer(51, sooner_opt_in=True))
        suite.put(f"{ROOT}/bookings/later", booking(START + timedelta(days=7), customer_id="mover"))
        suite.run_until_idle()
        cancel(suite)
        missed = {"status": "no_show", "updated_at": suite.clock.now()}
        done = just_before(suite, is_the_sale, lambda: suite.update(f"{ROOT}/bookings/later", **missed))
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert done and [each["rescheduled_from"] for each in ours(suite)] == [None]
        assert suite.get(f"{ROOT}/bookings/later")["status"] == "no_show"
