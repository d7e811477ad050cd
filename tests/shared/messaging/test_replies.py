import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.rendering import templates
from shared.messaging.replies import _PHRASES, acknowledges, day_named, folded, understand

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
        "yes 👎", "is 1 ok", "book or skip", "stop by at 5?", "Don't text me, call me", "i can't", "can I cancel my booking?",
        "bookish", "no no yes", "don't send Priya, send Rahul", "Don't bother, thanks", "Don't text me now", "रुको", "ruko",
        "no offer was ever better", "STOP 👍", "no me mandes a Priya",
    ],
}  # fmt: skip
EVERY_MEANING = [(body, meaning) for meaning, bodies in MEANINGS.items() for body in bodies]


@pytest.mark.parametrize(("body", "meaning"), EVERY_MEANING)
def test_a_message_means_what_a_person_would_take_it_for(body, meaning):
    assert understand(body, locale="en-IN") == meaning


@pytest.mark.parametrize(
    ("plain", "meaning", "asked"),
    [
        ("yes", "accept", "unclear"),
        ("not today", "decline", "unclear"),
        ("cancel my booking", "cancel_request", "unclear"),
        ("start", "start", "unclear"),
        ("stop", "stop", "stop"),
        ("help", "help", "help"),
    ],
)
@pytest.mark.parametrize("mark", "?？؟")
def test_only_who_asks_for_help_or_to_be_left_alone_means_it_with_a_question_mark(plain, meaning, asked, mark):
    assert understand(plain, locale="en") == meaning
    assert understand(plain + mark, locale="en") == asked


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
    assert understand(body, locale="en") == "accept" and acknowledges(body)


@pytest.mark.parametrize("body", ["yes", "BOOK", "1", "book it 👍", "yes ok", "हाँ", "sí", "I'll be there"])
def test_a_yes_that_can_only_mean_yes_is_no_acknowledgement(body):
    assert understand(body, locale="en") == "accept" and not acknowledges(body)


@pytest.mark.parametrize(
    ("body", "days"),
    [
        ("Can't make it today, sorry", 0),
        ("not coming tonight", 0),
        ("cannot come tomorrow", 1),
        ("can't come", None),
        ("today not tomorrow", None),
    ],
)
def test_the_day_that_is_named_is_known(body, days):
    assert day_named(body) == days


OWN_WORDS = {
    ("en", "accept"): ["Of course!", "absolutely", "That works for me", "count me in", "I'll be there", "go ahead 👍", "kk"],
    ("en", "decline"): ["Not now", "I'm busy, sorry", "can't do that", "no way", "doesn't work for me", "no 🙏"],
    ("hi", "accept"): ["बिल्कुल!", "ज़रूर", "जी ठीक है", "कर दीजिए", "मुझे चाहिए", "bilkul", "kar do please", "hanji 👍", "आ जाऊँगी"],
    ("hi", "decline"): ["आज नहीं", "फिर कभी, धन्यवाद", "mat karo", "nhi", "aaj nahi 👎"],
    ("es", "accept"): ["¡Claro que sí!", "por supuesto", "me viene bien, gracias", "me apunto 👌", "resérvamelo", "adelante"],
    ("es", "decline"): ["Hoy no, gracias", "gracias pero no", "no me viene bien", "en otro momento", "estoy ocupada"],
    ("en", "unclear"): ["I can't", "busy until 5, then?", "great", "maybe", "absolutely not", "of course not"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "language", "meaning"),
    [(body, language, meaning) for (language, meaning), bodies in OWN_WORDS.items() for body in bodies],
)
def test_yes_and_no_are_understood_in_the_words_people_use(body, language, meaning):
    assert understand(body, locale=language) == meaning


@pytest.mark.parametrize("body", ["CANCEL", "Cancel", "END", "quit", "stopall", "optout", "revoke", "Cancel."])
def test_what_the_carrier_takes_for_an_opt_out_on_sms_is_one(body):
    assert understand(body, locale="en-US", channel="sms") == "stop"


def test_saying_one_cannot_come_is_no_opt_out_on_sms():
    assert understand("can't come", locale="en-US", channel="sms") == "cancel_request"


@pytest.mark.parametrize("locale", ["en-IN", "hi-IN", "es-MX", "fr-FR", "en_US"])
@pytest.mark.parametrize("body", ["yes", "haan", "sí", "हाँ"])
def test_people_mix_their_languages(body, locale):
    assert understand(body, locale=locale) == "accept"


def test_no_phrase_means_one_thing_in_a_language_and_another_in_the_next():
    for phrase in {phrase for phrases in _PHRASES.values() for phrase in phrases}:
        assert len({phrases[phrase] for phrases in _PHRASES.values() if phrase in phrases}) == 1, phrase


def test_the_buttons_say_what_they_do_when_only_their_title_arrives():
    for locale, template in templates()["slot_offer"].items():
        accept, decline = (button["title"] for button in template["buttons"])
        assert (understand(accept, locale=locale), understand(decline, locale=locale)) == ("accept", "decline")


def test_our_own_confirmation_can_be_answered_with_the_words_it_asks_for():
    assert understand("you can't come", locale="en") == "unclear"
    for locale, body in {"en": "can't come", "hi": "नहीं आ सकते", "es": "no puedo venir"}.items():
        assert understand(body, locale=locale) == "cancel_request"


@given(st.text(max_size=200), st.sampled_from(["whatsapp", "sms"]))
def test_no_message_breaks_the_reading(body, channel):
    assert understand(body, locale="en", channel=channel) in MEANINGS


@given(
    st.sampled_from(EVERY_MEANING),
    st.sampled_from([str.upper, str.title, lambda s: f" {s}  ", lambda s: f"{s} please"]),
)
def test_case_space_and_politeness_change_nothing(example, dressed):
    body, meaning = example
    assert understand(dressed(body), locale="en-IN") == meaning
