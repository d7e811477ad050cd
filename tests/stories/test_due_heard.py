"""What is due is looked after by whoever looks after its collection, and by nothing else: every event of it is lost, and the
clock's own repairs never come."""

from datetime import timedelta

from local.in_process import Suite
from tests.stories.approvals import approval, ask, standing
from tests.stories.one_way_in import never_woken, only_way_in
from tests.stories.salon import (
    NOW,
    OWNER,
    cancel,
    freed_gaps,
    offers,
    ours,
    phone,
    purposes,
    salon,
    write,
)
from tests.stories.shared_number import open_branch


def only_when_due(suite: Suite, function: str, collection: str) -> None:
    never_woken(suite, "repair_salon", "scan_gaps")
    only_way_in(suite, function, f"due {collection}")


def test_a_gap_whose_time_is_over_is_closed() -> None:
    with salon(waiting=0) as suite:
        cancel(suite)
        only_when_due(suite, "detect_gaps", "gaps")
        suite.advance_to(NOW.replace(hour=12, minute=31))
        assert [gap["status"] for gap in freed_gaps(suite)] == ["expired"]


def test_a_campaign_whose_round_is_over_asks_the_next() -> None:
    with salon(waiting=2, settings={"offers": {"max_wave_size": 1}}) as suite:
        cancel(suite)
        only_when_due(suite, "fill_gap", "gaps")
        suite.advance(minutes=12)
        assert [message.sending.to for message in offers(suite)] == [phone(0), phone(1)]


def test_what_was_not_announced_is_announced() -> None:
    with salon(waiting=0) as suite:
        only_when_due(suite, "relay_events", "audit_logs")
        ask(suite)
        assert purposes(suite, OWNER) == []
        suite.advance(minutes=5)
        assert purposes(suite, OWNER) == ["owner_approval"]


def test_an_offer_that_nobody_sent_is_sent() -> None:
    with salon(waiting=1) as suite:
        only_when_due(suite, "send_outreach", "outreach")
        cancel(suite)
        assert offers(suite) == []
        suite.advance(minutes=8)
        assert len(offers(suite)) == 1


def test_a_message_that_nobody_sent_is_sent() -> None:
    with salon(waiting=1) as suite:
        cancel(suite)
        only_when_due(suite, "send_outreach", "conversations/messages")
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert purposes(suite, phone(0)) == ["slot_offer"]
        suite.advance(minutes=8)
        assert purposes(suite, phone(0)) == ["slot_offer", "booking_confirmed"]
        assert purposes(suite, OWNER) == ["owner_sold"]


def test_what_a_customer_wrote_unheard_is_answered() -> None:
    with salon(waiting=1) as suite:
        cancel(suite)
        only_when_due(suite, "answer_message", "conversations/inbound")
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert ours(suite) == []
        suite.advance(minutes=2)
        assert len(ours(suite)) == 1


def test_what_was_written_unheard_to_a_shared_number_comes_to_the_salon_it_is_for() -> None:
    with salon(waiting=1) as suite:
        open_branch(suite)
        cancel(suite)
        only_when_due(suite, "choose_branch", "channel_routes/inbound")
        write(suite, "BOOK", sender=phone(0))
        suite.run_until_idle()
        assert ours(suite) == []
        suite.advance(minutes=2)
        assert len(ours(suite)) == 1


def test_a_question_that_nobody_answers_is_over() -> None:
    with salon(waiting=0) as suite:
        id = ask(suite)
        only_when_due(suite, "resolve_approval", "approvals")
        suite.advance_to(approval(suite, id)["expires_at"] - timedelta(minutes=2))
        assert standing(suite, id) == ("pending", "pending", "pending")
        suite.advance(minutes=4)
        assert standing(suite, id)[:2] == ("expired", "expired")
        assert purposes(suite, OWNER) == ["owner_approval", "owner_reminder"]
