"""Who writes is known however their number is spelt, where it is stored and where it comes from, and without a number too."""

import pytest

from local.in_process import Suite
from tests.stories import approvals
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    asked,
    booking,
    cancel,
    customer,
    offers,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    texts,
    write,
)

MEXICO, ARGENTINA, BRAZIL = "+525512345678", "+541123456789", "+551187654321"
NATIONAL = [
    (MEXICO, "+5215512345678"),
    ("+5215512345678", MEXICO),
    (ARGENTINA, "+5491123456789"),
    ("+5491123456789", ARGENTINA),
    (BRAZIL, "+5511987654321"),
    ("+5511987654321", BRAZIL),
]
SPELT = [
    ("+44 7700 900100", "+447700900100"),
    ("919812345678", "+919812345678"),
    ("07700900100", "+447700900100"),
    ("00447700900100", "+447700900100"),
    ("447700900100", "+447700900100"),
]
EVERY = [*NATIONAL, *SPELT]
SOME = [NATIONAL[0], NATIONAL[3], NATIONAL[4], SPELT[0]]
USER_ID = "IN.4566130246840223"


def offered_to(suite: Suite, stored: str) -> None:
    suite.update(f"{ROOT}/customers/c0", phone=stored)
    cancel(suite)


def answer_with(suite: Suite, body: str, sender: str, **form: str) -> None:
    write(suite, body, sender=sender, **form)
    suite.run_until_idle()


def press(suite: Suite, sender: str, *, button: int = 0, **form: str) -> None:
    pressed = offers(suite)[0].buttons[button]
    answer_with(suite, pressed.title, sender, ButtonPayload=pressed.payload, ButtonText=pressed.title, **form)


@pytest.mark.parametrize(("stored", "sender"), EVERY)
def test_a_button_books_however_the_number_is_spelt(stored: str, sender: str):
    with salon(waiting=1) as suite:
        offered_to(suite, stored)
        press(suite, sender)
        assert len(ours(suite)) == 1
        assert purposes(suite, sender)[-1] == "booking_confirmed"


@pytest.mark.parametrize(("stored", "sender"), EVERY)
def test_a_word_books_however_the_number_is_spelt(stored: str, sender: str):
    with salon(waiting=1) as suite:
        offered_to(suite, stored)
        answer_with(suite, "yes", sender)
        assert len(ours(suite)) == 1


@pytest.mark.parametrize(("stored", "sender"), SOME)
def test_a_word_under_the_offer_books_however_the_number_is_spelt(stored: str, sender: str):
    with salon(waiting=1) as suite:
        offered_to(suite, stored)
        answer_with(suite, "yes", sender, OriginalRepliedMessageSid=offers(suite)[0].sid)
        assert len(ours(suite)) == 1


@pytest.mark.parametrize(("stored", "sender"), EVERY)
def test_a_stop_silences_every_spelling_and_stops_the_round(stored: str, sender: str):
    with salon(waiting=1) as suite:
        offered_to(suite, stored)
        answer_with(suite, "STOP", sender)
        assert outreach_of(suite, "c0")["response"]["action"] == "opted_out"
        assert all(entry["customer_ids"] == ["c0"] for entry in suite.list(f"{ROOT}/consents").values())
        suite.update(f"{ROOT}/customers/c0", phone=sender)
        suite.advance(minutes=61)
        cancel(suite, "b15")
        assert asked(suite) == ["c0"]


@pytest.mark.parametrize(("stored", "sender"), SOME)
def test_who_cannot_come_is_passed_on_however_the_number_is_spelt(stored: str, sender: str):
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/customers/c0", phone=stored)
        suite.put(f"{ROOT}/bookings/theirs", booking(NOW.replace(hour=17), customer_id="c0"))
        answer_with(suite, "I can't come today", sender)
        assert purposes(suite, sender) == ["cancel_request_received"]
        assert "Customer 0" in texts(suite, OWNER)[-1]


def test_one_person_in_two_spellings_is_asked_once():
    with salon(waiting=2) as suite:
        suite.update(f"{ROOT}/customers/c1", phone="+5215512345678")
        offered_to(suite, MEXICO)
        suite.advance(minutes=11)
        assert asked(suite) == ["c0"]


def test_an_offer_goes_to_the_number_as_it_is_dialled():
    with salon(waiting=1) as suite:
        offered_to(suite, "07700 900100")
        assert offers(suite)[0].sending.to == "+447700900100"


def test_whose_number_cannot_be_read_is_not_asked():
    with salon(waiting=1) as suite:
        offered_to(suite, "ask her sister")
        assert asked(suite) == []


OWNERS = [(MEXICO, "+5215512345678"), ("+44 7700 900999", OWNER), ("07700900999", OWNER), (OWNER, USER_ID)]


@pytest.mark.parametrize(("stored", "sender"), OWNERS)
def test_an_owner_approves_by_button_however_their_number_is_spelt(stored: str, sender: str):
    with salon(contacts=[{"name": "Olga", "role": "owner", "phone": stored}]) as suite, approvals.carrying():
        approval = approvals.ask(suite)
        [question] = [message for message in suite.outbox.messages if message.purpose == "owner_approval"]
        pressed = question.buttons[0]
        answer_with(suite, pressed.title, sender, ButtonPayload=pressed.payload, ButtonText=pressed.title)
        assert suite.get(f"{ROOT}/approvals/{approval}")["status"] == "approved"


@pytest.mark.parametrize(("stored", "sender"), OWNERS)
def test_an_owner_approves_in_words_under_the_question_however_their_number_is_spelt(stored: str, sender: str):
    with salon(contacts=[{"name": "Olga", "role": "owner", "phone": stored}]) as suite, approvals.carrying():
        approval = approvals.ask(suite)
        [question] = [message for message in suite.outbox.messages if message.purpose == "owner_approval"]
        answer_with(suite, "approve", sender, OriginalRepliedMessageSid=question.sid)
        assert suite.get(f"{ROOT}/approvals/{approval}")["status"] == "approved"


def test_another_number_that_presses_the_owners_button_decides_nothing():
    with salon() as suite, approvals.carrying():
        approval = approvals.ask(suite)
        [question] = [message for message in suite.outbox.messages if message.purpose == "owner_approval"]
        pressed = question.buttons[0]
        form = {"ButtonPayload": pressed.payload, "OriginalRepliedMessageSid": question.sid}
        answer_with(suite, pressed.title, phone(55), **form)
        assert suite.get(f"{ROOT}/approvals/{approval}")["status"] == "pending"


def test_a_user_id_that_presses_our_button_is_whom_we_asked():
    with salon(waiting=1) as suite:
        cancel(suite)
        press(suite, USER_ID)
        assert len(ours(suite)) == 1 and purposes(suite, USER_ID) == ["booking_confirmed"]


def test_a_user_id_that_writes_under_our_offer_is_whom_we_asked():
    with salon(waiting=1) as suite:
        cancel(suite)
        answer_with(suite, "yes", USER_ID, OriginalRepliedMessageSid=offers(suite)[0].sid)
        assert len(ours(suite)) == 1


def test_a_user_id_that_says_stop_under_our_offer_stops_the_asks_to_the_number():
    with salon(waiting=1) as suite:
        cancel(suite)
        answer_with(suite, "STOP", USER_ID, OriginalRepliedMessageSid=offers(suite)[0].sid)
        assert outreach_of(suite, "c0")["response"]["action"] == "opted_out"
        suite.advance(minutes=61)
        cancel(suite, "b15")
        assert asked(suite) == ["c0"]


def test_a_user_id_is_that_person_from_then_on():
    with salon(waiting=1) as suite:
        cancel(suite)
        press(suite, USER_ID, button=1)
        suite.advance(minutes=61)
        cancel(suite, "b15")
        answer_with(suite, "STOP", USER_ID)
        assert outreach_of(suite, "c0")["response"]["action"] == "opted_out"
        suite.advance(minutes=61)
        cancel(suite, "b16")
        assert asked(suite) == ["c0", "c0"], "and nobody is asked at the number either"


def test_a_user_id_that_came_with_a_number_is_that_person_from_then_on():
    with salon(waiting=1) as suite:
        answer_with(suite, "are you open on Sunday?", phone(0), ExternalUserId=f"whatsapp:{USER_ID}")
        suite.update(f"{ROOT}/conversations/{next(iter(suite.list(f'{ROOT}/conversations')))}", waiting_since=None)
        cancel(suite)
        answer_with(suite, "yes", USER_ID)
        assert len(ours(suite)) == 1 and purposes(suite, USER_ID) == ["booking_confirmed"]


def test_a_user_id_that_proves_nothing_is_nobody():
    with salon(waiting=1) as suite:
        cancel(suite)
        answer_with(suite, "yes", USER_ID)
        assert ours(suite) == [] and outreach_of(suite, "c0")["status"] != "responded"


def test_another_number_that_presses_the_button_answers_once_and_is_not_learned():
    with salon(waiting=1) as suite:
        cancel(suite)
        press(suite, phone(55), button=1)
        assert outreach_of(suite, "c0")["response"]["action"] == "declined"
        suite.advance(minutes=61)
        cancel(suite, "b15")
        answer_with(suite, "yes", phone(55))
        assert ours(suite) == []


def test_a_known_customer_who_presses_the_button_of_another_was_forwarded_it_however_spelt():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/customers/friend", customer(70, phone="07700 900170"))
        cancel(suite)
        press(suite, phone(70))
        assert ours(suite) == [] and purposes(suite, phone(70)) == ["unknown_offer_forwarded"]
