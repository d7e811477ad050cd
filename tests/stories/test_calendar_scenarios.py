"""Days as they go in a salon, from the booking app's write to the gap and its offers. What only concerns the engine stands
in tests/shared/calendar/test_reconcile.py, test_staff_day.py and test_working_time.py."""

from collections import Counter
from datetime import timedelta

from local.in_process import Suite
from local.outbox import Message
from tests.stories.calendar import ROOT, at, booked, cancelled, free, gaps, moved, open_calendar, write
from tests.stories.salon import NOW

SETTLING = {"mode": "live", "gap": {"settle_seconds": 90}}


def offers(suite: Suite) -> list[Message]:
    return [message for message in suite.outbox.messages if message.purpose == "slot_offer"]


def asks(suite: Suite) -> Counter[str]:
    return Counter(str(offer["status"]) for offer in suite.list(f"{ROOT}/outreach").values())


def test_who_cancels_and_books_again_within_a_minute_sets_off_no_offer() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite, settings=SETTLING)
        cancelled(suite, "b1")
        suite.run_until_idle()
        assert ("mia", "23 13:00", "23 14:00", "freed") in free(suite)
        suite.advance(seconds=50)
        booked(suite, "again", at(13))
        suite.advance(minutes=10)
        assert offers(suite) == []
        assert [(gap["status"], gap["filled_by"]) for gap in gaps(suite, staff_id="mia", date="2026-11-23")] == [
            ("filled", "again")
        ]


def test_freed_time_is_offered_when_it_has_settled_and_not_before() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite, settings=SETTLING)
        cancelled(suite, "b1")
        suite.advance(seconds=80)
        assert offers(suite) == []
        suite.advance(seconds=60)
        assert len(offers(suite)) == 3


def test_a_booking_lengthened_while_an_offer_is_open_takes_back_what_no_longer_fits() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        cancelled(suite, "b1")
        suite.run_until_idle()
        moved(suite, "b12", at(12), 90)
        suite.run_until_idle()
        assert asks(suite) == {"expired": 3}
        assert gaps(suite, status="open", staff_id="mia", date="2026-11-23") == []
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert not [b for b in suite.list(f"{ROOT}/bookings").values() if b["source"] == "smart_fill"]


def test_a_booking_lengthened_beside_an_offer_that_still_fits_leaves_it_open() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        cancelled(suite, "b1")
        cancelled(suite, "b14")
        suite.run_until_idle()
        before = asks(suite)
        [gap] = gaps(suite, status="open", staff_id="mia", date="2026-11-23")
        write(suite, "b15", start_time=at(14, 45))
        suite.run_until_idle()
        [same] = gaps(suite, status="open", staff_id="mia", date="2026-11-23")
        assert same["id"] == gap["id"] and f"{same['end_time']:%H:%M}" == "14:45"
        kept = [offer for offer in suite.list(f"{ROOT}/outreach").values() if offer["status"] == "sent"]
        assert all(offer["slot"]["end"] <= at(14, 45) for offer in kept) and sum(before.values()) >= len(kept) > 0


def test_a_slot_sold_and_cancelled_again_is_a_new_opening_and_is_offered_again_to_others() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite, waiting=12)
        cancelled(suite, "b1")
        suite.run_until_idle()
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        [ours] = [id for id, found in suite.list(f"{ROOT}/bookings").items() if found["source"] == "smart_fill"]
        suite.advance(minutes=2)
        cancelled(suite, ours)
        suite.run_until_idle()
        first, second = gaps(suite, staff_id="mia", date="2026-11-23")
        assert {first["status"], second["status"]} == {"filled", "open"}
        assert sorted((first["ordinal"], second["ordinal"])) == [1, 2]
        reopened = next(gap["id"] for gap in (first, second) if gap["status"] == "open")
        asked = [(o["trigger_id"] == reopened, o["customer_id"]) for o in suite.list(f"{ROOT}/outreach").values()]
        again = {customer for anew, customer in asked if anew}
        assert again and not again & {customer for anew, customer in asked if not anew}


def test_a_reschedule_across_staff_offers_the_time_it_leaves_and_takes_back_offers_for_the_time_it_takes() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        cancelled(suite, "z14")
        suite.run_until_idle()
        assert asks(suite) == {"sent": 3}
        suite.advance(minutes=1)
        moved(suite, "b1", at(12), 240, staff_id="zoe")
        suite.run_until_idle()
        assert asks(suite)["expired"] == 3
        assert [gap["origin"] for gap in gaps(suite, status="open", staff_id="mia", date="2026-11-23")] == ["freed"]


def test_the_time_of_a_no_show_is_offered_only_after_the_grace() -> None:
    with Suite(now=at(12, 55)) as suite:
        suite.put(f"{ROOT}/services/long", {"name": "Long", "duration_minutes": 180, "price": 150})
        open_calendar(suite)
        for hour in (14, 15):
            suite.delete(f"{ROOT}/bookings/b{hour}")
        moved(suite, "b1", at(13), 180)
        suite.run_until_idle()
        suite.advance_to(at(13, 10))
        write(suite, "b1", status="no_show")
        suite.run_until_idle()
        [gap] = gaps(suite, status="open", staff_id="mia", date="2026-11-23")
        assert gap["origin"] == "no_show"
        assert gap["campaign"]["next_round_at"] == at(13, 20)
        assert offers(suite) == []
        suite.advance_to(at(13, 25))
        assert len(offers(suite)) == 3


def test_on_a_sick_day_offers_are_taken_back_and_a_late_yes_is_refused_kindly() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        cancelled(suite, "b1")
        suite.run_until_idle()
        absence = {"start": at(0), "end": at(0) + timedelta(days=1), "reason": "sick"}
        suite.update(f"{ROOT}/staff/mia", time_off=[absence], updated_at=suite.clock.now())
        suite.advance(minutes=5)
        assert asks(suite) == {"expired": 3}
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert not [b for b in suite.list(f"{ROOT}/bookings").values() if b["source"] == "smart_fill"]
        instead = suite.outbox.messages[-1]
        assert instead.purpose == "slot_taken_another"
        assert suite.get(f"{ROOT}/outreach/{instead.sending.reference.rsplit('/', 1)[-1]}")["slot"]["staff_id"] == "zoe"


def test_early_closing_cuts_the_gaps_at_once_because_the_salon_document_is_watched() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.update(ROOT, special_hours={"2026-11-23": [{"start": "10:00", "end": "13:00"}]})
        suite.run_until_idle()
        assert free(suite, date="2026-11-23") == [
            ("zoe", "23 10:00", "23 11:00", "idle"),
            ("zoe", "23 12:00", "23 13:00", "idle"),
        ]
        assert {gap["closed_reason"] for gap in gaps(suite, status="ignored", date="2026-11-23")} == {"hours"}


def test_a_shift_swapped_moves_the_gaps_from_one_stylist_to_the_other() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        next_week = "2026-11-30"
        suite.update(f"{ROOT}/staff/zoe", shifts={next_week: []}, updated_at=suite.clock.now())
        suite.update(
            f"{ROOT}/staff/mia",
            shifts={next_week: [{"start": "12:00", "end": "18:00"}]},
            updated_at=suite.clock.now(),
        )
        suite.advance(minutes=5)
        assert free(suite, date=next_week) == [("mia", "30 12:00", "30 18:00", "idle")]
