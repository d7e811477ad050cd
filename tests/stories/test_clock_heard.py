"""What each schedule brings about, and how soon, where every event was lost and no other job would mend it."""

from datetime import timedelta

from local.in_process import ACCOUNT_SID, Suite
from shared.salon.channel_route import route_path
from tests.stories.one_way_in import never_woken, only_way_in
from tests.stories.salon import NOW, ROOT, SMS, cancel, customer, freed_gaps, open_salon, outreach_of, salon, settle


def lost(suite: Suite) -> None:
    """What was written last woke nobody."""
    suite.waiting.clear()


def test_a_booking_that_was_cancelled_unheard_is_a_gap_within_five_minutes() -> None:
    with salon(waiting=0) as suite:
        suite.advance(minutes=1)
        never_woken(suite, "detect_gaps")
        only_way_in(suite, "scan_gaps", "gap_scan")
        cancel(suite)
        assert freed_gaps(suite) == []
        suite.advance(minutes=5)
        assert len(freed_gaps(suite)) == 1


def test_settings_that_were_written_unheard_are_accepted_within_the_hour() -> None:
    with salon(waiting=0) as suite:
        only_way_in(suite, "apply_settings", "apply_settings")
        settle(suite, offers={"max_wave_size": 3})
        suite.advance(hours=1)
        assert (suite.get(f"{ROOT}/settings/accepted") or {})["version"] == 2


def test_a_wish_that_was_written_unheard_is_followed_within_the_hour() -> None:
    with salon(waiting=0) as suite:
        only_way_in(suite, "follow_waitlist", "follow_waitlist")
        suite.put(f"{ROOT}/customers/c0", customer(0))
        suite.put(f"{ROOT}/waitlist/w", {"customer_id": "c0"})
        suite.advance(hours=1)
        assert (suite.get(f"{ROOT}/waitlist/w") or {}).get("status") == "waiting"


def test_customers_who_were_there_before_are_known_once_their_salon_is_connected() -> None:
    with Suite(now=NOW) as suite:
        only_way_in(suite, "follow_customer", "follow_customers")
        open_salon(suite, waiting=1)
        known = suite.list(f"{ROOT}/identities").values()
        assert {id for each in known for id in each["customer_ids"]} == {"c0", "holder"}


def test_a_number_that_was_entered_unheard_leads_to_its_salon_within_the_hour() -> None:
    with salon(waiting=0) as suite:
        only_way_in(suite, "connect_salon", "connect_salon")
        only_way_in(suite, "reconnect_salons", "tick")
        messaging = {**(suite.get(ROOT) or {})["messaging"], "sms_from": SMS}
        suite.update(ROOT, messaging=messaging, updated_at=suite.clock.now())
        suite.advance(hours=1)
        assert suite.get(route_path(ACCOUNT_SID, SMS)) is not None


def test_what_waits_without_a_time_goes_on_within_the_hour() -> None:
    with salon(waiting=1) as suite:
        cancel(suite)
        never_woken(suite, "fill_gap", "detect_gaps", "scan_gaps")
        only_way_in(suite, "repair_salon", "repair")
        suite.update(f"{ROOT}/outreach/{outreach_of(suite, 'c0')['id']}", due_at=None)
        lost(suite)
        suite.advance(hours=1)
        assert outreach_of(suite, "c0")["status"] == "expired"


def test_what_has_been_kept_long_enough_is_gone_within_the_hour() -> None:
    with salon(waiting=0) as suite:
        only_way_in(suite, "clean_up", "clean_up")
        suite.put(f"{ROOT}/approvals/old", {"forget_at": NOW + timedelta(minutes=1), "status": "expired"})
        lost(suite)
        suite.advance(hours=1, minutes=1)
        assert suite.get(f"{ROOT}/approvals/old") is None


def test_what_is_due_is_woken_within_the_minute() -> None:
    with salon(waiting=1) as suite:
        cancel(suite)
        only_way_in(suite, "wake_due", "tick")
        never_woken(suite, "fill_gap")
        suite.advance_to(outreach_of(suite, "c0")["due_at"])
        suite.advance(minutes=1)
        assert outreach_of(suite, "c0")["due_at"] > suite.clock.now()


def test_each_job_that_comes_due_reaches_its_salon() -> None:
    with salon(waiting=0) as suite:
        only_way_in(suite, "dispatch_jobs", "ticks of jobs")
        before = suite.outcomes.copy()
        suite.advance(hours=1)
        worked = {name for (name, _), count in (suite.outcomes - before).items() if count}
        assert {"apply_settings", "clean_up", "repair_salon", "scan_gaps"} <= worked
