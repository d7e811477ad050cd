"""From the question about an offer to a VIP to what becomes of it: through the real rounds, sales and messages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from local.in_process import Delivery, Fate, Suite
from tests.functional.approvals import approval, decision_of, questions, standing, trail
from tests.functional.salon import (
    NOW,
    OWNER,
    ROOT,
    SALON,
    booking,
    cancel,
    customer,
    offers,
    ours,
    purposes,
    salon,
    settle,
    texts,
)

VERA = customer(50, name="Vera")


@contextmanager
def vip_salon(waiting: int = 1, **options: Any) -> Iterator[Suite]:
    """One customer waits, and Vera, a VIP, would come too: one offer goes out, one is asked about."""
    with salon(waiting=waiting, **options) as suite:
        suite.put(f"{ROOT}/customers/vip", VERA)
        made = {"id": "vip", "salon_id": SALON, "created_at": NOW, "updated_at": NOW}
        suite.put(f"{ROOT}/customer_scores/vip", {**made, "customer_id": "vip", "segment": "vip"})
        start = NOW.replace(hour=13, minute=0)
        for weeks in (1, 5):
            visit = booking(start - timedelta(weeks=weeks), customer_id="vip", status="completed")
            suite.put(f"{ROOT}/bookings/v{weeks}", visit)
        cancel(suite)
        yield suite


def the_question(suite: Suite) -> str:
    [id] = suite.list(f"{ROOT}/approvals")
    return id


def to_vera(suite: Suite) -> list[str]:
    return texts(suite, VERA["phone"])


def test_what_is_approved_is_offered_to_exactly_that_customer_and_can_be_sold():
    with vip_salon() as suite:
        id = the_question(suite)
        assert to_vera(suite) == []
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert len(to_vera(suite)) == 1 and approval(suite, id)["carried_out_at"] is not None
        suite.reply(next(m for m in offers(suite) if m.sending.to == VERA["phone"]), button=0)
        suite.run_until_idle()
        [sold] = ours(suite)
        assert sold["customer_id"] == "vip"
        assert standing(suite, id) == ("approved", "approved", "success")
        assert decision_of(suite, id)["revenue_impact"]["actual"] == 50
        assert purposes(suite, OWNER) == ["owner_approval", "owner_approved", "owner_sold"]


def test_what_is_rejected_is_never_asked_and_the_others_go_on():
    with vip_salon(waiting=4, settings={"offers": {"max_wave_size": 1}}) as suite:
        id = the_question(suite)
        suite.reply(questions(suite)[0], button=1)
        suite.run_until_idle()
        suite.advance(minutes=45)
        assert to_vera(suite) == [] and standing(suite, id) == ("rejected", "rejected", "rejected")
        assert the_question(suite) == id, "a no to this offer is a no to the same offer a round later"
        assert len({m.sending.to for m in offers(suite)}) == 4


def test_a_question_that_waits_is_not_asked_again_in_the_next_round():
    with vip_salon(waiting=4, settings={"offers": {"max_wave_size": 1}}) as suite:
        suite.advance(minutes=25)
        assert len(offers(suite)) > 1
        assert purposes(suite, OWNER) == ["owner_approval"] and the_question(suite)


def test_a_question_lives_as_long_as_its_answer_is_of_use():
    with vip_salon() as suite:
        found = approval(suite, the_question(suite))
        assert found["expires_at"] == suite.clock.now() + timedelta(minutes=60)
        suite.advance(minutes=50)
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert len(to_vera(suite)) == 1, "an offer of its own, with its own time to answer"


def test_a_question_nobody_answered_is_not_asked_again():
    with vip_salon(waiting=4, settings={"offers": {"max_wave_size": 1}, "approval_ttl_minutes": 12}) as suite:
        suite.advance(minutes=45)
        assert standing(suite, the_question(suite)) == ("expired", "expired", "expired")
        assert to_vera(suite) == []


def test_while_the_slot_sells_the_question_is_called_off_and_the_owner_told():
    with vip_salon() as suite:
        id = the_question(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert [sold["customer_id"] for sold in ours(suite)] == ["c0"]
        assert standing(suite, id) == ("cancelled", "cancelled", "failed")
        assert sorted(map(str, purposes(suite, OWNER))) == ["owner_approval", "owner_not_done", "owner_sold"]
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert to_vera(suite) == [] and "called off" in texts(suite, OWNER)[-1]
        assert trail(suite, id)[-1] == "approval_cancelled"


@pytest.mark.parametrize("yes_first", [True, False])
def test_a_yes_of_the_owner_and_a_sale_at_once_end_in_one_booking_and_no_loose_end(yes_first):
    with vip_salon() as suite:
        id = the_question(suite)
        acts = [lambda: suite.reply(questions(suite)[0], button=0), lambda: suite.reply(offers(suite)[0], button=0)]
        for act in acts if yes_first else reversed(acts):
            act()
        suite.run_until_idle()
        suite.advance(minutes=5)
        assert [sold["customer_id"] for sold in ours(suite)] == ["c0"]
        assert standing(suite, id)[0] == "cancelled"
        assert to_vera(suite) == [] and approval(suite, id)["due_at"] is None
        assert trail(suite, id)[-1] == "approval_cancelled"


def test_a_customer_who_booked_meanwhile_is_not_asked_and_the_owner_hears_why():
    with vip_salon() as suite:
        id = the_question(suite)
        now = suite.clock.now()
        same_time = booking(NOW.replace(hour=13, minute=0), customer_id="vip", staff_id="other", created_at=now)
        suite.put(f"{ROOT}/bookings/elsewhere", {**same_time, "updated_at": now})
        suite.run_until_idle()
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert standing(suite, id) == ("cancelled", "cancelled", "failed")
        assert to_vera(suite) == []
        assert purposes(suite, OWNER)[-1] == "owner_not_done"
        assert "can no longer be asked" in texts(suite, OWNER)[-1]


def test_an_approved_offer_keeps_to_the_salons_limit():
    with vip_salon() as suite:
        id = the_question(suite)
        settle(suite, limits={"hourly_actions": 1})
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert standing(suite, id)[0] == "cancelled" and to_vera(suite) == []
        assert "limit" in texts(suite, OWNER)[-1]


def test_an_approved_offer_counts_as_an_ask():
    with vip_salon() as suite:
        before = suite.get(f"{ROOT}/counters/asks")
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        after = suite.get(f"{ROOT}/counters/asks")
        assert before is not None and after is not None
        assert sum(after["day_counts"].values()) == sum(before["day_counts"].values()) + 1


def test_a_salon_that_went_into_dry_run_or_paused_carries_nothing_out():
    with vip_salon() as suite:
        id = the_question(suite)
        settle(suite, mode="dry_run")
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert standing(suite, id)[0] == "cancelled" and to_vera(suite) == []


class Doubled:
    """Every event is delivered twice, the last first."""

    def next(self, waiting: Sequence[Delivery]) -> int:
        return len(waiting) - 1

    def fate(self, delivery: Delivery) -> Fate:
        return "twice"


class CrashedAfter:
    """Every event's first delivery does its work and dies before it can say so."""

    def next(self, waiting: Sequence[Delivery]) -> int:
        return 0

    def fate(self, delivery: Delivery) -> Fate:
        return "crash_after" if delivery.attempt == 1 else "once"


@pytest.mark.parametrize("conditions", [Doubled, CrashedAfter])
def test_however_events_are_delivered_the_owner_is_asked_once_and_the_vip_too(conditions):
    with vip_salon(conditions=conditions()) as suite:
        id = the_question(suite)
        assert purposes(suite, OWNER) == ["owner_approval"]
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert len(to_vera(suite)) == 1
        assert standing(suite, id)[:2] == ("approved", "approved")
        assert purposes(suite, OWNER) == ["owner_approval", "owner_approved"]
        assert trail(suite, id).count("approval_carried_out") == 1
