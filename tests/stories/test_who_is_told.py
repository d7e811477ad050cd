"""What happened, who is told of it, and in which words: everybody who must hear, and nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.answer_message import answer_conversation
from functions.fill_gap.round_documents import AGENT
from local.in_process import ACCOUNT_SID, Suite
from local.owner.ignore_gap import ignore_gap, take_back_sale
from shared.approvals.settle_approval import cancel_approvals
from shared.asking.check_breaker import fault, pause_agent
from shared.messaging.tokens import ApprovalToken, binding, sign_approval
from shared.salon.load_settings import accepted_settings
from tests.stories.approvals import BOTH, MANAGER, approval, ask, carrying, questions
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SALON,
    SMS,
    booking,
    cancel,
    customer,
    freed_gaps,
    offer_link,
    offers,
    ours,
    phone,
    salon,
    settle,
    waits,
    write,
)

START = NOW.replace(hour=13, minute=0)
THEM, ANOTHER, FRIEND = phone(0), phone(1), phone(70)
Happens = Callable[[Suite], object]
Told = tuple[str, str, tuple[str, ...]]
"""To whom, for which purpose, and words that must be in it."""


def idle(suite: Suite) -> None:
    suite.run_until_idle()


def an_offer(suite: Suite) -> None:
    cancel(suite)


def says(body: str, sender: str = THEM, **form: str) -> Happens:
    return lambda suite: write(suite, body, sender=sender, **form)


def presses(button: int) -> Happens:
    return lambda suite: suite.reply(offers(suite)[0], button=button)


def by_link(answer: str) -> Happens:
    return lambda suite: suite.request("POST", offer_link(suite, "c0"), form={"answer": answer})


def in_turn(*happens: Happens) -> Happens:
    def all_of_it(suite: Suite) -> None:
        for each in happens:
            each(suite)
            suite.run_until_idle()

    return all_of_it


def later(**by: float) -> Happens:
    return lambda suite: suite.advance(**by)


def update(path: str, **fields: Any) -> Happens:
    return lambda suite: suite.update(f"{ROOT}/{path}" if path else ROOT, **fields)


def booked(id: str, start: Any = START, **fields: Any) -> Happens:
    return lambda suite: suite.put(f"{ROOT}/bookings/{id}", booking(start, **fields))


def sale(suite: Suite) -> str:
    return next(id for id, each in suite.list(f"{ROOT}/bookings").items() if each["source"] == "smart_fill")


def the_owner_ignores(suite: Suite) -> None:
    [gap] = freed_gaps(suite)
    ignore_gap(gap["id"], said_by="olga", documents=suite.store.salon(SALON), clock=suite.clock)


def the_owner_takes_it_back(suite: Suite) -> None:
    take_back_sale(sale(suite), said_by="olga", documents=suite.store.salon(SALON), clock=suite.clock)


def two_offers(suite: Suite) -> None:
    waits(suite, "twin", 0)
    settle(suite, limits={"per_customer_hourly": 9})
    cancel(suite)
    suite.update(f"{ROOT}/customers/twin", phone="+447700900444")
    cancel(suite, "b16")
    for each in suite.list(f"{ROOT}/outreach"):
        suite.update(f"{ROOT}/outreach/{each}", customer_phone=THEM, address_key=keyed(suite))


def keyed(suite: Suite) -> str:
    return next(str(each["address_key"]) for each in suite.list(f"{ROOT}/outreach").values())


def forwarded(suite: Suite) -> None:
    suite.put(f"{ROOT}/customers/friend", customer(70, name="Frida"))
    pressed = offers(suite)[0].buttons[0]
    write(suite, pressed.title, sender=FRIEND, ButtonPayload=pressed.payload, ButtonText=pressed.title)


def it_cannot_be_worked_on(suite: Suite) -> None:
    """Every try fails."""
    with pytest.MonkeyPatch.context() as patch:

        def fails(*_: Any, **__: Any) -> None:
            raise RuntimeError("it fails")

        patch.setattr(answer_conversation, "answer_message", fails)
        write(suite, "BOOK", sender=THEM)
        suite.advance(hours=1)
    suite.failures.clear()


def five_faults(suite: Suite) -> None:
    documents = suite.store.salon(SALON)
    for _ in range(5):
        fault(AGENT, "20003", documents=documents, settings=accepted_settings(documents), clock=suite.clock)


def a_question(suite: Suite) -> None:
    ask(suite)


def two_questions(suite: Suite) -> None:
    ask(suite, "1")
    ask(suite, "2")


def a_question_to_both(suite: Suite) -> None:
    suite.update(ROOT, contacts=BOTH)
    ask(suite)


def an_urgent_question_to_both(suite: Suite) -> None:
    suite.update(ROOT, contacts=BOTH)
    ask(suite, starts_in=timedelta(hours=2))


def a_question_that_reached_nobody(suite: Suite) -> None:
    """There was nobody to ask when it was asked."""
    suite.update(ROOT, contacts=[])
    ask(suite)
    suite.update(ROOT, contacts=BOTH)


def only_sms(suite: Suite) -> None:
    suite.update(ROOT, messaging={"account_sid": ACCOUNT_SID, "sms_from": SMS})


def the_owner_presses(button: int) -> Happens:
    return lambda suite: suite.reply(questions(suite)[0], button=button)


def a_stranger_presses_approve(suite: Suite) -> None:
    """Whoever is no contact, under the owner's forwarded button."""
    pressed = questions(suite)[0].buttons[0]
    write(suite, pressed.title, sender=THEM, ButtonPayload=pressed.payload, ButtonText=pressed.title)


def the_owner_approves_what_nobody_knows(suite: Suite) -> None:
    token = ApprovalToken(SALON, "apr_" + "0" * 20, "approve", binding("0" * 64), binding("0" * 64))
    payload = sign_approval(suite.deployment.signing_key, token)
    write(suite, "Approve", sender=OWNER, ButtonPayload=payload, ButtonText="Approve")


def the_console_approves(suite: Suite) -> None:
    [id] = suite.list(f"{ROOT}/approvals")
    suite.update(f"{ROOT}/approvals/{id}", status="approved")


def its_gap_closes(suite: Suite) -> None:
    cancel_approvals("gap_1", "the gap is filled", agent=AGENT, documents=suite.store.salon(SALON), clock=suite.clock)


CUT = ("Customer 0", "Cut", "Mia", "13:00", "£50")
SOLD: Told = (OWNER, "owner_sold", CUT)
CONFIRMED: Told = (THEM, "booking_confirmed", ("Customer", *CUT[1:], "Salon One", "1 High Street", "today"))
DECLINED: Told = (THEM, "offer_declined", ("Customer",))
HELD: Told = (THEM, "holding_answer", ("Salon One",))
PROPOSED = "Offer 1: a cut for Vera"
APPROVED: Told = (OWNER, "owner_approved", (PROPOSED,))


def message(*words: str) -> Told:
    return OWNER, "owner_message", words


def gone(purpose: str) -> Told:
    return THEM, purpose, ("Customer", "13:00")


def by_sms(*words: str) -> Told:
    """An SMS goes without a template, so that only its words tell its purpose."""
    return OWNER, "", words


def alert(*words: str) -> Told:
    return OWNER, "owner_alert", ("Salon One", *words)


STORIES: dict[str, tuple[Happens, Happens, list[Told]]] = {
    # what there was before, what happened, who is told
    "a yes": (an_offer, presses(0), [CONFIRMED, SOLD]),
    "a yes by the link": (an_offer, by_link("accept"), [CONFIRMED, SOLD]),
    "a yes again": (in_turn(an_offer, presses(0)), presses(0), []),
    "a no": (an_offer, presses(1), [DECLINED]),
    "a no by the link": (an_offer, by_link("decline"), [DECLINED]),
    "a no again": (in_turn(an_offer, presses(1)), presses(1), []),
    "a yes when somebody was faster": (in_turn(an_offer, booked("walk-in")), presses(0), [gone("slot_taken")]),
    "a yes by the link when somebody was faster": (in_turn(an_offer, booked("walk-in")), by_link("accept"), [gone("slot_taken")]),
    "a yes to what the owner took off": (in_turn(an_offer, the_owner_ignores), presses(0), [gone("slot_no_longer_free")]),
    "a yes too short before": (in_turn(an_offer, later(hours=3, minutes=10)), presses(0), [gone("slot_no_longer_free")]),
    "a yes of who is booked elsewhere": (in_turn(an_offer, booked("own", customer_id="c0", staff_id="noah")), presses(0), [gone("slot_no_longer_free")]),
    "the app sells what was offered": (an_offer, booked("walk-in"), []),
    "a yes when another hour is free": (
        in_turn(an_offer, lambda suite: cancel(suite, "b16"), booked("walk-in")), presses(0),
        [(THEM, "slot_taken_another", ("Customer", "today at 13:00", "today at 16:00", "Cut", "Mia", "£50"))],
    ),
    "a yes after a no": (in_turn(an_offer, presses(1), later(minutes=1)), presses(0), [HELD, message("Customer 0", "Salon One")]),
    "a yes to what was cancelled since": (in_turn(an_offer, presses(0), lambda suite: cancel(suite, sale(suite), "salon")), presses(0), [HELD, message("Customer 0")]),
    "a no to what they had booked": (in_turn(an_offer, presses(0)), presses(1), [(THEM, "cancel_request_received", ("Customer", "today at 13:00")), message("Customer 0", "13:00")]),
    "who cannot come": (booked("own", customer_id="c0", staff_id="noah"), says("Sorry, I can't come"), [(THEM, "cancel_request_received", ("Customer", "today at 13:00")), message("Customer 0", "I can't come", "13:00")]),
    "other words about an offer": (an_offer, says("how much is it with colour?"), [HELD, message("Customer 0", "how much is it with colour?", THEM, "our offer for today at 13:00")]),
    "words about nothing": (idle, says("is Friday free?"), [HELD, message("Customer 0", "is Friday free?")]),
    "words about nothing again": (says("is Friday free?"), says("or Saturday?"), [message("Customer 0", "or Saturday?")]),
    "an ok after something else was said": (in_turn(an_offer, says("how much?"), later(minutes=1)), says("ok thanks"), [(THEM, "asked_back", ("today at 13:00",))]),
    "a yes with a time": (an_offer, says("yes at 1"), [(THEM, "asked_back", ("today at 13:00",))]),
    "a yes to one of two": (two_offers, says("yes"), [(THEM, "which_one", ("today at 13:00", "today at 16:00"))]),
    "an offer that was forwarded": (an_offer, forwarded, [(FRIEND, "unknown_offer_forwarded", ("Salon One",)), message("Frida")]),
    "a message that fails": (an_offer, it_cannot_be_worked_on, [message("Customer 0", "BOOK")]),
    "a stop": (an_offer, says("STOP"), [(THEM, "stop_confirmed", ("Salon One",))]),
    "a stop by the link": (an_offer, by_link("stop"), []),
    "a start": (says("STOP"), says("START"), [(THEM, "start_confirmed", ("Salon One",))]),
    "help": (idle, says("HELP"), [(THEM, "help", ("Salon One",))]),
    "a stranger": (idle, says("hello?", sender=FRIEND), [(FRIEND, "holding_answer", ("Salon One",)), message(FRIEND, "hello?")]),
    "a stranger again": (says("hello?", sender=FRIEND), says("is Friday free?", sender=FRIEND), [message(FRIEND, "is Friday free?")]),
    "a stop of a stranger": (idle, says("STOP", sender=FRIEND), [(FRIEND, "stop_confirmed", ("Salon One",))]),
    "a sale that is taken back": (in_turn(an_offer, presses(0)), the_owner_takes_it_back, [(THEM, "booking_withdrawn", ("Customer", "Cut", "13:00")), alert("a sold time was not free")]),
    "a booking over a sale": (in_turn(an_offer, presses(0)), booked("over"), [alert("the booking with Mia today at 13:00, which we sold, overlaps another one")]),
    "time off over a booking": (idle, in_turn(update("staff/mia", time_off=[{"start": START, "end": START + timedelta(hours=1)}], updated_at=NOW + timedelta(seconds=1)), later(minutes=5)), [alert("Mia is away, but there is still a booking today at 13:00")]),
    "a booking nobody understands": (idle, booked("wrong", status="maybe"), [alert("we can't read the booking with Mia today at 13:00")]),
    "settings that are refused": (idle, lambda suite: settle(suite, gap={"min_gap_minutes": 1}), [alert("min_gap_minutes")]),
    "a breaker that opens": (idle, five_faults, [alert("nobody is asked at present", "error 20003")]),
    "an agent that the owner pauses": (idle, lambda suite: pause_agent(AGENT, documents=suite.store.salon(SALON), clock=suite.clock, actor="olga"), []),
    "a question": (idle, a_question, [(OWNER, "owner_approval", ("Salon One", PROPOSED, "10:30"))]),
    "a question by SMS": (only_sms, a_question, [by_sms("At Salon One we'd like your okay", PROPOSED, "10:30", "/a/")]),
    "a question where there are two": (idle, a_question_to_both, [(OWNER, "owner_approval", (PROPOSED,))]),
    "an urgent question where there are two": (idle, an_urgent_question_to_both, [(OWNER, "owner_approval", (PROPOSED,)), (MANAGER, "owner_approval", (PROPOSED,))]),
    "half of its time": (a_question, later(minutes=31), [(OWNER, "owner_reminder", ("Salon One", PROPOSED, "10:30"))]),
    "half of its time by SMS": (in_turn(only_sms, a_question), later(minutes=31), [by_sms("A quick reminder from Salon One", PROPOSED, "/a/")]),
    "half of its time where there are two": (a_question_to_both, later(minutes=31), [(OWNER, "owner_reminder", (PROPOSED,)), (MANAGER, "owner_approval", (PROPOSED,))]),
    "the end of its time": (in_turn(a_question, later(minutes=31)), later(minutes=30), []),
    "a yes of the owner": (a_question, the_owner_presses(0), [APPROVED]),
    "a no of the owner": (a_question, the_owner_presses(1), [(OWNER, "owner_rejected", (PROPOSED,))]),
    "a yes of the owner again": (in_turn(a_question, the_owner_presses(0)), the_owner_presses(0), [(OWNER, "owner_already_decided", (PROPOSED, "approved"))]),
    "a no of the owner after the yes": (in_turn(a_question, the_owner_presses(0)), the_owner_presses(1), [(OWNER, "owner_already_decided", (PROPOSED, "approved"))]),
    "a yes of the owner after its time": (in_turn(a_question, later(minutes=61)), the_owner_presses(0), [(OWNER, "owner_already_decided", (PROPOSED, "out of time"))]),
    "a word of the owner about two questions": (two_questions, says("approve", sender=OWNER), [(OWNER, "owner_which_one", (PROPOSED, "Offer 2: a cut for Vera"))]),
    "a yes in the console": (a_question, the_console_approves, []),
    "its gap closes": (a_question, its_gap_closes, [(OWNER, "owner_not_done", ("Salon One", PROPOSED, "that time has been taken"))]),
    "its gap closes and nobody was asked": (a_question_that_reached_nobody, its_gap_closes, []),
    "the button of a question, forwarded": (a_question, a_stranger_presses_approve, [HELD, message("Customer 0")]),
    "the button of no question": (idle, the_owner_approves_what_nobody_knows, [(OWNER, "holding_answer", ()), message()]),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_who_is_told_what(story: str) -> None:
    before, happens, told = STORIES[story]
    with carrying(), salon(waiting=1) as suite:
        before(suite)
        suite.run_until_idle()
        left = len(suite.outbox.messages)
        happens(suite)
        suite.run_until_idle()
        said = suite.outbox.messages[left:]
        assert sorted((each.sending.to, each.purpose or "") for each in said) == sorted(each[:2] for each in told)
        for to, purpose, words in told:
            [text] = [each.text for each in said if (each.sending.to, each.purpose or "") == (to, purpose)]
            assert [word for word in words if word not in text] == []


NOT_DONE = (PROPOSED, "it's no longer possible")


@pytest.mark.parametrize(
    ("asked", "approves", "told"),
    [
        (a_question, the_owner_presses(0), [(OWNER, "owner_approved"), (OWNER, "owner_not_done")]),
        (a_question, the_console_approves, [(OWNER, "owner_not_done")]),
        (an_urgent_question_to_both, the_console_approves, [(MANAGER, "owner_not_done"), (OWNER, "owner_not_done")]),
        (a_question_that_reached_nobody, the_console_approves, [(OWNER, "owner_not_done")]),
    ],
)
def test_that_a_yes_could_not_be_carried_out_is_told_in_any_case(
    asked: Happens, approves: Happens, told: list[tuple[str, str]]
) -> None:
    with carrying("nobody can be asked"), salon(waiting=0) as suite:
        in_turn(asked)(suite)
        left = len(suite.outbox.messages)
        in_turn(approves)(suite)
        said = suite.outbox.messages[left:]
        assert sorted((each.sending.to, each.purpose or "") for each in said) == sorted(told)
        assert all(word in each.text for each in said if each.purpose == "owner_not_done" for word in NOT_DONE)
        [id] = suite.list(f"{ROOT}/approvals")
        assert approval(suite, id)["status"] == "cancelled" and ours(suite) == []
