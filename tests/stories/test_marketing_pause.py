"""When too many people object to promotional asks, the agent stops making them, tells the owner once and begins again by
itself; wishes on the waitlist are served all the while."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from functions.clean_up.clean_salon import clean_up
from local.in_process import ACCOUNT_SID, Suite
from shared.asking.agent_state import fresh
from shared.asking.check_breaker import reset_agent
from shared.asking.outreach import Outreach
from shared.asking.promotion_pause import PAUSE
from shared.asking.watch_reactions import watch_reactions
from shared.messaging.outgoing import Delivery
from tests.functions.fill_gap.test_approval_of_offers import VERA, vip_salon
from tests.shared.asking.test_promotion_pause import ask
from tests.stories.approvals import questions
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SALON,
    SMS,
    WHATSAPP,
    arrive,
    cancel,
    customer,
    decisions,
    offers,
    outreach_of,
    phone,
    regular,
    salon,
    settle,
    texts,
    why_not,
    write,
)

AGENT = "gap_fill_agent"


@pytest.fixture
def suite() -> Iterator[Suite]:
    """Two regulars, who are asked by promotion, and one wish on the waitlist, which is none."""
    with salon(waiting=1) as suite:
        for name in ("r1", "r2"):
            regular(suite, name, visits=3)
        yield suite


def sent_before(suite: Suite, *asks: Outreach) -> None:
    """History: promotional asks of the days before."""
    for each in asks:
        suite.put(f"{ROOT}/outreach/{each.id}", each.stored())


def objections(count: int, *, past: int = 20) -> list[Outreach]:
    return [ask(past + number, answer="opted_out") for number in range(count)]


def asked(suite: Suite) -> list[str]:
    return [each for decision in decisions(suite) for each in decision["action_details"]["asked"]]


def paused(suite: Suite) -> dict[str, Any] | None:
    state = suite.get(f"{ROOT}/agent_states/{AGENT}")
    return dict(state["marketing"]) if state and state["marketing"]["paused_until"] else None


def watch(suite: Suite) -> bool:
    found = watch_reactions(AGENT, documents=suite.store.salon(SALON), clock=suite.clock)
    suite.run_until_idle()
    return found


def told(suite: Suite) -> list[str]:
    return [text for text in texts(suite, OWNER) if "romotional" in text]


def test_a_paused_agent_asks_who_waits_and_nobody_else(suite: Suite) -> None:
    sent_before(suite, *objections(3))
    assert watch(suite)
    cancel(suite)
    assert asked(suite) == ["c0"]
    reasons = why_not(suite)
    assert all(reasons[name].startswith("promotional asks are paused: of the last 3 ") for name in ("r1", "r2"))


def test_below_the_limit_everybody_is_asked(suite: Suite) -> None:
    sent_before(suite, *objections(2))
    assert not watch(suite) and paused(suite) is None
    cancel(suite)
    assert {"c0", "r1", "r2"} <= set(asked(suite))


def test_the_owner_is_told_once_however_often_and_by_how_many_it_is_looked_at(suite: Suite) -> None:
    sent_before(suite, *objections(3))
    with ThreadPoolExecutor(6) as threads:
        looks = list(threads.map(lambda _: watch_reactions(
            AGENT, documents=suite.store.salon(SALON), clock=suite.clock), range(6)))  # fmt: skip
    suite.run_until_idle()
    assert sum(looks) == 1 and len(told(suite)) == 1 and not watch(suite)
    assert "paused for 7 days: of the last 3 promotional messages 3 led to an opt-out" in told(suite)[0]


def test_a_stop_is_looked_at_before_the_offer_it_ends_is_made_up_for(suite: Suite) -> None:
    settle(suite, offers={"max_wave_size": 2, "max_disappointed": 20})
    sent_before(suite, *objections(2))
    cancel(suite)
    arrive(suite)
    first = next(name for name in asked(suite) if name.startswith("r"))
    write(suite, "STOP", sender=outreach_of(suite, first)["customer_phone"])
    suite.run_until_idle()
    assert paused(suite) and len(told(suite)) == 1
    suite.advance(minutes=30)
    assert [name for name in asked(suite) if name.startswith("r")] == [first]


def test_a_stop_after_the_offer_was_over_is_found_by_the_hourly_look(suite: Suite) -> None:
    sent_before(suite, *objections(2), ask(0, customer="r1"))
    write(suite, "STOP", sender=suite.get(f"{ROOT}/customers/r1")["phone"])  # type: ignore[index]
    suite.run_until_idle()
    assert paused(suite) is None
    clean_up(SALON, store=suite.store, clock=suite.clock)
    assert paused(suite)


def test_what_whatsapp_will_not_bring_counts_also_when_it_goes_out_by_sms_instead() -> None:
    both = {"marketing": True, "service": True}
    messaging = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    with salon(waiting=0, messaging=messaging) as suite:
        regular(suite, "r1", visits=3, consents={"whatsapp": both, "sms": both})
        sent_before(suite, *objections(2))
        cancel(suite)
        suite.report(offers(suite)[0], "undelivered", error_code=63049)
        suite.run_until_idle()
        assert outreach_of(suite, "r1")["channel"] == "sms"
        assert outreach_of(suite, "r1")["delivery"]["former_error"] == "63049"
        assert paused(suite)


def test_after_a_week_promotion_goes_on_by_itself_and_old_objections_no_longer_count(suite: Suite) -> None:
    sent_before(suite, *objections(3))
    watch(suite)
    suite.clock.move_to(NOW + PAUSE)
    assert not watch(suite)
    after = [ask(number, answer="opted_out").changed(created_at=NOW + PAUSE) for number in range(3)]
    sent_before(suite, *after[:2])
    suite.clock.move_to(NOW + PAUSE + timedelta(hours=1))
    assert not watch(suite), "two since it went on"
    sent_before(suite, after[2])
    assert watch(suite) and len(told(suite)) == 2, "another pause is another notice"


def test_the_owner_can_end_it_at_once(suite: Suite) -> None:
    sent_before(suite, *objections(3))
    watch(suite)
    reset_agent(AGENT, documents=suite.store.salon(SALON), clock=suite.clock, actor="owner")
    assert not watch(suite)
    cancel(suite)
    assert {"r1", "r2"} <= set(asked(suite))


def test_opt_outs_from_the_waitlist_and_of_another_agent_do_not_count(suite: Suite) -> None:
    of_waitlist = [each.changed(consent_purpose="service") for each in objections(3)]
    sent_before(
        suite, *of_waitlist, *(each.changed(id=f"x{each.id}", agent_name="retention_agent") for each in objections(3))
    )
    assert not watch(suite)


def test_only_the_last_fifty_are_looked_at(suite: Suite) -> None:
    sent_before(suite, *(ask(number) for number in range(48)), *objections(3, past=48))
    assert not watch(suite), "of three objections two are among the last fifty"
    suite.delete(f"{ROOT}/outreach/o0")
    assert watch(suite)


def test_what_never_left_takes_no_place_among_the_last_fifty(suite: Suite) -> None:
    never = [ask(number).changed(delivery=Delivery()) for number in range(10)]
    sent_before(suite, *never, *(ask(number) for number in range(10, 57)), *objections(3, past=57))
    assert watch(suite)


def test_a_stop_counts_however_many_others_said_it_before(suite: Suite) -> None:
    for number in range(15):
        write(suite, "STOP", sender=f"+4477009002{number:02}")
    suite.run_until_idle()
    for number in range(3):
        suite.put(f"{ROOT}/customers/p{number}", customer(70 + number))
        sent_before(suite, ask(number, customer=f"p{number}"))
    suite.clock.move_to(NOW + timedelta(minutes=1))
    for number in range(3):
        write(suite, "STOP", sender=phone(70 + number))
    suite.run_until_idle()
    assert watch(suite)


def test_the_hourly_look_is_at_every_agent_that_has_asked(suite: Suite) -> None:
    other = "retention_agent"
    sent_before(suite, *(each.changed(agent_name=other) for each in (*objections(2), ask(0, customer="r1"))))
    suite.put(f"{ROOT}/agent_states/{other}", fresh(SALON, other, NOW).stored())
    write(suite, "STOP", sender=suite.get(f"{ROOT}/customers/r1")["phone"])  # type: ignore[index]
    suite.run_until_idle()
    clean_up(SALON, store=suite.store, clock=suite.clock)
    assert suite.get(f"{ROOT}/agent_states/{other}")["marketing"]["paused_until"]  # type: ignore[index]
    assert paused(suite) is None, "it was none of the gap filler's asks"


@pytest.mark.parametrize(("ago", "looked_at"), [(timedelta(hours=2, seconds=-1), True), (timedelta(hours=2), False)])
def test_a_late_stop_is_looked_at_though_one_hourly_look_did_not_come(
    suite: Suite, ago: timedelta, looked_at: bool
) -> None:
    sent_before(suite, *objections(2), ask(0, customer="r1"))
    write(suite, "STOP", sender=suite.get(f"{ROOT}/customers/r1")["phone"])  # type: ignore[index]
    suite.run_until_idle()
    suite.clock.move_to(NOW + ago)
    clean_up(SALON, store=suite.store, clock=suite.clock)
    assert (paused(suite) is not None) is looked_at


def test_a_yes_of_the_owner_to_a_promotional_offer_is_called_off_by_a_pause() -> None:
    with vip_salon() as suite:
        sent_before(suite, *objections(3))
        watch(suite)
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        [approval] = suite.list(f"{ROOT}/approvals").values()
        assert approval["status"] == "cancelled" and texts(suite, VERA["phone"]) == []
        assert "offers are paused, because too many people didn't want them" in texts(suite, OWNER)[-1]
