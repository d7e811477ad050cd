import re

import pytest

from shared.messaging.rendering import render, templates
from shared.messaging.tokens import OfferToken, sign

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
