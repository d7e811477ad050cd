import pytest

from shared.messaging.rendering import render, templates

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
    assert render("offer_declined", "fr-FR", {"name": "Ana"}).locale == "en"
    assert render("offer_declined", "hi-IN", {"name": "Ana"}).locale == "hi"
    assert render("offer_declined", "ES_mx", {"name": "Ana"}).locale == "es"


def test_a_value_is_one_line():
    assert "Ana Maria" in render("offer_declined", "en", {"name": " Ana\n\t     Maria "}).text


def test_somebody_without_a_name_is_still_greeted():
    assert render("offer_declined", "en", {"name": " "}).text == "Thanks for telling us, guest! Maybe another time."


def test_a_missing_variable_is_an_error_that_names_it():
    with pytest.raises(ValueError, match=r"variable price .* slot_offer"):
        render("slot_offer", "en", {**OFFER, "price": ""})


def test_a_link_is_never_cut():
    with pytest.raises(ValueError, match="link to have at most 400"):
        render("slot_offer_sms", "en", {**OFFER, "link": "h" * 401})
