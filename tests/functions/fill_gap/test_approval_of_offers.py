"""From the question about an offer to a VIP to what becomes of it: through the real rounds, sales and messages."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.conditions import Delivery, Fate
from local.in_process import Suite
from shared.asking.check_breaker import pause_agent
from shared.messaging.spoken import spoken_why_not
from tests.stories.approvals import approval, decision_of, questions, standing, trail
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SALON,
    booking,
    cancel,
    customer,
    freed_gaps,
    offers,
    open_salon,
    ours,
    purposes,
    salon,
    settle,
    texts,
    waitlist_entry,
    write,
)

VERA = customer(50, name="Vera")


@contextmanager
def vip_salon(
    waiting: int = 1, cancelled: Sequence[str] = ("b1",), at: datetime = NOW, **options: Any
) -> Iterator[Suite]:
    """One customer waits, and Vera, a VIP, would come too: one offer goes out, one is asked about."""
    with salon(waiting=waiting, **options) as suite:
        suite.put(f"{ROOT}/customers/vip", VERA)
        made = {"id": "vip", "salon_id": SALON, "created_at": NOW, "updated_at": NOW}
        suite.put(f"{ROOT}/customer_scores/vip", {**made, "customer_id": "vip", "segment": "vip"})
        start = NOW.replace(hour=13, minute=0)
        for weeks in (1, 5):
            visit = booking(start - timedelta(weeks=weeks), customer_id="vip", status="completed")
            suite.put(f"{ROOT}/bookings/v{weeks}", visit)
        suite.clock.move_to(at)
        for booked in cancelled:
            suite.update(f"{ROOT}/bookings/{booked}", status="cancelled", cancelled_by="customer", cancelled_at=at)
        suite.run_until_idle()
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


def test_what_is_proposed_names_its_day_since_it_is_read_at_any_time():
    with vip_salon(locale="es-ES") as suite:
        assert approval(suite, the_question(suite))["action_summary"] == (
            "ofrecer a Vera Cut con Mia lun, 23 nov a las 13:00, por 50,00 GBP, porque suele venir con Mia"
        )


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


@pytest.mark.parametrize(("minute", "start"), [(5, 11), (6, 12), (10, 12)])
def test_the_owner_is_asked_about_a_later_time_where_none_is_left_to_answer_about_the_first(minute, start):
    """From eleven to two is free; without an answer until 10:10 eleven is too late."""
    with vip_salon(waiting=0, cancelled=("b11", "b12", "b1"), at=NOW.replace(hour=10, minute=minute)) as suite:
        suite.advance(minutes=30)
        found = approval(suite, the_question(suite))
        assert found["action_details"]["start"] == NOW.replace(hour=start, minute=0)
        assert purposes(suite, OWNER)[0] == "owner_approval"


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


def change_vera(**fields: Any) -> Callable[[Suite], None]:
    return lambda suite: suite.update(f"{ROOT}/customers/vip", **fields)


def set_salon(**settings: Any) -> Callable[[Suite], None]:
    return lambda suite: settle(suite, **settings)


def she_booked_elsewhere(suite: Suite) -> None:
    now = suite.clock.now()
    same_time = booking(NOW.replace(hour=13, minute=0), customer_id="vip", staff_id="other", created_at=now)
    suite.put(f"{ROOT}/bookings/elsewhere", {**same_time, "updated_at": now})


def she_stopped(suite: Suite) -> None:
    write(suite, "STOP", sender=VERA["phone"])


def she_is_offered_another_time(suite: Suite) -> None:
    her_ask(suite, status="sent")


def she_was_asked_just_now(suite: Suite) -> None:
    her_ask(suite, status="responded", slot=None)


def her_ask(suite: Suite, **fields: Any) -> None:
    """About next Monday."""
    now, start = suite.clock.now(), NOW.replace(hour=13, minute=0) + timedelta(days=7)
    slot = {"start": start, "end": start + timedelta(hours=1), "service_id": "cut", "staff_id": "mia"}
    [ask] = suite.list(f"{ROOT}/outreach").values()
    hers = {**ask, "id": "hers", "customer_id": "vip", "address_key": "hers", "trigger_id": "g", "slot": slot}
    suite.put(f"{ROOT}/outreach/hers", {**hers, "created_at": now, "updated_at": now, "due_at": None, **fields})


def the_time_is_taken(suite: Suite) -> None:
    """And the event that would have called the question off is still on its way."""
    [gap] = freed_gaps(suite)
    suite.update(f"{ROOT}/gaps/{gap['id']}", status="filled")
    suite.waiting.clear()


def it_would_begin_at_another_time(suite: Suite) -> None:
    suite.update(f"{ROOT}/bookings/b14", status="cancelled", cancelled_by="customer", cancelled_at=suite.clock.now())
    suite.put(f"{ROOT}/bookings/walk-in", booking(NOW.replace(hour=13, minute=0), 30, created_at=suite.clock.now()))


def the_decision_is_gone(suite: Suite) -> None:
    suite.delete(f"{ROOT}/autonomous_decisions/{approval(suite, the_question(suite))['decision_id']}")


def the_agent_is_paused(suite: Suite) -> None:
    pause_agent("gap_fill_agent", documents=suite.store.salon(SALON), clock=suite.clock, actor="owner")


ASKED_NO_MORE = "the customer can no longer be asked"
NOT_POSSIBLE = {
    "the time is no longer free": the_time_is_taken,
    "what was approved is no longer what would be offered": it_would_begin_at_another_time,
    "no such decision": the_decision_is_gone,
    ASKED_NO_MORE: lambda suite: suite.delete(f"{ROOT}/customers/vip"),
    f"{ASKED_NO_MORE}: booked at that time": she_booked_elsewhere,
    f"{ASKED_NO_MORE}: opted out": she_stopped,
    f"{ASKED_NO_MORE}: no consent for marketing": change_vera(consents={"whatsapp": {"service": True}}),
    f"{ASKED_NO_MORE}: no address": change_vera(phone=None),
    f"{ASKED_NO_MORE}: blocked by the salon": change_vera(blocked=True),
    f"{ASKED_NO_MORE}: has a complaint open": change_vera(open_complaint=True),
    f"{ASKED_NO_MORE}: works here": change_vera(is_staff=True),
    f"{ASKED_NO_MORE}: quiet hours where they are": change_vera(timezone="Pacific/Auckland"),
    f"{ASKED_NO_MORE}: no time that suits, with their notice": change_vera(minimum_notice_minutes=600),
    f"{ASKED_NO_MORE}: has another offer open": she_is_offered_another_time,
    f"{ASKED_NO_MORE}: asked 1 time(s) within the hour already": she_was_asked_just_now,
    f"{ASKED_NO_MORE}: for a person to decide": set_salon(autonomy={"vip_offers": "manual_only"}),
    "the salon's limit of asks is reached": set_salon(limits={"hourly_actions": 1}),
    "as many customers were asked as one gap may ask": set_salon(offers={"max_asks_per_gap": 1}),
    "only a dry run is made": set_salon(agent_modes={"gap_fill_agent": "dry_run"}),
    "the salon is paused": lambda suite: suite.update(ROOT, status="paused"),
    "the agent is paused": the_agent_is_paused,
}


@pytest.mark.parametrize("reason", NOT_POSSIBLE)
def test_what_is_approved_and_is_possible_no_more_is_not_done_and_the_owner_hears_why(reason):
    with vip_salon() as suite:
        id = the_question(suite)
        NOT_POSSIBLE[reason](suite)
        suite.run_until_idle()
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert approval(suite, id)["status"] == "cancelled" and approval(suite, id)["due_at"] is None
        assert VERA["phone"] not in {message.sending.to for message in offers(suite)}
        [said] = [r["details"]["reason"] for r in suite.list(f"{ROOT}/audit_logs").values() if r["event_type"] == "approval_cancelled"]  # fmt: skip
        assert said.startswith(reason)
        suite.update(ROOT, status="active")
        suite.advance(minutes=16)
        told = next(message.text for message in suite.outbox.messages if message.purpose == "owner_not_done")
        in_words = spoken_why_not(said, "en-GB")
        assert in_words in told and (in_words != spoken_why_not("", "en-GB") or reason == "no such decision")
        if reason != "no such decision":
            assert standing(suite, id) == ("cancelled", "cancelled", "failed")


def test_what_is_approved_about_idle_time_keeps_to_its_fifth_of_the_hour():
    evening = {"start": NOW.replace(hour=17), "end": NOW.replace(hour=19)}
    longer = {"mon": [{"start": "10:00", "end": "19:00"}]}
    for hourly, done in ((5, True), (4, False)):
        with Suite(now=NOW) as suite:
            suite.put(f"{ROOT}/customers/c0", customer(0))
            suite.put(f"{ROOT}/waitlist/w0", waitlist_entry("c0", NOW, windows=[evening]))
            open_salon(suite, waiting=0, settings={"autonomy": {"gap_fill": "supervised"}}, opening_hours=longer)
            suite.advance(minutes=5)
            id = the_question(suite)
            settle(suite, limits={"hourly_actions": hourly}, autonomy={"gap_fill": "supervised"})
            suite.reply(questions(suite)[0], button=0)
            suite.run_until_idle()
            assert (standing(suite, id)[0] == "approved") is done is bool(offers(suite))
            counters = suite.get(f"{ROOT}/counters/asks") or {"asks": []}
            assert {each["agent"] for each in counters["asks"]} == ({"gap_fill_agent", "gap_fill_agent:idle"} if done else set())  # fmt: skip


def test_of_what_is_approved_no_more_is_given_away_than_the_day_allows():
    """Two stylists' regulars, a question about each gap, and a budget that is enough for one of them."""
    discounts = {"later_round_percent": 30, "daily_budget": 15, "max_auto_percent": 20}
    with salon(waiting=0, settings={"discounts": discounts, "offers": {"max_wave_size": 1}}) as suite:
        suite.put(f"{ROOT}/staff/noa", {"name": "Noa", "service_ids": ["cut"]})
        for number, (staff, name) in enumerate([("mia", "ann"), ("mia", "amy"), ("noa", "bea"), ("noa", "bel")]):
            suite.put(f"{ROOT}/customers/{name}", customer(50 + number, name=name))
            for days in (21, 22):
                visit = booking(NOW - timedelta(days=days), customer_id=name, staff_id=staff, status="completed")
                suite.put(f"{ROOT}/bookings/{name}-{days}", visit)
        for hour in range(10, 18):
            suite.put(f"{ROOT}/bookings/n{hour}", booking(NOW.replace(hour=hour, minute=0), staff_id="noa"))
        suite.run_until_idle()
        cancel(suite, "b1")
        cancel(suite, "n15")
        suite.advance(minutes=12)
        assert len(questions(suite)) == 2
        for question in questions(suite):
            suite.reply(question, button=0)
        suite.run_until_idle()
        assert sorted(each["status"] for each in suite.list(f"{ROOT}/approvals").values()) == ["approved", "cancelled"]
        assert (suite.get(f"{ROOT}/counters/asks") or {})["given_away"] == 15
        assert "today's discounts are used up" in next(
            m.text for m in suite.outbox.messages if m.purpose == "owner_not_done"
        )


def test_an_approved_offer_counts_as_an_ask():
    with vip_salon() as suite:
        before = suite.get(f"{ROOT}/counters/asks")
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        after = suite.get(f"{ROOT}/counters/asks")
        assert before is not None and after is not None
        assert sum(after["day_counts"].values()) == sum(before["day_counts"].values()) + 1


def test_in_a_salon_that_runs_dry_nothing_that_was_approved_is_done():
    with vip_salon() as suite:
        id = the_question(suite)
        settle(suite, mode="dry_run")
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert standing(suite, id)[0] == "cancelled" and to_vera(suite) == []


def test_a_yes_waits_its_turn_while_other_rounds_go_out(monkeypatch):
    """Whoever asks at the same moment moves the campaign on; that is no reason against what was approved."""
    with vip_salon() as suite:
        id = the_question(suite)
        suite.put(f"{ROOT}/locks/asks", {"until": suite.clock.real() + timedelta(seconds=30)})
        waited = []

        def others_ask(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 1:
                [gap] = freed_gaps(suite)
                suite.update(f"{ROOT}/gaps/{gap['id']}", campaign={**gap["campaign"], "asked": 2, "round": 2})
            else:
                suite.delete(f"{ROOT}/locks/asks")

        monkeypatch.setattr(suite.clock, "sleep", others_ask)
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert len(waited) == 2 and len(to_vera(suite)) == 1
        assert standing(suite, id)[0] == "approved" and approval(suite, id)["carried_out_at"] is not None


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
