"""Somebody who is no customer yet: answered once a day, read by the owner, and there for the booking app to take up."""

from datetime import timedelta
from typing import Any

import pytest

from functions.answer_message.keep_for_owner import STRANGER_HOLDING_FOR
from functions.clean_up.clean_salon import clean_up
from local.in_process import ACCOUNT_SID, Suite
from shared.records.retention import HALF_A_YEAR
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SALON,
    SMS,
    WHATSAPP,
    cancel,
    customer,
    offers,
    ours,
    phone,
    purposes,
    salon,
    texts,
    write,
)

STRANGER = "+447700900777"
WISH = "Hello, I would like an appointment on Friday"


def strangers(suite: Suite) -> list[dict[str, Any]]:
    return list(suite.list(f"{ROOT}/strangers").values())


def says(suite: Suite, body: str = WISH, sender: str = STRANGER, **form: str) -> None:
    write(suite, body, sender=sender, **form)
    suite.run_until_idle()


def test_a_stranger_hears_that_somebody_will_answer_and_the_owner_reads_their_words_and_number():
    with salon(waiting=0) as suite:
        says(suite)
        assert texts(suite, STRANGER) == [
            "Thanks for your message! It has reached the team at Salon One, and somebody will get back to you as soon as "
            "they can."
        ]
        [notice] = texts(suite, OWNER)
        assert STRANGER in notice and WISH in notice and "they aren't on your customer list yet" in notice
        [conversation] = suite.list(f"{ROOT}/conversations").values()
        assert (conversation["reason"], conversation["customer_names"]) == ("stranger", [])
        assert conversation["waiting_since"] == NOW


@pytest.mark.parametrize(
    ("locale", "notice"),
    [
        ("en-GB", "aren't on your customer list yet"),
        ("es-ES", "aún no está en tu lista de clientes"),
        ("fr-CA", "ne figure pas encore parmi vos clients"),
        ("hi-IN", "अभी आपकी ग्राहक सूची में नहीं हैं"),
    ],
)
def test_the_owner_reads_in_their_language_that_it_is_a_stranger(locale: str, notice: str):
    contacts = [{"name": "Olga", "role": "owner", "phone": OWNER, "locale": locale}]
    with salon(waiting=0, contacts=contacts) as suite:
        says(suite)
        assert notice in texts(suite, OWNER)[0]


@pytest.mark.parametrize(
    ("theirs", "body", "answer"),
    [
        ("en-GB", "Hola, quisiera una cita para el viernes", "¡Gracias por tu mensaje!"),
        ("en-GB", "Bonjour, je voudrais un rendez-vous vendredi", "Merci pour votre message"),
        ("en-GB", "नमस्ते, क्या कल समय मिलेगा?", "आपके संदेश के लिए धन्यवाद"),
        ("es-ES", "Good morning! Are you open on Sunday?", "Thanks for your message!"),
        ("es-ES", "hello?", "¡Gracias por tu mensaje!"),
        ("es-ES", "Guten Tag, haben Sie morgen einen Termin?", "¡Gracias por tu mensaje!"),
    ],
)
def test_a_stranger_is_answered_in_the_salons_language_unless_their_words_are_surely_of_another(
    theirs: str, body: str, answer: str
):
    with salon(waiting=0, locale=theirs) as suite:
        says(suite, body)
        [said] = texts(suite, STRANGER)
        assert answer in said and "Salon One" in said


@pytest.mark.parametrize(
    ("later", "answers"),
    [
        (timedelta(seconds=1), 1),
        (timedelta(hours=5), 1),
        (STRANGER_HOLDING_FOR - timedelta(seconds=1), 1),
        (STRANGER_HOLDING_FOR, 2),
    ],
)
def test_a_stranger_is_answered_once_a_day_and_the_owner_reads_everything(later: timedelta, answers: int):
    with salon(waiting=0) as suite:
        says(suite)
        suite.advance_to(NOW + later)
        says(suite, "or on Saturday?")
        assert purposes(suite, STRANGER) == ["holding_answer"] * answers
        assert "or on Saturday?" in texts(suite, OWNER)[-1]


def test_a_machine_that_answers_each_of_our_answers_hears_one_a_day():
    with salon(waiting=0) as suite:
        for heard in range(30):
            says(suite, f"Thank you for contacting us! Your request has number {heard}.")
            suite.advance(minutes=20)
        assert len(texts(suite, STRANGER)) == 1


def test_the_same_message_twice_and_at_once_is_one_message_of_one_stranger():
    with salon(waiting=0) as suite:
        for _ in range(3):
            write(suite, WISH, sender=STRANGER, sid="SMsame")
        suite.run_until_idle()
        assert len(texts(suite, STRANGER)) == len(texts(suite, OWNER)) == len(strangers(suite)) == 1


@pytest.mark.parametrize("number", [WHATSAPP, SMS])
@pytest.mark.parametrize("body", [WISH, "HELP", "STOP"])
def test_a_number_of_ours_is_never_answered(number: str, body: str):
    both = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    with salon(waiting=0, messaging=both) as suite:
        says(suite, body, sender=number)
        assert texts(suite, number) == [] and strangers(suite) == []
        assert body in texts(suite, OWNER)[0], "it may be a person all the same"


def test_a_customer_who_is_entered_with_the_salons_own_number_is_no_loop():
    with salon(waiting=0) as suite:
        suite.put(f"{ROOT}/customers/walk-in", {**customer(0), "phone": WHATSAPP})
        says(suite, sender=WHATSAPP)
        assert texts(suite, WHATSAPP) == []


def test_a_number_of_another_salon_of_ours_is_not_answered():
    with salon(waiting=0) as suite:
        theirs = {"account_sid": ACCOUNT_SID, "whatsapp_from": STRANGER}
        standing = suite.get(ROOT)
        suite.put("salons/s2", {**(standing or {}), "organization_id": "o2", "messaging": theirs})
        suite.run_until_idle()
        says(suite)
        assert texts(suite, STRANGER) == []


def test_many_strangers_do_not_ring_the_owner_many_times():
    with salon(waiting=0) as suite:
        for number in range(40, 70):
            says(suite, f"Do you have time on {number}?", sender=phone(number))
        suite.advance(hours=1)
        assert len(texts(suite, OWNER)) <= 5
        assert {len(texts(suite, phone(number))) for number in range(40, 70)} == {1}


def test_a_stranger_is_kept_for_the_booking_app_until_half_a_year_after_their_last_word():
    with salon(waiting=0, locale="en-GB") as suite:
        says(suite, "Hola, quisiera una cita para el viernes")
        suite.advance(days=2)
        says(suite)
        [stranger] = strangers(suite)
        last = NOW + timedelta(days=2)
        assert stranger == {
            "phone": STRANGER,
            "channel": "whatsapp",
            "locale": "es-GB",
            "first_wrote_at": NOW,
            "last_wrote_at": last,
            "forget_at": last + HALF_A_YEAR,
        }
        assert STRANGER not in repr(list(suite.list(f"{ROOT}/strangers")))
        suite.clock.move_to(last + HALF_A_YEAR + timedelta(minutes=1))
        clean_up(SALON, store=suite.store, clock=suite.clock)
        assert strangers(suite) == []


def test_what_the_app_keeps_beside_a_stranger_stays():
    with salon(waiting=0) as suite:
        says(suite)
        [id] = suite.list(f"{ROOT}/strangers")
        suite.update(f"{ROOT}/strangers/{id}", seen_by="anna")
        says(suite, "or on Saturday?")
        assert strangers(suite)[0]["seen_by"] == "anna"


def test_whom_the_app_has_made_a_customer_is_a_stranger_no_more():
    with salon(waiting=0) as suite:
        says(suite)
        [stranger] = strangers(suite)
        suite.put(f"{ROOT}/customers/new", {"name": "Nina", "phone": stranger["phone"]})
        suite.advance(minutes=5)
        says(suite, "it is me again")
        assert "Nina" in texts(suite, OWNER)[-1] and strangers(suite) == [stranger]
        [conversation] = suite.list(f"{ROOT}/conversations").values()
        assert (conversation["reason"], conversation["customer_ids"]) == ("needs_a_person", ["new"])


@pytest.mark.parametrize("body", ["STOP", "stop messaging me please", "Baja"])
def test_a_strangers_stop_stops_and_is_confirmed(body: str):
    with salon(waiting=0) as suite:
        says(suite, body)
        assert purposes(suite, STRANGER) == ["stop_confirmed"] and texts(suite, OWNER) == []
        entries = suite.list(f"{ROOT}/consents").values()
        assert len(entries) == 4 and not any(entry["granted"] for entry in entries)
        consents = {"whatsapp": {"marketing": True, "service": True}}
        suite.put(f"{ROOT}/customers/c0", {"name": "Nina", "phone": STRANGER, "consents": consents})
        cancel(suite)
        assert offers(suite) == []


@pytest.mark.parametrize("body", ["yes", "no", "1", "I can't come", "", "👍"])
def test_whatever_else_a_stranger_writes_is_read_and_answered(body: str):
    with salon(waiting=0) as suite:
        says(suite, body)
        assert purposes(suite, STRANGER) == ["holding_answer"] and purposes(suite, OWNER) == ["owner_message"]
        assert ours(suite) == []


def test_a_stranger_in_the_night_is_answered_at_once():
    with salon(waiting=0) as suite:
        suite.advance_to(NOW.replace(hour=23))
        says(suite)
        assert purposes(suite, STRANGER) == ["holding_answer"]


def test_a_dry_run_answers_no_stranger_and_remembers_them():
    with salon(waiting=0, settings={"mode": "dry_run"}) as suite:
        says(suite)
        assert texts(suite, STRANGER) == [] and len(strangers(suite)) == 1
