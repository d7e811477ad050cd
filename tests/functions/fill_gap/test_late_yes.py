"""Who says yes too late hears so at once, with another open slot if one suits them: a real offer, to them alone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from functions.fill_gap.answer_late_yes import answer_late_yes
from local.conditions import Delivery, Fate
from local.in_process import ACCOUNT_SID, Suite
from shared.asking.outreach import ANSWER_LOST_WITHIN
from shared.messaging.tokens import OfferToken, sign
from shared.ports import Refused
from tests.stories.busy_day import Troubled
from tests.stories.salon import (
    NOW,
    ROOT,
    SALON,
    SMS,
    WHATSAPP,
    booking,
    cancel,
    decisions,
    just_before,
    offers,
    open_salon,
    ours,
    outreach_of,
    phone,
    purposes,
    run_without,
    salon,
    settle,
    texts,
    write,
)

BUSY = Refused(20429, "too many requests", retry=True, provider_fault=True)
START = NOW.replace(hour=13, minute=0)
OTHER = NOW.replace(hour=16, minute=0)


def free(suite: Suite, *hours: int) -> None:
    """13:00 is offered to all who wait; the other hours are free then, and nobody is left to be asked about them."""
    cancel(suite)
    for hour in hours:
        cancel(suite, f"b{hour}")


def say_yes(suite: Suite, *numbers: int) -> None:
    for number in numbers:
        offer = next(message for message in offers(suite) if message.sending.to == phone(number))
        suite.reply(offer, button=0)


def lose(suite: Suite, *losers: int, winner: int = 0, then: Refused | None = None) -> None:
    """`then` is what the provider first says to what the losers are answered."""
    if then is not None:
        suite.messenger = Troubled(suite.outbox, {phone(number): [then] for number in losers})
    say_yes(suite, winner, *losers)
    suite.run_until_idle()


def instead(suite: Suite, number: int = 1) -> dict[str, Any] | None:
    """What this customer was offered in place of what they lost."""
    found = [o for o in suite.list(f"{ROOT}/outreach").values() if o["customer_id"] == f"c{number}" and o["instead_of"]]
    assert len(found) <= 1
    return found[0] if found else None


def test_who_comes_too_late_is_offered_another_open_time_and_can_book_it_by_button():
    with salon(waiting=2) as suite:
        free(suite, 16)
        lose(suite, 1)
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken_another"]
        answer = suite.outbox.messages[-2] if suite.outbox.messages[-2].buttons else suite.outbox.messages[-1]
        assert "the spot today at 13:00 has just gone" in answer.text and "fit you in today at 16:00" in answer.text
        suite.reply(next(m for m in suite.outbox.messages if m.purpose == "slot_taken_another"), button=0)
        suite.run_until_idle()
        assert {(b["customer_id"], b["start_time"]) for b in ours(suite)} == {("c0", START), ("c1", OTHER)}
        assert purposes(suite, phone(1))[-1] == "booking_confirmed"
        assert {entry["status"] for entry in suite.list(f"{ROOT}/waitlist").values()} == {"booked"}


@pytest.mark.parametrize(("body", "booked"), [("yes please", 2), ("no thanks", 1)])
def test_their_next_word_is_about_what_they_were_offered_last(body: str, booked: int):
    with salon(waiting=2) as suite:
        free(suite, 16)
        lose(suite, 1)
        write(suite, body, sender=phone(1))
        suite.run_until_idle()
        assert len(ours(suite)) == booked
        place = suite.list(f"{ROOT}/waitlist")["w1"]["status"]
        assert place == ("booked" if booked == 2 else "waiting")


def test_no_word_is_about_an_offer_that_has_not_left_yet():
    with salon(waiting=2) as suite:
        free(suite, 16)
        lose(suite, 1, then=BUSY)
        offer = instead(suite)
        assert offer and offer["status"] == "pending" and purposes(suite, phone(1)) == ["slot_offer"]
        write(suite, "yes please", sender=phone(1))
        suite.run_until_idle()
        assert [b["customer_id"] for b in ours(suite)] == ["c0"]
        suite.advance(minutes=5)
        assert "slot_taken" in purposes(suite, phone(1)), (
            "their word waits for a person, so they are asked nothing more"
        )


def test_who_stops_before_another_time_could_leave_still_hears_that_theirs_is_gone():
    with salon(waiting=2) as suite:
        free(suite, 16)
        lose(suite, 1, then=BUSY)
        write(suite, "STOP", sender=phone(1))
        suite.run_until_idle()
        assert instead(suite)["response"]["action"] == "opted_out"
        suite.advance(minutes=5)
        assert sorted(purposes(suite, phone(1))) == ["slot_offer", "slot_taken", "stop_confirmed"]


def test_what_is_offered_instead_is_decided_and_counted_as_any_ask():
    with salon(waiting=2) as suite:
        free(suite, 16)
        asked = suite.get(f"{ROOT}/counters/asks")
        lose(suite, 1)
        offer = instead(suite)
        assert offer and (offer["outreach_type"], offer["consent_purpose"]) == ("rebooking", "service")
        decision = next(d for d in decisions(suite) if d["id"] == offer["decision_id"])
        assert decision["action_details"]["asked"] == ["c1"]
        assert decision["considered"][0]["reasons"] == ["said yes too late to another time"]
        counted = suite.get(f"{ROOT}/counters/asks")
        assert asked and counted
        assert sum(counted["day_counts"].values()) == sum(asked["day_counts"].values()) + 1
        assert suite.list(f"{ROOT}/waitlist")["w1"]["status"] == "offered"


def test_of_two_who_come_too_late_one_time_is_offered_to_one():
    with salon(waiting=3) as suite:
        free(suite, 16)
        lose(suite, 1, 2)
        assert instead(suite, 1) and instead(suite, 2) is None
        assert purposes(suite, phone(2)) == ["slot_offer", "slot_taken"]
        assert suite.list(f"{ROOT}/waitlist")["w2"]["status"] == "waiting"


def test_of_several_times_the_nearest_to_the_lost_one_is_offered():
    with salon(waiting=3) as suite:
        free(suite, 17, 15)
        lose(suite, 1, 2)
        times = [offer["slot"]["start"].hour for offer in (instead(suite, 1), instead(suite, 2)) if offer]
        assert times == [15, 17]


@pytest.mark.parametrize(("taken", "another"), [(0, 11), (2, 17), (3, 10), (4, None)])
def test_the_first_of_four_times_that_nobody_has_taken_meanwhile_is_offered(taken: int, another: int | None):
    """They were booked a moment ago, so that no gap knows of it yet. After four the search is given up: twelve o'clock
    tomorrow, which is free, is not offered."""
    tomorrow = START + timedelta(days=1)
    two_days = {day: [{"start": "10:00", "end": "18:00"}] for day in ("mon", "tue")}
    with salon(waiting=2, opening_hours=two_days) as suite:
        for hour in range(10, 18):
            suite.put(f"{ROOT}/bookings/t{hour}", booking(tomorrow.replace(hour=hour)))
        suite.run_until_idle()
        free(suite, 11, 15, 17)
        for id in ("t10", "t12"):
            cancel(suite, id)
        times = [START.replace(hour=hour) for hour in (11, 15, 17)] + [tomorrow.replace(hour=10)]
        for number, time in enumerate(times[:taken]):
            suite.put(f"{ROOT}/bookings/walk-in{number}", booking(time, source="walk_in", customer_id=None))
        say_yes(suite, 0, 1)
        run_without(suite, "detect_gaps")
        offer = instead(suite)
        assert (offer["slot"]["start"].hour if offer else None) == another


def names_staff(suite: Suite) -> None:
    suite.put(f"{ROOT}/staff/noah", {"name": "Noah", "service_ids": ["cut"]})
    suite.update(f"{ROOT}/waitlist/w1", staff_ids=["mia"])
    for hour in range(10, 18):
        suite.put(f"{ROOT}/bookings/n{hour}", booking(START.replace(hour=hour), staff_id="noah"))
    cancel(suite, "n16")


def names_a_window(suite: Suite) -> None:
    window = {"start": START, "end": START + timedelta(hours=2)}
    suite.update(f"{ROOT}/waitlist/w1", windows=[window])
    cancel(suite, "b16")


def is_booked_there(suite: Suite) -> None:
    suite.put(f"{ROOT}/bookings/own", booking(OTHER, customer_id="c1", staff_id="noah"))
    cancel(suite, "b16")


def was_asked_often_today(suite: Suite) -> None:
    cancel(suite, "b16")
    settle(suite, limits={"per_customer_daily": 1})


def the_salon_has_asked_enough(suite: Suite) -> None:
    cancel(suite, "b16")
    settle(suite, limits={"hourly_actions": 2})


def the_agent_runs_dry(suite: Suite) -> None:
    cancel(suite, "b16")
    settle(suite, agent_modes={"gap_fill_agent": "dry_run"})


def the_salon_runs_dry(suite: Suite) -> None:
    cancel(suite, "b16")
    settle(suite, mode="dry_run")


def no_consent_for_service(suite: Suite) -> None:
    cancel(suite, "b16")
    suite.update(f"{ROOT}/customers/c1", consents={"whatsapp": {"marketing": True, "service": False}})


def waits_no_longer(suite: Suite) -> None:
    cancel(suite, "b16")
    suite.update(f"{ROOT}/waitlist/w1", status="cancelled")


def a_walk_in_has_it(suite: Suite) -> None:
    cancel(suite, "b16")
    suite.put(f"{ROOT}/bookings/walk-in", booking(OTHER, source="walk_in", customer_id=None))


def the_salon_cancelled_it(suite: Suite) -> None:
    cancel(suite, "b16", by="salon")


def a_vip(suite: Suite) -> None:
    cancel(suite, "b16")
    ask = outreach_of(suite, "c1")
    suite.update(f"{ROOT}/outreach/{ask['id']}", segment="vip", waitlist_entry_id=None)


def it_is_promised_to_another(suite: Suite) -> None:
    settle(suite, offers={"max_wave_size": 2})
    suite.put(f"{ROOT}/customers/c9", {**suite.list(f"{ROOT}/customers")["c1"], "phone": phone(9)})
    theirs = {
        "customer_id": "c9",
        "status": "waiting",
        "windows": [{"start": OTHER, "end": OTHER + timedelta(hours=1)}],
    }
    suite.put(f"{ROOT}/waitlist/w9", {**suite.list(f"{ROOT}/waitlist")["w1"], **theirs})
    cancel(suite, "b16")
    assert outreach_of(suite, "c9")["status"] == "sent"


@pytest.mark.parametrize(
    "circumstance",
    [
        names_staff,
        names_a_window,
        is_booked_there,
        was_asked_often_today,
        the_salon_has_asked_enough,
        the_salon_runs_dry,
        the_agent_runs_dry,
        no_consent_for_service,
        waits_no_longer,
        a_walk_in_has_it,
        the_salon_cancelled_it,
        a_vip,
        it_is_promised_to_another,
    ],
)
def test_where_nothing_suits_or_may_be_offered_the_answer_is_as_kind_and_plain(circumstance: Any):
    with salon(waiting=2) as suite:
        cancel(suite)
        circumstance(suite)
        # What has just been written is not yet worked on, but what stands counts.
        lose(suite, 1)
        assert instead(suite) is None
        assert purposes(suite, phone(1))[1:] == ["slot_taken"]


def test_who_named_their_times_may_be_offered_one_that_is_days_away():
    with salon(waiting=2) as suite:
        monday = START + timedelta(days=7)
        free(suite)
        # By then they hold the offer that they will lose: a wish that waited would be offered next Monday at once.
        suite.update(f"{ROOT}/waitlist/w1", windows=[{"start": START, "end": monday + timedelta(hours=3)}])
        lose(suite, 1)
        offer = instead(suite)
        assert offer and offer["slot"]["start"].date() == monday.date()


def test_nobody_who_named_no_time_is_offered_one_that_is_days_away():
    with salon(waiting=2) as suite:
        free(suite)
        lose(suite, 1)
        assert instead(suite) is None


def test_the_answer_goes_out_in_quiet_hours_because_they_have_just_written():
    hours = {"mon": [{"start": "10:00", "end": "24:00"}]}
    with salon(waiting=2, opening_hours=hours) as suite:
        suite.advance_to(NOW.replace(hour=19, minute=30))
        for id, hour in (("late", 22), ("later", 23)):
            suite.put(f"{ROOT}/bookings/{id}", booking(START.replace(hour=hour)))
        for hour in (18, 19, 20, 21):
            suite.put(f"{ROOT}/bookings/x{hour}", booking(START.replace(hour=hour)))
        suite.run_until_idle()
        cancel(suite, "late")
        cancel(suite, "later")
        suite.advance_to(NOW.replace(hour=20, minute=45))
        # What is left of the time is open again before the second answers.
        lose(suite)
        suite.reply(next(m for m in offers(suite) if m.sending.to == phone(1)), button=0)
        suite.run_until_idle()
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken_another"]


@pytest.mark.parametrize(
    ("after", "another"), [(timedelta(minutes=10), True), (timedelta(minutes=10, seconds=1), False)]
)
def test_a_yes_that_was_worked_on_more_than_ten_minutes_later_is_answered_plainly(after: timedelta, another: bool):
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=2)
        free(suite, 16)
        lose(suite)
        found = suite.get(ROOT)
        assert found is not None
        suite.put(ROOT, {**found, "timezone": "Nowhere/Nowhere"})
        suite.reply(next(m for m in offers(suite) if m.sending.to == phone(1)), button=0)
        suite.run_until_idle()
        suite.put(ROOT, found)
        suite.waiting.clear()
        suite.clock.move_to(NOW + after)
        suite.tick("wake_due")
        suite.run_until_idle()
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken_another" if another else "slot_taken"]


def test_an_answer_that_may_no_longer_go_out_is_followed_by_the_plain_one():
    with salon(waiting=2) as suite:
        free(suite, 16)
        say_yes(suite, 0, 1)
        run_without(suite, "send_outreach")
        # Before it leaves.
        suite.update(f"{ROOT}/customers/c1", blocked=True)
        suite.run_until_idle()
        suite.advance(minutes=5)
        offer = instead(suite)
        assert offer and offer["status"] == "expired"
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken"]
        assert suite.list(f"{ROOT}/waitlist")["w1"]["status"] == "waiting"


def test_while_the_breaker_is_open_they_hear_the_plain_answer():
    with salon(waiting=2) as suite:
        free(suite, 16)
        until = suite.clock.now() + timedelta(minutes=5)
        suite.put(
            f"{ROOT}/agent_states/gap_fill_agent",
            {
                "id": "state_s1_gap_fill_agent", "salon_id": SALON, "agent_name": "gap_fill_agent",
                "status": "circuit_breaker", "created_at": NOW, "updated_at": NOW,
                "circuit_breaker": {"state": "open", "cooldown_until": until},
            },
        )  # fmt: skip
        lose(suite, 1)
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken"]


def test_the_same_yes_three_times_is_answered_with_one_offer():
    with salon(waiting=2) as suite:
        free(suite, 16)
        lose(suite, 1, 1, 1)
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken_another"]
        assert instead(suite)


def test_who_loses_again_is_answered_again_and_never_twice_about_one_time():
    with salon(waiting=2) as suite:
        free(suite, 15, 16)
        lose(suite, 1)
        suite.put(f"{ROOT}/bookings/walk-in", booking(START.replace(hour=15), source="walk_in", customer_id=None))
        suite.reply(next(m for m in suite.outbox.messages if m.purpose == "slot_taken_another"), button=0)
        suite.run_until_idle()
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken_another", "slot_taken_another"]
        assert "fit you in today at 16:00" in texts(suite, phone(1))[-1]


def link_to(suite: Suite, outreach: dict[str, Any]) -> str:
    return "/o/" + sign(suite.deployment.signing_key, OfferToken(SALON, outreach["id"], "link"))


def test_the_page_of_a_signed_link_shows_the_other_time_and_leads_to_it():
    with salon(waiting=2) as suite:
        free(suite, 16)
        lost = outreach_of(suite, "c1")
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        page = suite.request("POST", link_to(suite, lost), form={"answer": "accept"}).get_data(as_text=True)
        assert "no longer free" in page and "still free" not in page, "nothing is promised that is not there yet"
        suite.run_until_idle()
        offer = instead(suite)
        assert offer is not None
        leads_to = link_to(suite, offer)
        page = suite.request("GET", link_to(suite, lost)).get_data(as_text=True)
        assert "no longer free" in page and "today at 16:00" in page and leads_to in page
        suite.request("POST", leads_to, form={"answer": "accept"})
        suite.run_until_idle()
        assert ("c1", OTHER) in {(b["customer_id"], b["start_time"]) for b in ours(suite)}
        assert leads_to not in suite.request("GET", link_to(suite, lost)).get_data(as_text=True)


def test_by_sms_it_names_the_words_and_the_link():
    both = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    with salon(waiting=2, messaging=both) as suite:
        for number in (0, 1):
            suite.update(f"{ROOT}/customers/c{number}", consents={"sms": {"marketing": True, "service": True}})
        free(suite, 16)
        for number in (0, 1):
            write(suite, "BOOK", sender=phone(number), channel="sms")
        suite.run_until_idle()
        answer = texts(suite, phone(1))[-1]
        assert "fit you in today at 16:00" in answer and "reply BOOK or SKIP" in answer and "/o/" in answer
        write(suite, "BOOK", sender=phone(1), channel="sms")
        suite.run_until_idle()
        assert ("c1", OTHER) in {(b["customer_id"], b["start_time"]) for b in ours(suite)}


def answer(suite: Suite, lost: dict[str, Any]) -> str:
    """What a delivery of OFFER_LOST does."""
    documents, deployment = suite.store.salon(SALON), suite.deployment
    return answer_late_yes(lost["id"], documents=documents, clock=suite.clock, deployment=deployment)


def lose_unheard(suite: Suite) -> dict[str, Any]:
    """Their yes is refused, and the event that would have had it answered is lost."""
    lose(suite)
    say_yes(suite, 1)
    run_without(suite, "fill_gap")
    suite.waiting.clear()
    lost = outreach_of(suite, "c1")
    assert lost["response"]["owed"] and purposes(suite, phone(1)) == ["slot_offer"]
    return lost


def test_the_refusal_marks_their_message_handled_lets_their_wish_wait_and_owes_an_answer():
    with salon(waiting=2) as suite:
        free(suite, 16)
        lost = lose_unheard(suite)
        assert (lost["status"], lost["response"]["action"]) == ("responded", "slot_taken")
        said = suite.store.salon(SALON).get(lost["response"]["said_in"])
        assert said is not None and (said.data["outcome"], said.data["due_at"]) == ("slot_taken", None)
        assert suite.list(f"{ROOT}/waitlist")["w1"]["status"] == "waiting"
        assert lost["due_at"] == suite.clock.now() + ANSWER_LOST_WITHIN
        [record] = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["announces"] == "OFFER_LOST"]
        assert record["resource_id"] == lost["id"]


def test_a_late_yes_that_is_heard_of_again_has_its_answer_already():
    with salon(waiting=2) as suite:
        free(suite, 16)
        lost = lose_unheard(suite)
        assert [answer(suite, lost) for _ in range(3)] == ["another time offered", *["answered before"] * 2]
        suite.run_until_idle()
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken_another"]
        answered = suite.get(f"{ROOT}/outreach/{lost['id']}")
        assert answered and (answered["response"]["owed"], answered["due_at"]) == (False, None)


@pytest.mark.parametrize("hours", [(), (16,)], ids=["plainly", "with another time"])
def test_of_two_runs_at_once_one_answers(hours: tuple[int, ...]):
    with salon(waiting=2) as suite:
        free(suite, *hours)
        lost = lose_unheard(suite)
        others: list[str] = []
        just_before(suite, lambda write: not others, lambda: others.append(answer(suite, lost)))
        assert answer(suite, lost) == "answered before"
        assert others == ["another time offered" if hours else "told that it is gone"]
        suite.run_until_idle()
        suite.advance(minutes=20)
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken_another" if hours else "slot_taken"]


class Repeated:
    """Every event is delivered twice, the last first."""

    def next(self, waiting: Sequence[Delivery]) -> int:
        return len(waiting) - 1

    def fate(self, delivery: Delivery) -> Fate:
        return "twice"


class DeadAfter:
    """The first delivery of every event does its work and dies before it can say so."""

    def next(self, waiting: Sequence[Delivery]) -> int:
        return 0

    def fate(self, delivery: Delivery) -> Fate:
        return "crash_after" if delivery.attempt == 1 else "once"


@pytest.mark.parametrize("conditions", [Repeated, DeadAfter])
def test_however_events_are_delivered_a_late_yes_is_answered_once(conditions: type[Repeated | DeadAfter]):
    with salon(waiting=3, conditions=conditions()) as suite:
        free(suite, 16)
        lose(suite)
        lose(suite, 2, winner=1)
        suite.advance(minutes=20)
        answers = sorted(purposes(suite, phone(number))[1:] for number in (1, 2))
        assert answers == [["slot_taken"], ["slot_taken_another"]]


def test_a_late_yes_whose_event_was_lost_is_announced_again_and_answered():
    with salon(waiting=2) as suite:
        free(suite, 16)
        lose_unheard(suite)
        suite.advance(minutes=3)
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken_another"]
        assert [path for path in suite.list(f"{ROOT}/outreach").values() if path["response"]["owed"]] == []


@pytest.mark.parametrize("by", ["message", "link"])
def test_a_late_yes_that_nobody_answers_in_time_is_answered_plainly_without_them(by: str):
    """Whoever would know of another time is down."""
    with salon(waiting=2) as suite:
        free(suite, 16)
        lose(suite)
        lost = outreach_of(suite, "c1")
        if by == "link":
            suite.request("POST", link_to(suite, lost), form={"answer": "accept"})
        else:
            say_yes(suite, 1)
        for _ in range(14):
            run_without(suite, "fill_gap")
            suite.clock.move_to(suite.clock.now() + timedelta(minutes=1))
            suite.tick("wake_due")
        run_without(suite, "fill_gap")
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken"]
        announced = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["announces"] == "OFFER_LOST"]
        assert 4 <= len(announced) <= 6
        # What it hears of afterwards is over.
        suite.run_until_idle()
        suite.advance(minutes=20)
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken"] and instead(suite) is None


def test_who_is_booked_elsewhere_then_hears_so_in_the_commit_that_refuses():
    with salon(waiting=1) as suite:
        free(suite, 16)
        suite.put(f"{ROOT}/bookings/own", booking(START, customer_id="c0", staff_id="noah"))
        say_yes(suite, 0)
        run_without(suite, "fill_gap")
        lost = outreach_of(suite, "c0")
        assert (lost["response"]["action"], lost["response"]["owed"]) == ("customer_busy", False)
        assert purposes(suite, phone(0)) == ["slot_offer", "slot_no_longer_free"]


def test_the_answer_goes_back_the_way_that_their_message_came():
    with salon(waiting=2) as suite:
        free(suite)
        lost = lose_unheard(suite)
        suite.update(ROOT, messaging={"account_sid": ACCOUNT_SID, "whatsapp_from": "+14155230000"})
        assert answer(suite, lost) == "told that it is gone"
        conversation = lost["response"]["said_in"].partition("/inbound/")[0]
        [told] = [m for m in suite.list(f"{ROOT}/{conversation}/messages").values() if m.get("purpose") == "slot_taken"]
        assert (told["account_sid"], told["sender"], told["channel"]) == (ACCOUNT_SID, WHATSAPP, "whatsapp")


def test_an_answer_that_is_owed_and_would_never_be_looked_at_is_found():
    with salon(waiting=2) as suite:
        free(suite, 16)
        lost = lose_unheard(suite)
        suite.update(f"{ROOT}/outreach/{lost['id']}", due_at=None)
        suite.tick("repair")
        suite.run_until_idle()
        suite.advance(minutes=3)
        assert purposes(suite, phone(1)) == ["slot_offer", "slot_taken_another"]
