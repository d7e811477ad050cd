import re

import pytest

from shared.messaging.rendering import Button, render, templates, unsigned_text
from shared.messaging.texts import texts
from shared.values.language import LANGUAGES

OFFER = {
    "name": "Priya",
    "service": "Balayage",
    "staff": "Rahul",
    "salon": "Glow Bandra",
    "when": "tomorrow at 14:00",
    "price": "₹12,500",
    "until": "13:30",
    "link": "https://book.glow.example/o/abc",
    "accept_token": "accept",
    "decline_token": "decline",
}


def test_what_the_template_shows_is_what_we_would_have_written():
    every = [(purpose, locale, t) for purpose, by_locale in templates().items() for locale, t in by_locale.items()]
    for purpose, locale, template in every:
        values = {name: f"<{name}>" for name in template["variables"].values()}
        rendered = render(purpose, locale, values)
        filled = template["body"]
        for number, value in rendered.numbered.items():
            filled = filled.replace(f"{{{{{number}}}}}", value)
        assert filled == rendered.text
        assert rendered.numbered == {number: values[name] for number, name in template["variables"].items()}


def test_a_language_we_do_not_speak_is_answered_in_english():
    assert render("offer_declined", "de-DE", {"name": "Ana"}).locale == "en"
    assert render("offer_declined", "hi-IN", {"name": "Ana"}).locale == "hi"
    assert render("offer_declined", "fr-CA", {"name": "Ana"}).locale == "fr"
    assert render("offer_declined", "ES_mx", {"name": "Ana"}).locale == "es"


def test_a_value_is_one_line():
    assert "Ana Maria" in render("offer_declined", "en", {"name": " Ana\n\t     Maria "}).text


def test_somebody_without_a_name_is_still_greeted():
    assert (
        render("offer_declined", "en", {"name": " "}).text
        == "No problem, guest, and thanks for letting us know! Maybe next time."
    )


def test_a_missing_variable_is_an_error_that_names_it():
    with pytest.raises(ValueError, match=r"variable price .* slot_offer"):
        render("slot_offer", "en", {**OFFER, "price": ""})


def test_a_link_is_never_cut():
    with pytest.raises(ValueError, match="link to have at most 300"):
        render("slot_offer_sms", "en", {**OFFER, "link": "h" * 301})


@pytest.mark.parametrize(
    ("purpose", "variables", "told"),
    [
        ("slot_offer", {**OFFER, "price": " "}, "expected the variable price for a message of purpose slot_offer, found nothing"),
        ("slot_offer_sms", {**OFFER, "link": "h" * 301}, "expected link to have at most 300 characters, found 301"),
        ("slot_offer", {**OFFER, "accept_token": "t" * 201}, "expected accept_token to have at most 200 characters, found 201"),
        ("birthday", {}, f"expected a purpose we have words for ({', '.join(texts())}), found 'birthday'"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_an_error_in_a_sentence(purpose, variables, told):
    with pytest.raises(ValueError) as refused:
        render(purpose, "en", variables)
    assert str(refused.value) == told


@pytest.mark.parametrize(
    ("purpose", "name", "longest"), [("slot_offer_sms", "link", 300), ("slot_offer", "decline_token", 200)]
)
def test_a_link_or_token_of_the_greatest_length_goes_out_whole(purpose, name, longest):
    assert "t" * longest in render(purpose, "en", {**OFFER, name: "t" * longest}).numbered.values()


@pytest.mark.parametrize(
    ("given", "shown"),
    [(60 * "x", 60 * "x"), (61 * "x", 57 * "x" + "..."), (56 * "x" + " yyyyy", 56 * "x" + "...")],
)
def test_a_value_is_cut_at_60_characters(given, shown):
    assert shown in render("slot_offer", "en", {**OFFER, "service": given}).numbered.values()


@pytest.mark.parametrize(("name", "longest"), [
    ("choices", 300), ("problem", 500), ("proposal", 380), ("summary", 450), ("reason", 200), ("topic", 120), ("words", 260),
    ("place", 180),
])  # fmt: skip
def test_what_needs_more_words_is_cut_later(name, longest):
    purpose = next(each for each, text in texts().items() if name in text.names)
    others = dict.fromkeys(texts()[purpose].names, "-")
    for length, shown in ((longest, longest * "x"), (longest + 1, (longest - 3) * "x" + "...")):
        assert shown in render(purpose, "en", {**others, name: length * "x"}).numbered.values()


def test_the_buttons_of_an_offer_carry_its_answers():
    offer = render("slot_offer", "es", OFFER)
    assert [each.payload for each in offer.buttons] == ["accept", "decline"]
    assert all(isinstance(each, Button) and each.title for each in offer.buttons)
    assert (offer.purpose, offer.locale) == ("slot_offer", "es")


def test_what_is_stored_holds_no_link_and_no_token():
    stored = unsigned_text("slot_offer_sms", "en", OFFER)
    assert OFFER["link"] not in stored and "Balayage" in stored
    assert stored == render("slot_offer_sms", "en", {**OFFER, "link": "-"}).text
    assert unsigned_text("slot_offer", "hi-IN", OFFER) == render("slot_offer", "hi", OFFER).text


def test_a_template_is_submitted_with_its_body_its_buttons_and_what_each_number_stands_for():
    every = templates()
    assert set(every) == set(texts()) and all(set(each) == set(LANGUAGES) for each in every.values())
    offer, text = every["slot_offer"]["hi"], texts()["slot_offer"]
    assert offer["variables"] == {str(number): name for number, name in enumerate(text.names, 1)}
    numbers = {name: f"{{{{{number}}}}}" for number, name in offer["variables"].items()}
    assert offer["buttons"] == [
        {"title": title, "payload": numbers[payload]}
        for title, payload in zip(text.titles["hi"], text.payloads, strict=True)
    ]
    assert [each["payload"] for each in offer["buttons"]] == [numbers["accept_token"], numbers["decline_token"]]
    assert set(offer) == {"body", "buttons", "variables"}


def test_a_variable_that_is_not_given_is_missing():
    with pytest.raises(
        ValueError, match="expected the variable price for a message of purpose slot_offer, found nothing"
    ):
        render("slot_offer", "en", {name: value for name, value in OFFER.items() if name != "price"})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ends", [".", "?", "!", "...", "।", " p.m.", " Inc."])
def test_no_sentence_ends_twice_whatever_a_value_ends_with(ends, language):
    for purpose, text in texts().items():
        said = render(purpose, language, dict.fromkeys(text.names, f"word{ends}")).text
        assert not re.search(r"[.!?।] ?[.।]|[!?।] ?[!?]|(?<!m)[.।] -", said.replace("...", "")), said


def test_the_point_of_an_abbreviation_stays():
    assert "until 1:30 p.m. -" in render("slot_offer", "en", {**OFFER, "until": "1:30 p.m."}).text
    assert "2:00 p.m.? Please" in render("asked_back", "en", {**OFFER, "when": "today at 2:00 p.m."}).text
    assert "offers from Glow Inc. Your" in render("stop_confirmed", "en", {"salon": "Glow Inc."}).text
