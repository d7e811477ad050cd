from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.lexicon import lexicon, lexicons, spellings
from shared.messaging.normalisation import clauses, folded
from shared.messaging.rendering import templates
from shared.messaging.replies import Meaning, day_named, understand
from shared.values.language import LANGUAGES

MEANINGS = {
    "accept": [
        "BOOK", "book!", " Book it. ", "1", "1.", "#1", "१", "1️⃣", "Yes please 👍🏽", "👍👍", "✅", "✔️", "ok thanks", "Sí",
        "Si, por favor!", "हाँ", "हाँ जी", "जी हां!", "haan", "YES!!!", "yes 😊", "vale",
    ],
    "decline": [
        "SKIP", "2", "no thanks", "No, thank you!", "No.", "👎🏿", "🙅🏽‍♀️", "नहीं", "nahi", "not interested", "Sorry, not this time",
        "ahora no",
    ],
    "stop": [
        "STOP", "Stop.", "stop please", "STOPALL", "unsubscribe", "REVOKE", "OPTOUT", "Opt-out", "Please stop texting me",
        "don't send me any more messages!!", "Do not contact me again", "no more messages please", "take me off your list",
        "wrong number", "बंद", "बंद करो!", "रोको।", "Baja", "ALTO", "no más mensajes", "End", "quit", "stop?", "STOP 👎", "STOP 🚫",
        "unsubscribe ❌", "no more messages 🙅", "stop offers", "Stop all messages", "STOP STOP", "No offers please",
        "I don't want these messages", "ऑफ़र बंद", "मैसेज मत भेजिए", "mujhe message mat bhejo", "offer band karo",
        "no quiero recibir más ofertas", "No quiero más mensajes", "no me manden más mensajes", "dejen de escribirme",
        "Stop texting me now", "don't bother me",
    ],
    "start": ["START", "unstop", "शुरू", "alta"],
    "help": ["HELP", "info", "help?", "मदद", "ayuda"],
    "cancel_request": [
        "can't come", "I can’t make it today, sorry", "cannot come tomorrow", "CANCEL my appointment", "cancel", "not coming", "can´t come",
        "i am unable to come", "no puedo ir", "नहीं आ सकती", "nahi aa sakta",
    ],
    "unclear": [
        "", "  ", "🙂", "thanks", "5:30?", "5:30", "1 2", "1:00", "yes?", "¿sí?", "no problem but is Priya free", "yes but later",
        "yes 👎", "is 1 ok", "book or skip", "stop by at 5?", "Don't text me, call me", "haan par kal", "11", "1 2 3", "sorry", "hello ji", "I don't want to cancel", "No offers?", "stop it 😂", "We have got to STOP this bill", "Sure 🙄", "ok 😒", "yes 🖕", "can I cancel my booking?",
        "bookish", "no no yes", "don't send Priya, send Rahul", "Don't text me now", "रुको", "ruko",
        "no offer was ever better", "STOP 👍", "no me mandes a Priya",
    ],
}  # fmt: skip
lexicons()  # Read before the clock of any test runs.
EVERY_MEANING = [(body, meaning) for meaning, bodies in MEANINGS.items() for body in bodies]


def plainly(body: str, locale: str) -> str:
    """The meaning, where a question and a condition are what a person has to read as well."""
    meaning = understand(body, locale=locale).meaning
    return "unclear" if meaning in ("question", "condition") else meaning


@pytest.mark.parametrize(("body", "meaning"), EVERY_MEANING)
def test_a_message_means_what_a_person_would_take_it_for(body, meaning):
    assert plainly(body, "en-IN") == meaning


@pytest.mark.parametrize(
    ("plain", "meaning", "asked"),
    [
        ("yes", "accept", "question"),
        ("not today", "decline", "question"),
        ("cancel my booking", "cancel_request", "question"),
        ("start", "start", "question"),
        ("stop", "stop", "stop"),
        ("help", "help", "help"),
    ],
)
@pytest.mark.parametrize("mark", "?？؟")
def test_only_who_asks_for_help_or_to_be_left_alone_means_it_with_a_question_mark(plain, meaning, asked, mark):
    assert understand(plain, locale="en").meaning == meaning
    assert understand(plain + mark, locale="en").meaning == asked


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  Book\t IT\n", "book it"),
        ("SÍ ñandú ÀÉ̀ͯ", "si nandu ae"),
        ("a\u0300b\u036fc", "abc"),
        ("can't can’t canʼt can`t can´t", "cant cant cant cant cant"),
        ("१२ ٣", "12 3"),
        ("no-way... (ok)", "no way ok"),
        ("1+1=2 $5", "1 1 2 5"),
        ("x+y$z", "x y z"),
        ("a\u200db\u00adc", "abc"),
        ("1\ufe0f\u20e3 ✔\ufe0e ✔\ufe00", "1 ✔ ✔"),
        ("👍🏽", "👍"),
        ("हाँ", "हां"),
        ("Straße", "strasse"),
        ("XYZ", "xyz"),
        ("a\x00b\ue000c", "a b c"),
    ],
)
def test_what_does_not_change_the_meaning_of_words_is_left_out(text, plain):
    assert folded(text) == plain


@pytest.mark.parametrize("body", ["ok thanks", "👍", "Perfect 👌", "जी", "theek hai", "vale, gracias", "sure!"])
def test_a_yes_that_may_only_say_heard_is_known(body):
    assert understand(body, locale="en").meaning == "accept" and understand(body, locale="en").acknowledges


@pytest.mark.parametrize("body", ["yes", "BOOK", "1", "book it 👍", "yes ok", "हाँ", "sí", "I'll be there"])
def test_a_yes_that_can_only_mean_yes_is_no_acknowledgement(body):
    assert understand(body, locale="en").meaning == "accept" and not understand(body, locale="en").acknowledges


@pytest.mark.parametrize(
    ("body", "days"),
    [
        ("Can't make it today, sorry", 0),
        ("not coming tonight", 0),
        ("aaj nahi aa paungi", 0),
        ("No puedo ir mañana", 1),
        ("cannot come tomorrow", 1),
        ("can't come", None),
        ("today not tomorrow", None),
    ],
)
def test_the_day_that_is_named_is_known(body, days):
    assert day_named(body) == days


OWN_WORDS = {
    ("en", "accept"): ["Of course!", "absolutely", "That works for me", "count me in", "I'll be there", "go ahead 👍", "kk"],
    ("en", "decline"): ["Not now", "I'm busy, sorry", "can't do that", "no way", "doesn't work for me", "no 🙏", "I can't", "Don't bother, thanks", "absolutely not", "of course not"],
    ("hi", "accept"): ["बिल्कुल!", "ज़रूर", "जी ठीक है", "कर दीजिए", "मुझे चाहिए", "bilkul", "kar do please", "hanji 👍", "आ जाऊँगी"],
    ("hi", "decline"): ["आज नहीं", "फिर कभी, धन्यवाद", "mat karo", "nhi", "aaj nahi 👎"],
    ("es", "accept"): ["¡Claro que sí!", "por supuesto", "me viene bien, gracias", "me apunto 👌", "resérvamelo", "adelante"],
    ("es", "decline"): ["Hoy no, gracias", "gracias pero no", "no me viene bien", "en otro momento", "estoy ocupada"],
    ("en", "unclear"): ["busy until 5, then?", "maybe"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "language", "meaning"),
    [(body, language, meaning) for (language, meaning), bodies in OWN_WORDS.items() for body in bodies],
)
def test_yes_and_no_are_understood_in_the_words_people_use(body, language, meaning):
    assert plainly(body, language) == meaning


@pytest.mark.parametrize("body", ["CANCEL", "Cancel", "END", "quit", "stopall", "optout", "revoke", "Cancel."])
def test_what_the_carrier_takes_for_an_opt_out_on_sms_is_one(body):
    assert understand(body, locale="en-US", channel="sms").meaning == "stop"


def test_saying_one_cannot_come_is_no_opt_out_on_sms():
    assert understand("can't come", locale="en-US", channel="sms").meaning == "cancel_request"


@pytest.mark.parametrize("locale", ["en-IN", "hi-IN", "es-MX", "fr-FR", "en_US"])
@pytest.mark.parametrize("body", ["yes", "haan", "sí", "हाँ"])
def test_people_mix_their_languages(body, locale):
    assert understand(body, locale=locale).meaning == "accept"


def test_no_yes_of_one_language_is_a_no_or_a_stop_of_another():
    spoken = lexicons().items()
    both = {
        (phrase, language, other)
        for language, own in spoken
        for phrase, roles in own.phrases.items()
        for other, theirs in spoken
        if other != language
        and roles & {"accept", "heard"}
        and theirs.phrases.get(phrase, frozenset()) & {"decline", "cancel_request", "stop", "enough"}
    }
    assert both == set()


def test_every_language_that_we_speak_has_its_lexicon():
    assert set(LANGUAGES) <= lexicons().keys()


def test_a_phrase_stands_for_its_spellings():
    groups = {"it": "it|this"}
    assert spellings("book [{it}|me] (now|please)", groups) == {
        f"book {what}{when}" for what in ("", "it ", "this ", "me ") for when in ("now", "please")
    }
    assert spellings("reserv(a|á)[me]", {}) == {"reserva", "reservame"}


def test_a_lexicon_with_a_part_that_no_phrase_plays_is_refused():
    with pytest.raises(ValueError, match=r"expected a part of accept.*found 'agree'"):
        lexicon({"phrases": {"agree": ["yes"]}})


@pytest.mark.parametrize(
    ("body", "cut"),
    [
        ("No. Stop messaging me", [["no"], ["stop", "messaging", "me"]]),
        ("opt-out - at 5.30, or 17:00", [["opt", "out"], ["at", "530"], ["or", "1700"]]),
        ("yes 👍please", [["yes"], ["👍"], ["please"]]),
        ("ok :( 5pm", [["ok"], ["🙁"], ["5", "pm"]]),
        ("", []),
    ],
)
def test_a_message_is_cut_into_clauses(body, cut):
    assert clauses(body) == cut


@pytest.mark.parametrize(
    ("body", "locale"),
    [
        ("Great", "en"),
        ("yes at 1", "en"),
        ("sorry, yes please", "en"),
        ("Yes I told Zelda", "en"),
        ("yes 🦄", "en"),
        ("sin problema", "es"),
    ],
)
def test_what_is_a_yes_but_for_a_word_or_two_is_a_probable_one(body, locale):
    assert understand(body, locale=locale).meaning == "probably_accept"


def test_a_verdict_names_the_words_that_decided_it():
    assert understand("Hi, yes please but at 5", locale="en").because == ("yes", "but", "at 5")


@pytest.mark.parametrize(
    "body", ["Approve 👍", "yes approve", "approve please", "¡Aprobado!", "Aprobada", "मंज़ूर।", "मं\u095bूर", "manzoor"]
)
def test_an_owner_approves_in_the_words_of_the_question_however_they_are_spelt(body):
    assert understand(body, locale="en").meaning == "approve"


def test_the_buttons_say_what_they_do_when_only_their_title_arrives():
    for locale, template in templates()["slot_offer"].items():
        accept, decline = (button["title"] for button in template["buttons"])
        assert (understand(accept, locale=locale).meaning, understand(decline, locale=locale).meaning) == (
            "accept",
            "decline",
        )


def test_our_own_confirmation_can_be_answered_with_the_words_it_asks_for():
    assert understand("you can't come", locale="en").meaning == "unclear"
    for locale, body in {"en": "can't come", "hi": "नहीं आ सकते", "es": "no puedo venir"}.items():
        assert understand(body, locale=locale).meaning == "cancel_request"


@given(st.text(max_size=200), st.sampled_from(["whatsapp", "sms"]))
def test_no_message_breaks_the_reading(body, channel):
    assert understand(body, locale="en", channel=channel).meaning in get_args(Meaning)


@given(
    st.sampled_from(EVERY_MEANING),
    st.sampled_from([str.upper, str.title, lambda s: f" {s}  ", lambda s: f"{s} please"]),
)
def test_case_space_and_politeness_change_nothing(example, dressed):
    body, meaning = example
    assert plainly(dressed(body), "en-IN") == meaning
