"""The owner's word about a gap or a sale: not free, or free after all."""

from collections.abc import Callable

from local.in_process import Suite
from local.outbox import Message
from local.owner.ignore_gap import ignore_gap, take_back_sale
from local.owner.release_gap import release_gap
from tests.stories.calendar import ROOT, at, booked, cancelled, free, gaps, open_calendar, records, scan
from tests.stories.salon import NOW, OWNER, SALON


def said(suite: Suite, word: Callable[..., str], about: str) -> str:
    outcome = word(about, said_by="olga", documents=suite.store.salon(SALON), clock=suite.clock)
    suite.run_until_idle()
    return outcome


def offers(suite: Suite) -> list[Message]:
    return [message for message in suite.outbox.messages if message.purpose == "slot_offer"]


def freed(suite: Suite) -> str:
    return str(gaps(suite, status="open", staff_id="mia", date="2026-11-23")[0]["id"])


def sold(suite: Suite) -> tuple[str, str]:
    """The sale's booking and its gap."""
    cancelled(suite, "b1")
    suite.run_until_idle()
    gap = freed(suite)
    suite.reply(offers(suite)[0], button=0)
    suite.run_until_idle()
    return next(id for id, b in suite.list(f"{ROOT}/bookings").items() if b["source"] == "smart_fill"), gap


def test_a_gap_that_is_not_free_is_ignored_and_its_offers_are_taken_back() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        cancelled(suite, "b1")
        suite.run_until_idle()
        gap = freed(suite)
        assert said(suite, ignore_gap, gap) == "ignored"
        assert said(suite, ignore_gap, gap) == "closed before"
        assert {offer["status"] for offer in suite.list(f"{ROOT}/outreach").values()} == {"expired"}
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert not [b for b in suite.list(f"{ROOT}/bookings").values() if b["source"] == "smart_fill"]
        suite.advance(hours=1)
        assert gaps(suite, status="open", staff_id="mia", date="2026-11-23") == []


def test_a_sale_of_a_time_that_is_not_free_is_cancelled_told_to_the_customer_and_handed_to_the_owner() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite, waiting=8)
        booking, gap = sold(suite)
        before = len(suite.list(f"{ROOT}/outreach"))
        suite.update(f"{ROOT}/bookings/{booking}", colour_of_the_app="green")
        assert said(suite, ignore_gap, gap) == "sale taken back"
        found = suite.get(f"{ROOT}/bookings/{booking}") or {}
        assert (found["status"], found["cancelled_by"], found["colour_of_the_app"]) == ("cancelled", "salon", "green")
        told = [m for m in suite.outbox.messages if m.purpose == "booking_withdrawn"]
        assert [m.sending.to for m in told] == [offers(suite)[0].sending.to]
        asked = records(suite, announces="AGENT_ACTION_REQUIRED")
        assert [record["payload"]["booking_id"] for record in asked] == [booking]
        assert [m.sending.to for m in suite.outbox.messages if m.purpose == "owner_alert"] == [OWNER]
        suite.advance(hours=1)
        assert gaps(suite, status="open", staff_id="mia", date="2026-11-23") == []
        assert len(suite.list(f"{ROOT}/outreach")) == before


def test_a_sale_is_taken_back_once_and_only_a_sale_of_ours() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        booking, _ = sold(suite)
        assert said(suite, take_back_sale, booking) == "sale taken back"
        assert said(suite, take_back_sale, booking) == "ended before"
        assert said(suite, take_back_sale, "b12") == "no sale of ours"
        assert len([m for m in suite.outbox.messages if m.purpose == "booking_withdrawn"]) == 1


def test_who_bought_before_a_dry_run_hears_in_it_that_the_sale_is_taken_back() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        booking, _ = sold(suite)
        suite.put(f"{ROOT}/settings/current", {"mode": "dry_run"})
        suite.run_until_idle()
        assert said(suite, take_back_sale, booking) == "sale taken back"
        assert len([m for m in suite.outbox.messages if m.purpose == "booking_withdrawn"]) == 1


def test_a_gap_the_app_filled_stays_as_it_is() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite, settings={"gap": {"settle_seconds": 600}})
        cancelled(suite, "b1")
        suite.run_until_idle()
        gap = freed(suite)
        booked(suite, "walk-in", at(13))
        suite.run_until_idle()
        assert said(suite, ignore_gap, gap) == "closed before"
        assert (suite.get(f"{ROOT}/bookings/walk-in") or {})["status"] == "confirmed"
        assert said(suite, ignore_gap, "unheard of") == "no such gap"


def test_time_the_salon_cancelled_is_offered_only_when_the_owner_releases_it() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        cancelled(suite, "b1", by="salon")
        suite.run_until_idle()
        suite.advance(minutes=10)
        gap = freed(suite)
        assert offers(suite) == []
        assert said(suite, release_gap, gap) == "released"
        suite.advance(minutes=1)
        assert len(offers(suite)) == 3
        assert said(suite, release_gap, gap) == "not waiting"
        scan(suite)
        assert ("mia", "23 13:00", "23 14:00", "freed") in free(suite)
