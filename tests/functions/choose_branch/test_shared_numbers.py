"""Two salons of one organization that write from one number: a reply reaches the salon it is for, and no other."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.choose_branch import hand_on
from local.conditions import Crash
from local.in_process import Suite
from shared.ports import Update, Write
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    WHATSAPP,
    booking,
    cancel,
    customer,
    just_before,
    offers,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    texts,
    waits,
    write,
)
from tests.stories.shared_number import open_branch

START = NOW.replace(hour=13, minute=0)


@pytest.fixture
def branches() -> Iterator[Suite]:
    """`s1` with an offer open to c0, and `s2` that has none."""
    with salon(waiting=1) as suite:
        open_branch(suite)
        cancel(suite)
        yield suite


def received(suite: Suite, salon_id: str) -> list[dict[str, Any]]:
    return [
        snapshot.data
        for name, collection in suite.database._collections.items()
        if name.startswith(f"salons/{salon_id}/conversations/")
        for snapshot in collection.documents.values()
        if snapshot.data.get("direction") == "in"
    ]


def test_a_word_goes_to_the_salon_that_has_an_offer_open(branches: Suite):
    branches.put("salons/s2/customers/c0", customer(0))
    write(branches, "BOOK", sender=phone(0))
    branches.run_until_idle()
    assert len(ours(branches)) == 1
    assert received(branches, "s2") == []


def test_a_reply_goes_to_the_salon_whose_message_it_answers(branches: Suite):
    branches.reply(offers(branches)[0], button=1)
    branches.put("salons/s2/customers/c0", customer(0))
    branches.run_until_idle()
    thanks = branches.outbox.messages[-1]
    assert thanks.purpose == "offer_declined"
    branches.reply(thanks, body="is Friday free?")
    branches.run_until_idle()
    assert len(received(branches, "s1")) == 2 and received(branches, "s2") == []


def test_somebody_only_one_of_them_knows_is_heard_by_that_one(branches: Suite):
    branches.put("salons/s2/customers/other", customer(80))
    write(branches, "hello", sender=phone(80))
    branches.run_until_idle()
    assert received(branches, "s1") == [] and len(received(branches, "s2")) == 1


def known_at_both(suite: Suite, number: int = 81) -> str:
    """Somebody who writes from nowhere, and whom both know."""
    for root in (ROOT, "salons/s2"):
        suite.put(f"{root}/customers/both", customer(number))
    return phone(number)


def paths(suite: Suite) -> list[str]:
    return [
        found.path for collection in suite.database._collections.values() for found in collection.documents.values()
    ]


def ask_which(suite: Suite, body: str = "hello, is Friday free?") -> str:
    sender = known_at_both(suite)
    write(suite, body, sender=sender)
    suite.run_until_idle()
    return sender


def said_in(suite: Suite, salon_id: str) -> list[tuple[str, str]]:
    return [(message["body"], message["outcome"]) for message in received(suite, salon_id)]


def test_what_could_be_for_either_waits_beside_both_and_its_sender_is_asked_which(branches: Suite):
    sender = ask_which(branches)
    assert received(branches, "s1") == received(branches, "s2") == []
    assert purposes(branches, sender) == ["which_branch"]
    assert "1 Salon One, 2 Salon Two" in texts(branches, sender)[0]


@pytest.mark.parametrize("body", ["2", "2️⃣", "Salon Two", "salon two please", "two"])
def test_the_branch_that_is_named_by_number_or_name_works_on_what_was_kept(branches: Suite, body: str):
    sender = ask_which(branches)
    write(branches, body, sender=sender)
    branches.run_until_idle()
    assert received(branches, "s1") == []
    assert set(said_in(branches, "s2")) == {
        ("hello, is Friday free?", "kept for the owner"),
        (body, "named the branch"),
    }
    assert purposes(branches, sender) == ["which_branch", "holding_answer"]
    branches.advance(days=2)
    assert len(received(branches, "s1") + received(branches, "s2")) == 2, "nothing waits any more"


def test_a_number_that_answers_the_question_takes_no_offer(branches: Suite):
    """Their only open offer is at the first branch, and 1 would book it; they answer what they were asked."""
    sender = ask_which(branches)
    waits(branches, "late", 82)
    branches.update(f"{ROOT}/customers/late", phone=sender)
    cancel(branches, "b15")
    write(branches, "1", sender=sender)
    branches.run_until_idle()
    assert ours(branches) == []
    assert ("1", "named the branch") in said_in(branches, "s1")


def test_the_answer_once_more_takes_no_offer_either(branches: Suite):
    sender = ask_which(branches)
    waits(branches, "late", 82, phone=sender)
    cancel(branches, "b15")
    for _ in range(2):
        write(branches, "1", sender=sender)
        branches.run_until_idle()
    assert ours(branches) == []
    branches.advance(minutes=3)
    # What they wrote first still waits for a person, so the yes is asked back.
    for _ in range(2):
        write(branches, "1", sender=sender)
        branches.run_until_idle()
    assert [each["customer_id"] for each in ours(branches)] == ["late"]


def test_who_cannot_come_is_heard_where_they_have_a_booking_and_not_where_an_offer_is_open(branches: Suite):
    branches.put("salons/s2/customers/c0", customer(0))
    branches.put("salons/s2/bookings/theirs", booking(START.replace(hour=17), customer_id="c0"))
    branches.run_until_idle()
    write(branches, "I can't come today", sender=phone(0))
    branches.run_until_idle()
    assert purposes(branches, phone(0))[-1] == "cancel_request_received"
    assert outreach_of(branches, "c0")["response"]["action"] is None


def test_who_cannot_come_today_is_not_heard_where_their_booking_is_another_day(branches: Suite):
    branches.put("salons/s2/customers/c0", customer(0))
    later = booking(START.replace(hour=17) + timedelta(days=14), customer_id="c0")
    branches.put("salons/s2/bookings/theirs", later)
    branches.run_until_idle()
    write(branches, "I can't come today", sender=phone(0))
    branches.run_until_idle()
    assert outreach_of(branches, "c0")["response"]["action"] == "declined"


def test_an_answer_under_the_question_is_an_answer_whoever_asked_it(branches: Suite):
    ask_which(branches)
    question = next(m for m in branches.outbox.messages if m.purpose == "which_branch")
    branches.reply(question, body="Salon Two")
    branches.run_until_idle()
    assert received(branches, "s1") == [] and len(received(branches, "s2")) == 2


def test_an_answer_that_names_no_branch_waits_too_and_they_are_asked_again(branches: Suite):
    sender = ask_which(branches)
    write(branches, "the one by the river", sender=sender)
    branches.run_until_idle()
    assert purposes(branches, sender) == ["which_branch"], "not at every word"
    branches.advance(minutes=3)
    write(branches, "you know!", sender=sender)
    branches.run_until_idle()
    assert purposes(branches, sender) == ["which_branch", "which_branch"]
    write(branches, "1", sender=sender)
    branches.run_until_idle()
    heard = {body for body, outcome in said_in(branches, "s1") if outcome == "kept for the owner"}
    assert heard == {"hello, is Friday free?", "the one by the river", "you know!"}


def test_the_branch_is_remembered_for_a_day(branches: Suite):
    sender = ask_which(branches)
    write(branches, "2", sender=sender)
    branches.advance(hours=23)
    write(branches, "and Saturday?", sender=sender)
    branches.run_until_idle()
    assert len(received(branches, "s2")) == 3
    branches.advance(hours=2)
    write(branches, "and Sunday?", sender=sender)
    branches.run_until_idle()
    assert len(received(branches, "s2")) == 3 and purposes(branches, sender).count("which_branch") == 2


def test_what_nobody_answers_for_a_day_is_read_by_the_owner_of_the_branch_that_asked(branches: Suite):
    sender = ask_which(branches, "BOOK")
    branches.advance(hours=25)
    assert said_in(branches, "s1") == [("BOOK", "kept for the owner")]
    assert ours(branches) == [] and received(branches, "s2") == []
    assert purposes(branches, sender) == ["which_branch"]


def test_what_the_question_was_asked_about_is_never_its_answer(branches: Suite):
    """They wrote "1" before they were asked, and answered with something that names no branch: so they were asked again, and
    the "1" comes due while that question still waits."""
    sender = ask_which(branches, "1")
    branches.advance(minutes=13)
    write(branches, "the other one", sender=sender)
    branches.advance(hours=26)
    assert purposes(branches, sender) == ["which_branch", "which_branch"]
    assert said_in(branches, "s1") == [("1", "kept for the owner"), ("the other one", "kept for the owner")]
    assert received(branches, "s2") == []


@pytest.mark.parametrize("times", [2, 3])
def test_the_same_message_and_the_same_answer_again_change_nothing(branches: Suite, times: int):
    sender = known_at_both(branches)
    for _ in range(times):
        write(branches, "hello", sender=sender, sid="SMkept")
    for _ in range(times):
        write(branches, "2", sender=sender, sid="SManswer")
    for _ in range(times):
        write(branches, "hello", sender=sender, sid="SMkept")
    branches.run_until_idle()
    assert purposes(branches, sender) == ["which_branch", "holding_answer"]
    assert sorted(said_in(branches, "s2")) == [("2", "named the branch"), ("hello", "kept for the owner")]


def test_an_answer_whose_work_was_cut_short_is_finished_when_it_is_due(
    branches: Suite, monkeypatch: pytest.MonkeyPatch
):
    sender = ask_which(branches)
    with monkeypatch.context() as cut:
        cut.setattr(hand_on._Router, "_settled", lambda *_: (_ for _ in ()).throw(Crash()))
        write(branches, "2", sender=sender)
        branches.run_until_idle()
    assert branches.failures
    branches.failures.clear()
    branches.advance(minutes=2)
    assert ("hello, is Friday free?", "kept for the owner") in said_in(branches, "s2")


@pytest.mark.parametrize("step", ["_say_it", "_wait"])
@pytest.mark.parametrize("written", [["hello"], ["hello", "is Friday free?"]])
def test_who_was_to_be_asked_is_asked_within_minutes_though_the_run_that_was_to_ask_died(
    branches: Suite, monkeypatch: pytest.MonkeyPatch, step: str, written: list[str]
):
    sender = known_at_both(branches)
    with monkeypatch.context() as cut:
        cut.setattr(hand_on._Router, step, lambda *_, **__: (_ for _ in ()).throw(Crash()))
        write(branches, written[0], sender=sender)
        branches.run_until_idle()
    assert branches.failures
    branches.failures.clear()
    for body in written[1:]:
        write(branches, body, sender=sender)
        branches.run_until_idle()
    branches.advance(minutes=2)
    assert purposes(branches, sender) == ["which_branch"]
    branches.advance(hours=25)
    assert {body for body, _ in said_in(branches, "s1")} == set(written)


def names_the_branch(write: Write) -> bool:
    return isinstance(write, Update) and write.fields.get("salon_id") == "s2" and "chosen_at" in write.fields


def keeps_two(write: Write) -> bool:
    return isinstance(write, Update) and len(write.fields.get("kept", [])) == 2


def test_an_answer_is_remembered_though_a_kept_message_left_before_it_was_written_down(branches: Suite):
    sender = ask_which(branches)
    [kept] = [path for path in paths(branches) if path.startswith("channel_routes/") and "/inbound/" in path]
    raced = just_before(branches, names_the_branch, lambda: branches.delete(kept))
    write(branches, "2", sender=sender)
    branches.run_until_idle()
    branches.advance(minutes=3)
    write(branches, "and Saturday?", sender=sender)
    branches.run_until_idle()
    assert raced and ("and Saturday?", "kept for the owner") in said_in(branches, "s2")
    assert purposes(branches, sender).count("which_branch") == 1


def test_an_answer_is_for_the_message_too_that_was_kept_in_the_same_moment(branches: Suite):
    sender = ask_which(branches)

    def one_more() -> None:
        write(branches, "and Saturday?", sender=sender)
        branches.run_until_idle()

    raced = just_before(branches, names_the_branch, one_more)
    write(branches, "2", sender=sender)
    branches.run_until_idle()
    assert raced and {body for body, _ in said_in(branches, "s2")} == {"hello, is Friday free?", "and Saturday?", "2"}


def test_a_message_that_was_to_be_kept_in_the_moment_of_the_answer_goes_where_that_says(branches: Suite):
    sender = ask_which(branches)

    def answer() -> None:
        write(branches, "2", sender=sender)
        branches.run_until_idle()

    raced = just_before(branches, keeps_two, answer)
    write(branches, "and Saturday?", sender=sender)
    branches.run_until_idle()
    assert raced and {str(error) for _, error in branches.failures} == {
        "the question was answered meanwhile: the message is routed anew"
    }
    branches.failures.clear()
    branches.advance(minutes=2)
    assert {body for body, _ in said_in(branches, "s2")} == {"hello, is Friday free?", "and Saturday?", "2"}
    assert purposes(branches, sender).count("which_branch") == 1


def test_a_branch_that_is_gone_takes_no_message_with_it(branches: Suite):
    sender = ask_which(branches)
    branches.delete("salons/s2")
    write(branches, "2", sender=sender)
    branches.advance(hours=26)
    assert ("hello, is Friday free?", "kept for the owner") in said_in(branches, "s1")
    assert branches.failures == []


def test_a_message_that_nobody_is_left_to_read_is_kept_and_wakes_nobody(branches: Suite):
    ask_which(branches)
    for salon_id in ("s1", "s2"):
        branches.delete(f"salons/{salon_id}")
    branches.advance(hours=26)
    [kept] = [
        found.data
        for name, collection in branches.database._collections.items()
        if name.startswith("channel_routes/") and name.endswith("/inbound")
        for found in collection.documents.values()
    ]
    assert (kept["body"], kept["due_at"]) == ("hello, is Friday free?", None)
    assert branches.failures == []


def test_a_branch_that_cannot_be_read_keeps_nobody_from_telling_another_that_they_cannot_come(branches: Suite):
    branches.put("salons/s2/customers/c0", customer(0))
    branches.put(f"{ROOT}/bookings/theirs", booking(START.replace(hour=17), customer_id="c0", staff_id="noah"))
    branches.run_until_idle()
    branches.update("salons/s2", timezone="Nowhere/Nowhere")
    branches.waiting.clear()
    write(branches, "I can't come today", sender=phone(0))
    branches.run_until_idle()
    assert purposes(branches, phone(0))[-1] == "cancel_request_or_offer"


STRANGER = "+447700900777"


def test_a_stranger_is_asked_which_branch_they_mean_once_a_day(branches: Suite):
    for body in ("hello", "is anybody there?", "please answer"):
        write(branches, body, sender=STRANGER)
        branches.advance(hours=1)
    assert purposes(branches, STRANGER) == ["which_branch"]
    assert "1 Salon One, 2 Salon Two" in texts(branches, STRANGER)[0]
    write(branches, "2", sender=STRANGER)
    branches.run_until_idle()
    assert received(branches, "s1") == []
    assert sorted(said_in(branches, "s2")) == [
        ("2", "named the branch"),
        ("hello", "kept for the owner"),
        ("is anybody there?", "kept for the owner"),
        ("please answer", "kept for the owner"),
    ]
    assert purposes(branches, STRANGER) == ["which_branch", "holding_answer"]


def test_a_stranger_is_asked_in_the_language_of_their_words_where_that_is_sure(branches: Suite):
    write(branches, "Hola, quisiera una cita para el viernes", sender=STRANGER)
    branches.run_until_idle()
    assert "número" in texts(branches, STRANGER)[0]


def test_a_stranger_who_names_no_branch_is_read_by_the_owner_of_the_one_that_asked(branches: Suite):
    write(branches, "hello", sender=STRANGER)
    branches.advance(days=1, minutes=1)
    assert said_in(branches, "s1") == [("hello", "kept for the owner")] and received(branches, "s2") == []
    assert purposes(branches, STRANGER) == ["which_branch"]
    assert STRANGER in texts(branches, OWNER)[-1] and "hello" in texts(branches, OWNER)[-1]


def test_a_strangers_stop_is_for_every_salon_of_the_number(branches: Suite):
    write(branches, "STOP", sender=STRANGER)
    branches.run_until_idle()
    for salon_id in ("s1", "s2"):
        assert len(branches.list(f"salons/{salon_id}/consents")) == 4
    assert set(purposes(branches, STRANGER)) == {"stop_confirmed"}


def test_a_number_of_ours_is_not_asked_which_branch_it_means(branches: Suite):
    write(branches, "hello", sender=WHATSAPP)
    branches.run_until_idle()
    assert texts(branches, WHATSAPP) == []
    assert said_in(branches, "s1") == [("hello", "kept for the owner")]


def test_whom_only_salons_in_dry_run_know_is_not_asked_and_the_owner_of_the_first_reads_it(branches: Suite):
    sender = known_at_both(branches)
    for root in (ROOT, "salons/s2"):
        branches.put(f"{root}/settings/current", {"mode": "dry_run"})
    branches.run_until_idle()
    write(branches, "BOOK", sender=sender)
    branches.run_until_idle()
    assert said_in(branches, "s1") == [("BOOK", "kept for the owner")] and received(branches, "s2") == []
    assert purposes(branches, sender) == [] and ours(branches) == []


def test_no_message_goes_to_a_salon_that_is_gone_though_it_had_known_its_sender(branches: Suite):
    sender = known_at_both(branches)
    for root in (ROOT, "salons/s2"):
        branches.put(f"{root}/settings/current", {"mode": "dry_run"})
    branches.run_until_idle()
    branches.delete(ROOT)
    branches.waiting.clear()
    write(branches, "hello", sender=sender)
    branches.run_until_idle()
    assert said_in(branches, "s2") == [("hello", "kept for the owner")]


@pytest.mark.parametrize("body", ["help", "STOP", "who comes tomorrow?"])
def test_a_branch_hears_its_own_people_though_they_never_wrote_before(branches: Suite, body: str):
    manager = "+447700900778"
    branches.update("salons/s2", contacts=[{"name": "Mara", "role": "manager", "phone": manager}])
    write(branches, body, sender=manager)
    branches.run_until_idle()
    assert received(branches, "s1") == []
    [heard] = received(branches, "s2")
    assert heard["handled_at"] is not None


def test_a_stop_is_for_every_salon_of_the_number_that_knows_them(branches: Suite):
    branches.put("salons/s2/customers/c0", customer(0))
    branches.put("salons/s2/bookings/b1", booking(START))
    write(branches, "STOP", sender=phone(0))
    branches.run_until_idle()
    for salon_id in ("s1", "s2"):
        ledger = branches.list(f"salons/{salon_id}/consents").values()
        assert {(entry["channel"], entry["purpose"], entry["granted"]) for entry in ledger} == {
            (channel, purpose, False) for channel in ("whatsapp", "sms") for purpose in ("service", "marketing")
        }
    assert purposes(branches, phone(0)).count("stop_confirmed") == 2


@pytest.mark.parametrize(
    "form",
    [
        {"OriginalRepliedMessageSid": "SM" + "f" * 32},
        {"ButtonPayload": "appt-778", "ButtonText": "1"},
    ],
)
def test_an_answer_to_somebody_elses_message_takes_no_offer_and_names_no_branch(branches: Suite, form: dict[str, str]):
    write(branches, "1", sender=phone(0), **form)
    branches.run_until_idle()
    assert ours(branches) == [] and said_in(branches, "s1") == [("1", "kept for the owner")]
    sender = ask_which(branches)
    write(branches, "1", sender=sender, **form)
    branches.run_until_idle()
    assert purposes(branches, sender) == ["which_branch"] and received(branches, "s2") == []
    assert [body for body, _ in said_in(branches, "s1")] == ["1"], "it waits for the branch to be named"
