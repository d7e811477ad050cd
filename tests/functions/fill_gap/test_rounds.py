"""Campaigns: who decides, rounds that follow, offers that fall away, bookings that move forward."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from local.in_process import Suite
from local.outbox import Message
from tests.stories.salon import NOW, SALON, arrive, booking, cancel, customer, open_salon, run_without

ROOT = f"salons/{SALON}"
FEW = {"offers": {"max_wave_size": 2}}


def offers(suite: Suite) -> list[Message]:
    return [message for message in suite.outbox.messages if message.purpose == "slot_offer"]


def freed(suite: Suite) -> list[dict[str, Any]]:
    return [gap for gap in suite.list(f"{ROOT}/gaps").values() if gap["origin"] == "freed"]


def score(customer_id: str, **fields: Any) -> dict[str, Any]:
    made = {"id": customer_id, "salon_id": SALON, "created_at": NOW, "updated_at": NOW}
    return {**made, "customer_id": customer_id, **fields}


def test_an_offer_that_is_declined_is_replaced_at_once_and_only_once() -> None:
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=5, settings=FEW)
        cancel(suite)
        assert len(offers(suite)) == 2
        for _ in range(2):
            suite.reply(offers(suite)[0], button=1)
            suite.run_until_idle()
        assert len(offers(suite)) == 3
        assert suite.failures == []


@pytest.mark.parametrize(
    ("holder", "rooms", "refused"),
    [("c0", [], "customer_busy"), (None, ["chair"], "slot_taken")],
    ids=["they are booked elsewhere", "the room is taken"],
)
def test_an_offer_whose_yes_is_refused_while_the_time_is_free_is_replaced_at_once(
    holder: str | None, rooms: list[str], refused: str
) -> None:
    with Suite(now=NOW) as suite:
        start = open_salon(suite, waiting=5, settings=FEW)
        suite.update(f"{ROOT}/services/cut", resource_ids=rooms)
        suite.run_until_idle()
        cancel(suite)
        first = next(message for message in offers(suite) if message.sending.to == customer(0)["phone"])
        elsewhere = booking(start, staff_id="zoe", source="walk_in", customer_id=holder)
        suite.put(f"{ROOT}/bookings/elsewhere", elsewhere)
        suite.reply(first, button=0)
        run_without(suite, "fill_gap")
        suite.put(f"{ROOT}/bookings/elsewhere", {**elsewhere, "status": "cancelled"})
        suite.run_until_idle()
        [lost] = [o for o in suite.list(f"{ROOT}/outreach").values() if o["response"]["received"]]
        assert lost["response"]["action"] == refused
        assert [gap["status"] for gap in freed(suite)] == ["open"] and len(offers(suite)) == 3
        assert suite.failures == []


def test_the_next_round_comes_after_ten_minutes_to_people_not_asked_yet() -> None:
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=5, settings=FEW)
        cancel(suite)
        arrive(suite)
        suite.advance(minutes=9)
        assert len(offers(suite)) == 2
        suite.advance(minutes=2)
        assert len(offers(suite)) == 4
        assert len({message.sending.to for message in offers(suite)}) == 4


def test_who_may_decide_alone_is_asked_while_the_owner_is_asked_about_a_vip() -> None:
    with Suite(now=NOW) as suite:
        start = open_salon(suite, waiting=1)
        suite.put(f"{ROOT}/customers/vip", customer(50, name="Vera"))
        suite.put(f"{ROOT}/customer_scores/vip", score("vip", segment="vip"))
        for weeks in (1, 5):
            before = start - timedelta(weeks=weeks)
            suite.put(f"{ROOT}/bookings/v{weeks}", booking(before, customer_id="vip", status="completed"))
        cancel(suite)
        assert [message.sending.to for message in offers(suite)] == [customer(0)["phone"]]
        [approval] = suite.list(f"{ROOT}/approvals").values()
        assert approval["status"] == "pending" and approval["action_details"]["customer_id"] == "vip"
        levels = {d["autonomy_level"]: d for d in suite.list(f"{ROOT}/autonomous_decisions").values()}
        assert levels["supervised"]["approval"]["approval_id"] == approval["id"]
        assert levels["supervised"]["reasons"] == ["an offer to a VIP"]


def test_who_would_come_sooner_keeps_their_booking_until_the_new_one_stands() -> None:
    with Suite(now=NOW) as suite:
        start = open_salon(suite, waiting=0)
        suite.put(f"{ROOT}/customers/mover", customer(51, name="Moira", sooner_opt_in=True))
        later = start + timedelta(days=7)
        suite.put(f"{ROOT}/bookings/later", booking(later, customer_id="mover"))
        suite.run_until_idle()
        cancel(suite)
        assert len(offers(suite)) == 1
        assert (suite.get(f"{ROOT}/bookings/later") or {})["status"] == "confirmed"
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        [ours] = [b for b in suite.list(f"{ROOT}/bookings").values() if b["source"] == "smart_fill"]
        assert (ours["start_time"], ours["rescheduled_from"]) == (start, "later")
        given_up = suite.get(f"{ROOT}/bookings/later") or {}
        assert (given_up["status"], given_up["chain_depth"]) == ("cancelled", 1)
        suite.advance(minutes=10)
        told = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["announces"] == "BOOKING_CANCELLED"]
        [record] = [record for record in told if record["resource_id"] == "later"]
        assert (record["actor"], record["created_at"]) == ("gap_fill_agent", ours["created_at"])
        assert suite.get(f"{ROOT}/bookings/{record['details']['moved_to']}") == ours
        assert [gap["start_time"] for gap in freed(suite) if gap["status"] == "open"] == [later.replace(hour=10)]
        assert suite.failures == []


@pytest.mark.parametrize(
    ("whose", "days", "hour", "answered_after"),
    [("mover", 0, 10, 120), ("mover", 0, 12, 5), ("holder", 7, 13, 5)],
    ids=["it has taken place", "it comes before", "it is somebody else's by now"],
)
def test_a_booking_that_was_changed_since_the_offer_is_not_given_up(
    whose: str, days: int, hour: int, answered_after: int
) -> None:
    with Suite(now=NOW) as suite:
        start = open_salon(suite, waiting=0)
        suite.put(f"{ROOT}/customers/mover", customer(51, sooner_opt_in=True))
        suite.put(f"{ROOT}/staff/zoe", {"name": "Zoe", "service_ids": ["cut"]})
        later = booking(start + timedelta(days=7), customer_id="mover", staff_id="zoe")
        suite.put(f"{ROOT}/bookings/later", later)
        suite.run_until_idle()
        cancel(suite)
        at = start.replace(hour=hour) + timedelta(days=days)
        moved = booking(at, customer_id=whose, staff_id="zoe", updated_at=suite.clock.now())
        suite.put(f"{ROOT}/bookings/later", moved)
        suite.run_until_idle()
        suite.advance(minutes=answered_after)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        [ours] = [b for b in suite.list(f"{ROOT}/bookings").values() if b["source"] == "smart_fill"]
        assert (ours["start_time"], ours["rescheduled_from"]) == (start, None)
        assert (suite.get(f"{ROOT}/bookings/later") or {})["status"] == "confirmed"
        assert suite.failures == []


def regulars(suite: Suite, start: datetime, number: int = 3) -> None:
    for each in range(number):
        suite.put(f"{ROOT}/customers/r{each}", customer(60 + each))
        for weeks in (4, 9):
            visit = booking(start - timedelta(weeks=weeks, hours=each), customer_id=f"r{each}", status="completed")
            suite.put(f"{ROOT}/bookings/r{each}-{weeks}", visit)


def discounts(suite: Suite) -> list[float]:
    asked = sorted(suite.list(f"{ROOT}/outreach").values(), key=lambda ask: ask["round"])
    return [ask["offer_details"]["discount_percent"] for ask in asked]


@pytest.mark.parametrize(
    ("budget", "given"), [(10, [0, 10, 10]), (5, [0, 10, 0]), (9.99, [0, 10, 0]), (4.99, [0, 0, 0]), (0, [0, 0, 0])]
)
def test_a_discount_belongs_to_a_later_round_and_is_paid_from_the_days_budget(
    budget: float, given: list[float]
) -> None:
    settings = {"discounts": {"later_round_percent": 10, "daily_budget": budget}, "offers": {"max_wave_size": 1}}
    with Suite(now=NOW) as suite:
        start = open_salon(suite, waiting=0, settings=settings)
        regulars(suite, start)
        cancel(suite)
        suite.advance(minutes=40)
        assert discounts(suite) == given
        asked = sorted(suite.list(f"{ROOT}/outreach").values(), key=lambda ask: ask["round"])
        assert [ask["offer_details"]["price"] for ask in asked] == [50 - percent / 2 for percent in given]


def test_rounds_at_the_same_moment_give_away_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"discounts": {"later_round_percent": 10, "daily_budget": 5}, "offers": {"max_wave_size": 1}}
    with Suite(now=NOW) as suite:
        regulars(suite, open_salon(suite, waiting=0, settings=settings))
        cancel(suite)
        lock, counters = f"{ROOT}/locks/asks", f"{ROOT}/counters/asks"
        suite.put(lock, {"until": suite.clock.real() + timedelta(hours=1)})

        def another_gap_is_faster(seconds: float) -> None:
            suite.update(counters, given_away=5)
            suite.delete(lock)

        monkeypatch.setattr(suite.clock, "sleep", another_gap_is_faster)
        suite.advance(minutes=40)
        assert discounts(suite) == [0, 0, 0]


def test_the_decision_says_in_words_when_the_caps_keep_it_from_its_target() -> None:
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=2)
        cancel(suite)
        [decision] = suite.list(f"{ROOT}/autonomous_decisions").values()
        assert "the target is out of reach" in decision["reasons"] and decision["action_details"]["target_unreachable"]
        assert [reason for reason in decision["reasons"] if "_" in reason] == []
        assert 0 < decision["action_details"]["predicted"] < 0.73
        assert decision["considered"][0]["components"]["base_revenue"] == 50
