"""Dry run, live and paused, and switching between them while things are under way."""

from datetime import timedelta
from typing import Any

import pytest

from local.in_process import Suite
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    arrive,
    asked,
    booking,
    cancel,
    decisions,
    freed_gaps,
    offers,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    settle,
    texts,
    write,
)

DRY = {"mode": "dry_run", "gap": {"settle_seconds": 0}}


def agents_documents(suite: Suite) -> dict[str, Any]:
    """What only asking, approving and sending write."""
    return {
        name: suite.list(f"{ROOT}/{name}")
        for name in ("outreach", "approvals", "counters", "consents", "waitlist", "bookings")
    }


def test_a_dry_run_records_what_it_would_do_and_touches_nothing_else():
    with salon(waiting=3, settings=DRY) as suite:
        before = agents_documents(suite)
        cancel(suite)
        suite.advance(minutes=20)
        after = agents_documents(suite)
        after["counters"].pop("scan", None)
        before["counters"].pop("scan", None)
        assert {**after, "bookings": None} == {**before, "bookings": None}
        [decision] = decisions(suite)
        assert decision["dry_run"] is True
        assert decision["action_details"]["asked"] == ["c0", "c1", "c2"]
        assert suite.outbox.messages == []
        [gap] = freed_gaps(suite)
        assert (gap["campaign"]["asked"], gap["campaign"]["status"]) == (0, "ended")


def test_what_a_dry_run_decides_is_recorded_once_and_marked_in_the_audit():
    with salon(waiting=1, settings=DRY) as suite:
        cancel(suite)
        suite.advance(hours=5)
        [decision] = decisions(suite)
        made = [
            record for record in suite.list(f"{ROOT}/audit_logs").values() if record["resource_id"] == decision["id"]
        ]
        assert made[0]["details"]["dry_run"] is True
        assert decision["outcome"]["status"] == "expired"


@pytest.mark.parametrize("emptied", [{}, None], ids=["emptied", "deleted"])
def test_a_live_salon_whose_settings_are_gone_goes_on_and_its_owner_is_told(emptied: dict[str, Any] | None) -> None:
    with salon(waiting=1) as suite:
        if emptied is None:
            suite.delete(f"{ROOT}/settings/current")
        else:
            suite.put(f"{ROOT}/settings/current", emptied)
        suite.run_until_idle()
        assert "version 1 stays in force (mode live)" in texts(suite, OWNER)[0]
        cancel(suite)
        assert len(offers(suite)) == 1


def test_a_salon_that_never_had_settings_runs_dry():
    with salon(waiting=1) as suite:
        for each in ("current", "accepted"):
            suite.delete(f"{ROOT}/settings/{each}")
        suite.run_until_idle()
        cancel(suite)
        suite.advance(minutes=2)
        assert suite.outbox.messages == [] and [d["dry_run"] for d in decisions(suite)] == [True]


def test_nobody_asked_in_a_dry_run_counts_as_asked_when_the_salon_goes_live():
    with salon(waiting=1, settings=DRY) as suite:
        cancel(suite)
        settle(suite)
        cancel(suite, "b15")
        assert [message.sending.to for message in offers(suite)] == [phone(0)]


def test_a_salon_that_goes_dry_asks_nobody_any_more():
    with salon(waiting=4, settings={"offers": {"max_wave_size": 1}}) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/settings/current", DRY)
        suite.advance(minutes=25)
        assert len(offers(suite)) == 1
        assert [decision["dry_run"] for decision in decisions(suite)] == [False, True]


def test_what_was_requested_and_not_yet_sent_when_the_salon_went_dry_is_not_sent():
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/bookings/b1", status="cancelled", cancelled_by="customer", cancelled_at=NOW)
        while not suite.list(f"{ROOT}/outreach"):
            suite._deliver(suite.waiting.pop(0))
        settle(suite, mode="dry_run")
        assert suite.outbox.messages == []
        assert outreach_of(suite, "c0")["status"] == "expired"


def test_who_takes_up_an_offer_after_the_salon_went_dry_is_booked_and_told():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/settings/current", DRY)
        suite.run_until_idle()
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert len(ours(suite)) == 1
        assert purposes(suite, phone(0)) == ["slot_offer", "booking_confirmed"]
        # Nothing else leaves: no question of a person to the owner, and no answer to what is about no offer.
        write(suite, "thank you, is Friday free?", sender=phone(0))
        suite.run_until_idle()
        assert purposes(suite, OWNER) == ["owner_sold"] and len(purposes(suite, phone(0))) == 2


def test_a_sale_after_the_salon_went_dry_is_in_the_owners_digest_of_the_morning():
    asleep = [{"name": "Olga", "role": "owner", "phone": OWNER, "quiet_hours": {"start": "09:00", "end": "11:00"}}]
    with salon(waiting=1, contacts=asleep) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/settings/current", DRY)
        suite.run_until_idle()
        suite.reply(offers(suite)[0], button=0)
        suite.advance(minutes=95)
        assert texts(suite, OWNER)[0].startswith("Good news: Customer 0 has booked Cut")


def test_a_paused_salon_keeps_its_gaps_and_asks_when_it_is_back():
    with salon(waiting=1) as suite:
        suite.update(ROOT, status="paused")
        suite.run_until_idle()
        cancel(suite)
        suite.advance(minutes=40)
        assert asked(suite) == [] and suite.outbox.messages == []
        assert [gap["status"] for gap in freed_gaps(suite)] == ["open"]
        suite.update(ROOT, status="active")
        suite.advance(minutes=16)
        assert asked(suite) == ["c0"]


def test_a_salon_paused_before_the_offer_left_sends_it_when_it_is_back_or_not_at_all():
    for back_after, status in ((10, "sent"), (45, "expired")):
        with salon(waiting=1) as suite:
            suite.update(f"{ROOT}/bookings/b1", status="cancelled", cancelled_by="customer", cancelled_at=NOW)
            while not suite.list(f"{ROOT}/outreach"):
                suite._deliver(suite.waiting.pop(0))
            suite.update(ROOT, status="paused")
            suite.advance(minutes=back_after)
            assert suite.outbox.messages == []
            suite.update(ROOT, status="active")
            suite.advance(minutes=10)
            [first, *_] = sorted(suite.list(f"{ROOT}/outreach").values(), key=lambda outreach: outreach["created_at"])
            assert first["status"] == status


def test_a_salon_that_lets_nobody_be_asked_without_its_word_asks_nobody():
    with salon(waiting=1, settings={"autonomy": {"gap_fill": "manual_only"}}) as suite:
        cancel(suite)
        suite.advance(hours=1)
        assert asked(suite) == [] and offers(suite) == []


def test_the_offers_of_a_salon_keep_to_the_settings_that_were_accepted_last():
    with salon(waiting=6, settings={"offers": {"max_wave_size": 1}}) as suite:
        suite.outbox.on_message = lambda message: (suite.report(message, "delivered"), None)[1]
        cancel(suite)
        arrive(suite)
        settle(suite, offers={"max_wave_size": 2})
        suite.advance(minutes=10)
        arrive(suite)
        suite.put(f"{ROOT}/settings/current", {"mode": "live", "offers": {"max_wave_size": 0}})
        suite.advance(minutes=10)
        assert [len(decision["action_details"]["asked"]) for decision in decisions(suite)] == [1, 2, 2]
        assert [decision["settings_version"] for decision in decisions(suite)] == [1, 2, 2]


def test_an_open_offer_keeps_its_price_and_deadline_when_both_change_for_the_next_one():
    with salon(waiting=2, settings={"offers": {"max_wave_size": 1}}) as suite:
        cancel(suite)
        arrive(suite)
        [first] = offers(suite)
        before = outreach_of(suite, "c0")
        suite.update(f"{ROOT}/services/cut", price=80, updated_at=suite.clock.now())
        settle(suite, offers={"max_wave_size": 1, "response_deadline_minutes": 7})
        suite.advance(minutes=10)
        kept, later = outreach_of(suite, "c0"), outreach_of(suite, "c1")
        assert (kept["expires_at"], kept["offer_details"]) == (before["expires_at"], before["offer_details"])
        assert later["expires_at"] == later["created_at"] + timedelta(minutes=7)
        suite.reply(first, button=0)
        suite.run_until_idle()
        assert [(b["customer_id"], b["price"]) for b in ours(suite)] == [("c0", 50)]
        assert (before["offer_details"]["price"], later["offer_details"]["price"]) == (50, 80)


def test_an_app_that_books_in_a_paused_salon_still_closes_its_gaps():
    with salon(waiting=1) as suite:
        suite.update(ROOT, status="paused")
        cancel(suite)
        suite.put(f"{ROOT}/bookings/again", booking(NOW.replace(hour=13, minute=0)))
        suite.run_until_idle()
        assert [gap["status"] for gap in freed_gaps(suite)] == ["filled"]


def test_an_agent_may_run_dry_while_its_salon_is_live():
    with salon(waiting=3) as suite:
        settle(suite, agent_modes={"gap_fill_agent": "dry_run"})
        cancel(suite)
        suite.advance(minutes=20)
        assert suite.outbox.messages == [] and suite.list(f"{ROOT}/outreach") == {}
        [decision] = decisions(suite)
        assert decision["dry_run"] is True and decision["action_details"]["asked"] == ["c0", "c1", "c2"]
        assert suite.get(f"{ROOT}/counters/asks") is None


def test_an_agent_that_is_live_runs_dry_in_a_salon_that_does():
    with salon(waiting=1, settings={**DRY, "agent_modes": {"gap_fill_agent": "live"}}) as suite:
        cancel(suite)
        suite.advance(minutes=2)
        assert suite.outbox.messages == [] and [d["dry_run"] for d in decisions(suite)] == [True]


def test_one_agents_dry_run_stops_no_other():
    with salon(waiting=1) as suite:
        settle(suite, agent_modes={"retention_agent": "dry_run"})
        cancel(suite)
        assert len(offers(suite)) == 1


def test_what_an_agent_requested_before_its_dry_run_is_not_sent_and_the_owner_still_hears_of_sales():
    with salon(waiting=2, settings={"offers": {"max_wave_size": 1}}) as suite:
        cancel(suite)
        settle(suite, agent_modes={"gap_fill_agent": "dry_run"})
        suite.advance(minutes=25)
        assert len(offers(suite)) == 1
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert len(ours(suite)) == 1
        assert purposes(suite, OWNER) == ["owner_sold"]


def test_an_agent_that_finds_nobody_in_its_dry_run_says_so():
    with salon(waiting=0) as suite:
        settle(suite, agent_modes={"gap_fill_agent": "dry_run"})
        cancel(suite)
        assert [(d["action_taken"], d["dry_run"]) for d in decisions(suite)] == [("nobody_asked", True)]
