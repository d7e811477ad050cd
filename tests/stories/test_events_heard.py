"""What each announced event brings about where it is heard, at once and with nothing that could make up for it: the function
is woken by this type and by no other, by no deadline and by no job."""

from datetime import timedelta

from local.in_process import Suite
from local.owner.ignore_gap import ignore_gap
from shared.approvals.settle_approval import cancel_approvals
from shared.asking.decision import GAP_FILL_AGENT
from shared.ports import Refused
from tests.stories.approvals import approval, ask, questions
from tests.stories.busy_day import Troubled
from tests.stories.one_way_in import only_way_in
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SALON,
    booking,
    cancel,
    freed_gaps,
    offers,
    outreach_of,
    phone,
    purposes,
    salon,
    settle,
    waits,
    write,
)

ONE_BY_ONE = {"offers": {"max_wave_size": 1}}


def told(suite: Suite) -> list[str]:
    """Whom an offer has reached."""
    return [message.sending.to for message in offers(suite)]


# fill_gap: the campaign.


def test_a_gap_that_was_detected_is_offered() -> None:
    with salon(waiting=1) as suite:
        only_way_in(suite, "fill_gap", "GAP_DETECTED")
        cancel(suite)
        assert told(suite) == [phone(0)]


def test_a_new_wish_is_offered_the_gap_that_is_open() -> None:
    with salon(waiting=0) as suite:
        cancel(suite)
        only_way_in(suite, "fill_gap", "WAITLIST_CHANGED")
        waits(suite, "late", 40)
        assert told(suite) == [phone(40)]


def test_an_offer_whose_time_was_taken_out_of_its_gap_is_withdrawn_when_the_gap_has_changed() -> None:
    with salon(waiting=1) as suite:
        for booked in ("b1", "b14"):
            suite.update(f"{ROOT}/bookings/{booked}", status="cancelled", cancelled_by="customer", cancelled_at=NOW)
        suite.run_until_idle()
        slot = outreach_of(suite, "c0")["slot"]
        only_way_in(suite, "fill_gap", "GAP_CHANGED")
        suite.put(f"{ROOT}/bookings/walk-in", booking(slot["start"], source="walk_in"))
        suite.run_until_idle()
        assert [gap["status"] for gap in freed_gaps(suite)] == ["open"]
        assert outreach_of(suite, "c0")["status"] == "expired"


def test_when_the_gap_is_filled_the_others_offers_are_withdrawn() -> None:
    with salon(waiting=2) as suite:
        cancel(suite)
        assert told(suite) == [phone(0), phone(1)]
        only_way_in(suite, "fill_gap", "GAP_FILLED")
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert (outreach_of(suite, "c1")["status"], outreach_of(suite, "c1")["withdrawn"]) == ("expired", True)


def test_when_the_time_of_a_gap_is_over_its_decisions_are_concluded() -> None:
    with salon(waiting=1) as suite:
        cancel(suite)
        only_way_in(suite, "fill_gap", "GAP_EXPIRED")
        suite.advance_to(NOW.replace(hour=12, minute=31))
        [decision] = suite.list(f"{ROOT}/autonomous_decisions").values()
        assert decision["outcome"]["status"] == "expired"


def test_when_the_owner_says_that_a_time_is_not_free_its_offers_are_withdrawn() -> None:
    with salon(waiting=1) as suite:
        cancel(suite)
        only_way_in(suite, "fill_gap", "GAP_IGNORED")
        [gap] = freed_gaps(suite)
        ignore_gap(gap["id"], said_by="olga", documents=suite.store.salon(SALON), clock=suite.clock)
        suite.run_until_idle()
        assert outreach_of(suite, "c0")["withdrawn"] is True


def test_who_declines_makes_room_for_the_next() -> None:
    with salon(waiting=2, settings=ONE_BY_ONE) as suite:
        cancel(suite)
        only_way_in(suite, "fill_gap", "OUTREACH_DECLINED")
        suite.reply(offers(suite)[0], button=1)
        suite.run_until_idle()
        assert told(suite) == [phone(0), phone(1)]


def test_when_an_offer_has_had_its_time_the_next_customer_is_asked() -> None:
    with salon(waiting=2, settings=ONE_BY_ONE) as suite:
        cancel(suite)
        only_way_in(suite, "fill_gap", "OUTREACH_EXPIRED")
        suite.report(offers(suite)[0], "delivered")
        suite.advance(minutes=29)
        assert told(suite) == [phone(0)]
        suite.advance(minutes=2)
        assert told(suite) == [phone(0), phone(1)]


def test_when_an_offer_cannot_be_delivered_the_next_customer_is_asked() -> None:
    with salon(waiting=2, settings=ONE_BY_ONE) as suite:
        cancel(suite)
        only_way_in(suite, "fill_gap", "OUTREACH_FAILED")
        suite.report(offers(suite)[0], "undelivered", error_code=63024)
        suite.run_until_idle()
        assert told(suite) == [phone(0), phone(1)]


def test_an_offer_not_known_to_have_arrived_after_five_minutes_makes_room_for_the_next() -> None:
    with salon(waiting=2, settings=ONE_BY_ONE) as suite:
        cancel(suite)
        only_way_in(suite, "fill_gap", "OUTREACH_NOT_ARRIVED")
        suite.advance(minutes=4)
        assert told(suite) == [phone(0)]
        suite.advance(minutes=2)
        assert told(suite) == [phone(0), phone(1)]


def test_who_says_yes_too_late_is_told_so() -> None:
    with salon(waiting=2) as suite:
        cancel(suite)
        only_way_in(suite, "fill_gap", "OFFER_LOST")
        for offer in offers(suite):
            suite.reply(offer, button=0)
        suite.run_until_idle()
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken"]


def test_who_is_booked_elsewhere_by_now_makes_room_for_the_next() -> None:
    with salon(waiting=2, settings=ONE_BY_ONE) as suite:
        cancel(suite)
        only_way_in(suite, "fill_gap", "OUTREACH_RESPONDED")
        start = NOW.replace(hour=13, minute=0)
        suite.put(f"{ROOT}/bookings/own", booking(start, customer_id="c0", staff_id="zoe"))
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert told(suite) == [phone(0), phone(1)]


def test_what_the_owner_approves_is_carried_out() -> None:
    with salon(waiting=1, settings={"autonomy": {"gap_fill": "supervised"}}) as suite:
        cancel(suite)
        assert told(suite) == []
        only_way_in(suite, "fill_gap", "APPROVAL_APPROVED")
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert told(suite) == [phone(0)]


# notify_owner: what the salon's own people hear.


def test_the_owner_is_asked_for_an_approval() -> None:
    with salon(waiting=0) as suite:
        only_way_in(suite, "notify_owner", "APPROVAL_REQUESTED")
        ask(suite)
        assert purposes(suite, OWNER) == ["owner_approval"]


def test_the_owner_hears_that_a_question_is_called_off() -> None:
    with salon(waiting=0) as suite:
        ask(suite)
        only_way_in(suite, "notify_owner", "APPROVAL_CANCELLED")
        cancel_approvals(
            "gap_1", "the gap is filled", agent=GAP_FILL_AGENT, documents=suite.store.salon(SALON), clock=suite.clock
        )
        suite.run_until_idle()
        assert purposes(suite, OWNER) == ["owner_approval", "owner_not_done"]


def test_the_owner_hears_of_a_sale() -> None:
    with salon(waiting=1) as suite:
        only_way_in(suite, "notify_owner", "GAP_FILLED")
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert purposes(suite, OWNER) == ["owner_sold"]


def test_the_owner_hears_that_the_provider_fails_and_asking_has_stopped() -> None:
    with salon(waiting=6, settings={"offers": {"max_wave_size": 6}}) as suite:
        only_way_in(suite, "notify_owner", "CIRCUIT_BREAKER_OPENED")
        down = Refused(20500, "HTTP 400", retry=False, provider_fault=True)
        suite.messenger = Troubled(suite.outbox, {phone(number): [down] for number in range(6)})
        cancel(suite)
        assert told(suite) == []
        assert purposes(suite, OWNER) == ["owner_alert"]


def test_the_owner_hears_of_what_is_wrong() -> None:
    with salon(waiting=0) as suite:
        only_way_in(suite, "notify_owner", "ALERT_TRIGGERED")
        settle(suite, offers={"max_wave_size": -1})
        assert purposes(suite, OWNER) == ["owner_alert"]


def test_the_owner_hears_of_what_only_a_person_can_answer() -> None:
    with salon(waiting=1) as suite:
        only_way_in(suite, "notify_owner", "AGENT_ACTION_REQUIRED")
        write(suite, "Is Mia in today?", sender=phone(0))
        suite.run_until_idle()
        assert purposes(suite, OWNER) == ["owner_message"]


def test_the_owner_is_reminded_of_a_question() -> None:
    with salon(waiting=0) as suite:
        id = ask(suite)
        only_way_in(suite, "notify_owner", "AGENT_ACTION_REQUIRED")
        suite.advance_to(approval(suite, id)["expires_at"] - timedelta(minutes=5))
        assert purposes(suite, OWNER) == ["owner_approval", "owner_reminder"]


# send_outreach.


def test_what_was_requested_is_sent() -> None:
    with salon(waiting=1) as suite:
        only_way_in(suite, "send_outreach", "OUTREACH_REQUESTED")
        cancel(suite)
        assert told(suite) == [phone(0)]
