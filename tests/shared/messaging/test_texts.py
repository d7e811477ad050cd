"""Every text in every language: it is there, says its variables, would be approved, and costs no more than it may."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from functions.send_outreach.gsm7 import in_gsm7, is_gsm7
from local.examples import examples, sample, segments
from shared.messaging.phrases import words
from shared.messaging.rendering import render, templates
from shared.messaging.replies import understand
from shared.messaging.spoken import spoken_deadline, spoken_time
from shared.messaging.texts import ROOT, UnclearWords, texts
from shared.values.language import LANGUAGES, Language, language_of
from shared.values.money import display

EACH = [(purpose, language) for purpose in texts() for language in LANGUAGES]
every_text = pytest.mark.parametrize(("purpose", "language"), EACH, ids=[f"{p}-{language}" for p, language in EACH])
VARIABLE = re.compile(r"\{\{(\d+)\}\}")
FREE = {"when", "lost_when", "until", "proposal", "problem", "reason", "topic", "words", "choices", "summary"}
"""The variables that may end with a full stop of their own: "2:00 p.m."."""
OFFERS = {"slot_offer_sms", "slot_offer_link"}
SEGMENTS: dict[str, dict[Language, int]] = {
    # Most messages that cost money are these, one to everybody who is asked.
    "an offer": {"en": 2, "es": 2, "fr": 2, "hi": 5},
    # It says who, what, with whom, when, for how much and why, perhaps of two.
    "a question to the owner": {"en": 3, "es": 3, "fr": 3, "hi": 7},
    # A signed link alone takes two thirds of a segment.
    "with a link": {"en": 3, "es": 3, "fr": 3, "hi": 6},
    # Spanish and French go in GSM 7-bit without the accents that it has not; Hindi takes 70 letters to a segment.
    "without": {"en": 2, "es": 2, "fr": 2, "hi": 5},
}
"""How many segments the example may take as an SMS."""


def shortest_sms(purpose: str) -> str:
    variables = texts()[purpose].variables
    if purpose.startswith("owner") and not {"proposal", "choices"}.isdisjoint(variables):
        return "a question to the owner"
    return "an offer" if purpose in OFFERS else "with a link" if "link" in variables else "without"


@every_text
def test_whatsapp_would_approve_the_template(purpose: str, language: Language) -> None:
    template = templates()[purpose][language]
    body = template["body"]
    between = VARIABLE.split(body)[0::2]
    assert all(re.search(r"\w", words) for words in between), "a variable is first, last, or beside another"
    used = VARIABLE.findall(body)
    own = re.findall(r"\w[\w'\u0900-\u097f]*", VARIABLE.sub(" ", body))
    assert len(own) >= 2 * len(used) + 1, "too few words for its variables"
    assert used == [str(number) for number in range(1, len(used) + 1)], "not in the order of their numbers"
    payloads = [button["payload"] for button in template["buttons"]]
    assert payloads == [f"{{{{{len(used) + n}}}}}" for n in range(1, len(payloads) + 1)]
    assert not re.search(r"[\n\t]|    ", body)


@every_text
def test_a_text_says_each_of_its_variables_and_no_other(purpose: str, language: Language) -> None:
    text = texts()[purpose]
    assert tuple(re.findall(r"\{(\w+)\}", text.words[language])) == text.variables
    assert len(text.titles[language]) == len(text.payloads)


@every_text
def test_no_value_makes_a_message_longer_than_whatsapp_takes(purpose: str, language: Language) -> None:
    signed = {"link": 300, "accept_token": 200, "decline_token": 200, "approve_token": 200, "reject_token": 200}
    values = {name: "x" * signed.get(name, 5000) for name in texts()[purpose].names}
    assert len(render(purpose, language, values).text) <= 1024


@every_text
def test_a_button_fits_and_the_yes_comes_first(purpose: str, language: Language) -> None:
    text = texts()[purpose]
    assert all(0 < len(title) <= 20 for title in text.titles[language]) and len(text.payloads) <= 3
    assert text.payloads[:1] in ((), ("accept_token",), ("approve_token",))


@every_text
def test_nobody_is_told_to_answer_with_a_word_of_the_carriers(purpose: str, language: Language) -> None:
    assert not re.search(r"\b(CANCEL|END|QUIT|YES)\b", texts()[purpose].words[language])


@every_text
def test_no_sentence_ends_twice(purpose: str, language: Language) -> None:
    assert FREE.isdisjoint(re.findall(r"\{(\w+)\}\.", texts()[purpose].words[language]))
    assert ".." not in render(purpose, sample(language)["locale"], examples(language, purpose)).text.replace("...", "")


@every_text
def test_a_text_takes_no_more_sms_than_it_may(purpose: str, language: Language) -> None:
    said = in_gsm7(render(purpose, sample(language)["locale"], examples(language, purpose)).text)
    assert segments(said) <= SEGMENTS[shortest_sms(purpose)][language]


@pytest.mark.parametrize("purpose", sorted(OFFERS))
@pytest.mark.parametrize(("locale", "currency", "zone"), [
    ("en-IN", "INR", "Asia/Kolkata"), ("en-US", "USD", "America/New_York"), ("es-ES", "EUR", "Europe/Madrid"),
    ("es-MX", "MXN", "America/Mexico_City"), ("fr-FR", "EUR", "Europe/Paris"), ("fr-CA", "CAD", "America/Toronto"),
])  # fmt: skip
def test_an_offer_of_a_saturday_takes_two_sms_wherever_it_is_said(
    purpose: str, locale: str, currency: str, zone: str
) -> None:
    there = ZoneInfo(zone)
    now = datetime(2026, 11, 26, 15, tzinfo=there)
    said = {
        "when": spoken_time(now + timedelta(hours=47.5), there, locale, now=now),
        "until": spoken_deadline(now + timedelta(minutes=30), there, locale, now=now),
        "price": display(Decimal(1200), currency, locale),
    }
    text = in_gsm7(render(purpose, locale, examples(language_of(locale), purpose) | said).text)
    assert segments(text) <= 2 and is_gsm7(text)


@pytest.mark.parametrize(("text", "billed"), [
    ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2), ("न" * 70, 1), ("न" * 71, 2),
    ("न" * 135, 3), ("👍" * 35, 1), ("👍" * 36, 2),
])  # fmt: skip
def test_an_sms_is_billed_by_its_letters(text: str, billed: int) -> None:
    assert segments(text) == billed


@pytest.mark.parametrize("purpose", ["slot_offer", "slot_offer_sms", "slot_offer_link"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_offer_says_who_what_where_when_and_how_much_and_how_to_end_them(purpose: str, language: Language) -> None:
    values = examples(language, purpose)
    text = render(purpose, sample(language)["locale"], values).text
    assert all(values[name] in text for name in ("name", "service", "staff", "salon", "when", "price", "until"))
    assert "STOP" in text or values["link"] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_phrase(language: Language) -> None:
    for room in sorted((*ROOT.glob("functions/*/texts"), *ROOT.glob("shared/*/texts"))):
        assert shape(words(room / f"{language}.toml")) == shape(words(room / "en.toml")), room


def shape(said: object) -> object:
    """The names of what is said, without the plural forms and the hours that a language has of its own."""
    if not isinstance(said, dict) or "other" in said:
        return None
    return {name: shape(inner) for name, inner in said.items() if name != "hour"}


def written(root: Path, room: str, **purposes: str) -> None:
    folder = root / "functions" / room / "texts"
    folder.mkdir(parents=True)
    (folder / "purposes.toml").write_text("".join(f"[{purpose}]\nvariables = []\n" for purpose in purposes))
    for language in LANGUAGES:
        said = "".join(f'[{purpose}]\ntext = "{text}"\n' for purpose, text in purposes.items() if language in text)
        (folder / f"{language}.toml").write_text(said)


def test_a_purpose_that_two_rooms_declare_is_refused_by_both_their_names(tmp_path: Path) -> None:
    written(tmp_path, "ask", greeting=" ".join(LANGUAGES))
    written(tmp_path, "tell", greeting=" ".join(LANGUAGES))
    with pytest.raises(
        UnclearWords, match="greeting in one room, found it in functions/ask/texts and functions/tell/texts"
    ):
        texts(tmp_path)


def test_a_purpose_without_words_in_a_language_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "ask", greeting="en es fr")
    with pytest.raises(UnclearWords, match=r"a text for greeting in .*functions/ask/texts/hi.toml, found none"):
        texts(tmp_path)


TOLD: dict[Language, tuple[str, str]] = {
    "en": ("BOOK", "SKIP"), "es": ("SÍ", "NO"), "fr": ("OUI", "NON"), "hi": ("हाँ", "नहीं"),
}  # fmt: skip


@every_text
def test_nobody_is_told_to_answer_in_a_language_that_is_not_theirs(purpose: str, language: Language) -> None:
    told = set(re.findall(r"\w+", texts()[purpose].words[language]))
    assert told.isdisjoint(
        word for other, words in TOLD.items() if other != language for word in set(words) - set(TOLD[language])
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answers_that_people_are_told_to_write_are_understood_also_without_their_accents(
    language: Language,
) -> None:
    for purpose in ("asked_back", "slot_offer_sms", "slot_taken_another_sms", "help"):
        assert all(word in texts()[purpose].words[language] for word in TOLD[language])
    locale = sample(language)["locale"]
    meant = [understand(in_gsm7(word), locale=locale, channel="sms").meaning for word in TOLD[language]]
    assert meant == ["accept", "decline"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_page_says_of_a_message_ends_with_no_stop_as_a_time_may(language: Language) -> None:
    about = words(ROOT / "functions/answer_approval/texts" / f"{language}.toml")["phrases"]["about"]
    reasons = words(ROOT / "shared/messaging/texts" / f"{language}.toml")["phrases"]["reason"].values()
    assert any("{when}" in reason for reason in reasons) and about.endswith("{reason}")
