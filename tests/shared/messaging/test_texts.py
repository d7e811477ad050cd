import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from shared.messaging.texts import render, spoken_deadline, spoken_proposal, spoken_time, templates
from shared.messaging.tokens import OfferToken, sign

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)
OFFER = {
    "name": "Priya",
    "service": "Balayage",
    "staff": "Rahul",
    "salon": "Glow Bandra",
    "when": "tomorrow at 14:00",
    "price": "₹12,500",
    "until": "13:30",
    "link": "https://book.glow.example/o/abc",
    "accept_token": sign(b"k", OfferToken("s" * 64, "o" * 24, "accept")),
    "decline_token": sign(b"k", OfferToken("s" * 64, "o" * 24, "decline")),
}
TEMPLATES = [(purpose, locale, t) for purpose, by_locale in templates().items() for locale, t in by_locale.items()]
every_template = pytest.mark.parametrize(
    ("purpose", "locale", "template"), TEMPLATES, ids=[f"{purpose}-{locale}" for purpose, locale, _ in TEMPLATES]
)
VARIABLE = re.compile(r"\{\{(\d+)\}\}")


@every_template
def test_whatsapp_would_approve_the_template(purpose, locale, template):
    body = template["body"]
    between = VARIABLE.split(body)[0::2]
    assert all(re.search(r"\w", words) for words in between), "a variable is first, last, or beside another"
    used = VARIABLE.findall(body)
    words = re.findall(r"\w[\w'\u0900-\u097f]*", VARIABLE.sub(" ", body))
    assert len(words) >= 2 * len(used) + 1, "too few words for its variables"
    assert used == [str(number) for number in range(1, len(used) + 1)], "not in the order of their numbers"
    payloads = [button["payload"] for button in template["buttons"]]
    assert payloads == [f"{{{{{len(used) + n}}}}}" for n in range(1, len(payloads) + 1)]
    assert list(template["variables"]) == [str(n) for n in range(1, len(used) + len(payloads) + 1)]
    assert not re.search(r"[\n\t]|    ", body)


@every_template
def test_no_value_makes_a_message_longer_than_whatsapp_takes(purpose, locale, template):
    values = {name: "x" * (200 if "token" in name else 400 if name == "link" else 5000) for name in OFFER}
    values |= {
        name: "x" * (200 if "token" in name else 5000) for name in template["variables"].values() if name != "link"
    }
    assert len(render(purpose, locale, values).text) <= 1024


@every_template
def test_a_button_fits_and_the_yes_comes_first(purpose, locale, template):
    titles = [button["title"] for button in template["buttons"]]
    assert all(len(title) <= 20 for title in titles) and len(titles) <= 3
    yes = {name for name in template["variables"].values() if name in ("accept_token", "approve_token")}
    assert len(yes) == (1 if titles else 0)
    if titles:
        assert template["variables"][template["buttons"][0]["payload"].strip("{}")] in yes


@every_template
def test_nobody_is_told_to_answer_with_a_word_of_the_carriers(purpose, locale, template):
    assert not re.search(r"\b(CANCEL|END|QUIT|YES)\b", template["body"])


@pytest.mark.parametrize("locale", ["en-IN", "hi-IN", "es-MX"])
def test_an_offer_stays_under_200_characters(locale):
    assert len(render("slot_offer", locale, OFFER).text) < 200


@pytest.mark.parametrize("purpose", ["slot_offer_sms", "slot_offer_link"])
@pytest.mark.parametrize("locale", ["en-IN", "hi-IN", "es-MX"])
def test_an_offer_by_sms_stays_under_200_characters_without_its_link(purpose, locale):
    rendered = render(purpose, locale, OFFER)
    assert OFFER["link"] in rendered.text
    assert len(rendered.text) - len(OFFER["link"]) < 200


def test_an_offer_reads_as_a_person_would_say_it():
    rendered = render("slot_offer", "en-IN", OFFER)
    assert rendered.text == (
        "Hi Priya! We have Balayage with Rahul at Glow Bandra free tomorrow at 14:00 for ₹12,500."
        " First come, first served until 13:30. Reply STOP for no more offers."
    )
    assert [button.title for button in rendered.buttons] == ["Book it", "No, thanks"]
    assert [button.payload for button in rendered.buttons] == [OFFER["accept_token"], OFFER["decline_token"]]


def test_what_the_template_shows_is_what_we_would_have_written():
    for purpose, locale, template in TEMPLATES:
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


@pytest.mark.parametrize(
    ("instant", "locale", "spoken"),
    [
        ("2026-11-21T08:30", "en-IN", "today at 14:00"),
        ("2026-11-22T08:30", "en-IN", "tomorrow at 14:00"),
        ("2026-11-28T08:30", "en-IN", "Sat 28 Nov at 14:00"),
        ("2026-11-21T18:31", "en-IN", "tomorrow at 00:01"),
        ("2026-11-28T08:30", "hi-IN", "शनि 28 नवंबर 14:00 बजे"),
        ("2026-11-21T08:30", "es-ES", "hoy a las 14:00"),
        ("2026-11-20T08:30", "en-IN", "Fri 20 Nov at 14:00"),
    ],
)
def test_times_are_spoken_as_on_the_listeners_wall(instant, locale, spoken):
    assert spoken_time(datetime.fromisoformat(instant + "+00:00"), KOLKATA, locale, now=NOW) == spoken


@pytest.mark.parametrize(
    ("locale", "whole", "reduced"),
    [
        ("en-IN", "Cut Sat 21 Nov at 14:00 for Ana", ", 12.5 % off"),
        ("hi-IN", "Cut, शनि 21 नवंबर 14:00 बजे, Ana के लिए", ", 12.5 % की छूट"),
        ("es-ES", "Cut sáb 21 nov a las 14:00 para Ana", ", 12.5 % de descuento"),
    ],
)
def test_a_proposal_names_its_day_in_the_salons_language(locale, whole, reduced):
    when = spoken_time(datetime(2026, 11, 21, 8, 30, tzinfo=UTC), KOLKATA, locale, now=None)
    assert spoken_proposal("Cut", when, "Ana", locale, discount_percent=0) == whole
    assert spoken_proposal("Cut", when, "Ana", locale, discount_percent=12.5) == whole + reduced


def test_a_deadline_of_today_is_only_its_hour():
    assert spoken_deadline(NOW, KOLKATA, "en", now=NOW) == "10:30"
    assert spoken_deadline(datetime(2026, 11, 22, 5, tzinfo=UTC), KOLKATA, "en", now=NOW) == "tomorrow at 10:30"
