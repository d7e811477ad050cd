"""What the page of an offer shows in each state, and that nothing of it is markup that somebody else wrote."""

from typing import get_args

import pytest

from functions.accept_offer.offer_page import Another, State, page

OFFER = {
    "service": "Cut & colour",
    "price": "₹1,200",
    "when": "today at 14:00",
    "staff": "<Mia>",
    "salon": "Glow",
    "until": "13:30",
}
SLOT = "<dl><dd>Cut &amp; colour · ₹1,200</dd><dd>today at 14:00</dd><dd>&lt;Mia&gt;, Glow</dd></dl>"
YES_OR_NO = (
    '<form method="post"><button name="answer" value="accept">Book it</button>'
    '<button name="answer" value="decline">No, thanks</button></form>'
)
AGREE_OR_NOT = YES_OR_NO.replace("Book it", "Yes, please")
STOP = '<form method="post"><button name="answer" value="stop">No more offers</button></form>'
TITLES = {
    "open": "Would you like this time?",
    "booked": "Booked. See you then!",
    "declined": "Thanks for telling us. Maybe another time.",
    "asked": "May we ask you something?",
    "answered": "Thank you for your answer.",
    "taken": "Sorry, this time is no longer free. You have not been booked.",
    "cancelled": "This booking has been cancelled.",
    "stopped": "You will get no more offers from us.",
    "unknown": "This link is not valid.",
}
OTHER = Another({**OFFER, "service": "Wash", "when": "today at 16:00"}, "https://glow.example/o/x?a=1&b=2")
OTHER_SHOWN = [
    "<p>This one is still free:</p>",
    "<dl><dd>Wash · ₹1,200</dd><dd>today at 16:00</dd><dd>&lt;Mia&gt;, Glow</dd></dl>",
    '<a href="https://glow.example/o/x?a=1&amp;b=2">Have a look</a>',
]


def body(html: str) -> list[str]:
    """The lines below the title."""
    return html.partition("</h1>\n")[2].removesuffix("\n</html>\n").split("\n")


@pytest.mark.parametrize("state", get_args(State))
def test_each_state_has_its_sentence_the_slot_and_what_can_still_be_answered(state: State) -> None:
    shown = page(state, locale="en-IN", variables=OFFER)
    assert shown.startswith('<!doctype html>\n<html lang="en">\n')
    assert f"<title>{TITLES[state]}</title>" in shown and f"<h1>{TITLES[state]}</h1>" in shown
    answers = {"open": ["<p>First come, first served until 13:30.</p>", YES_OR_NO], "asked": [AGREE_OR_NOT]}
    assert body(shown) == [SLOT, *answers.get(state, []), *([] if state == "stopped" else [STOP])]


def test_a_question_that_offers_no_slot_is_shown_as_it_was_asked() -> None:
    asked = page("asked", locale="en", variables={"until": "13:30"}, question="Is <Fri> still right?")
    assert body(asked) == ["<p>Is &lt;Fri&gt; still right?</p>", AGREE_OR_NOT, STOP]
    answered = page("answered", locale="en", variables={"until": "13:30"}, question="Is it?")
    assert body(answered) == ["<p>Is it?</p>", STOP]


@pytest.mark.parametrize("state", ["booked", "stopped", "unknown"])
def test_without_an_offer_only_the_sentence_is_shown(state: State) -> None:
    assert body(page(state, locale="en", variables={})) == [""]


def test_what_is_offered_instead_stands_below_what_was_taken_with_its_own_page() -> None:
    shown = page("taken", locale="en", variables=OFFER, another=OTHER)
    assert body(shown) == [SLOT, *OTHER_SHOWN, STOP]


@pytest.mark.parametrize(
    ("locale", "language", "title", "until", "accept", "decline", "stop"),
    [
        ("hi-IN", "hi", "क्या आप यह समय चाहेंगे?", "पहले आएँ, पहले पाएँ, 13:30 तक।", "बुक करें", "नहीं, धन्यवाद", "अब कोई ऑफ़र नहीं"),
        ("es-MX", "es", "¿Quieres este hueco?", "Para quien llegue primero, hasta 13:30.", "Reservar", "No, gracias", "No más ofertas"),
    ],
)  # fmt: skip
def test_the_page_speaks_the_customers_language(
    locale: str, language: str, title: str, until: str, accept: str, decline: str, stop: str
) -> None:
    shown = page("open", locale=locale, variables=OFFER)
    assert f'<html lang="{language}">' in shown and f"<h1>{title}</h1>" in shown
    assert body(shown) == [
        SLOT,
        f"<p>{until}</p>",
        f'<form method="post"><button name="answer" value="accept">{accept}</button>'
        f'<button name="answer" value="decline">{decline}</button></form>',
        f'<form method="post"><button name="answer" value="stop">{stop}</button></form>',
    ]
