"""What the page of an offer shows in each state, and that nothing of it is markup that somebody else wrote."""

import pytest

from functions.accept_offer.offer_page import STATES, Another, State, page
from tests.html import answers, read_page, told

OFFER = {
    "service": "Cut & colour",
    "duration": "45 minutes",
    "price": "₹1,200",
    "when": "today at 14:00",
    "staff": "<Mia>",
    "place": "Glow, 12 Hill Road",
    "until": "13:30",
}
SLOT = ["Cut & colour · 45 minutes · ₹1,200", "today at 14:00", "with <Mia>", "Glow, 12 Hill Road"]
AGREE_OR_NOT = {"accept": "Yes, please", "decline": "No, thanks"}
STOP = {"stop": "No more offers"}
TITLES: dict[State, str] = {
    "open": "Would you like this time?",
    "asked": "May we ask you something?",
    "booked": "You're booked. See you then!",
    "declined": "No problem, and thanks for letting us know. Maybe next time!",
    "answered": "Thank you for your answer.",
    "taken": "Sorry, this time is no longer free. You haven't been booked.",
    "cancelled": "This booking has been cancelled.",
    "stopped": "Done - you won't get any more offers from us.",
    "late": "Sorry, it's too late to book this time. You haven't been booked.",
    "busy": "You already have another booking at this time, so we haven't booked this one.",
    "yes_after_all": "Thank you! You aren't booked yet, but we've told the team that you'd like this time after all. They'll get back to you.",
    "cannot_come": "Thanks for letting us know. We've told the team that you can't come, and they'll confirm the cancellation with you. Until then your booking stands.",
    "passed_on": "Thank you, we've passed your answer on to the team. They'll get back to you.",
    "unknown": "This link isn't valid.",
}  # fmt: skip
OTHER = Another({**OFFER, "service": "Wash", "when": "today at 16:00"}, "https://glow.example/o/x?a=1&b=2")


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_sentence_the_slot_and_what_can_still_be_answered(state: State) -> None:
    shown = read_page(page(state, locale="en-IN", offer=OFFER))
    assert [each.text for each in (*shown.all("title"), *shown.all("h1"))] == [TITLES[state]] * 2
    assert told(shown) == [*SLOT, *(["First come, first served until 13:30"] if state == "open" else [])]
    yes_or_no = {"accept": "Book it", "decline": "No, thanks"} if state == "open" else {}
    assert answers(shown) == {**yes_or_no, **(STOP if state != "stopped" else {})}
    assert all(form.attributes == {"method": "post"} for form in shown.all("form"))


@pytest.mark.parametrize(
    ("locale", "still"),
    [
        ("en", "It's still free: first come, first served"),
        ("es", "Sigue libre: para quien responda primero"),
        ("fr", "Encore libre : premier arrivé, premier servi"),
        ("hi", "यह समय अब भी ख़ाली है: जो पहले जवाब दे, उसी का"),
    ],
)
def test_after_its_deadline_an_open_offer_names_none(locale: str, still: str) -> None:
    shown = read_page(page("open", locale=locale, offer=OFFER, in_time=False))
    assert told(shown)[4:] == [still] and list(answers(shown)) == ["accept", "decline", "stop"]


NEW: dict[str, dict[State, str]] = {
    "es": {
        "late": "Lo sentimos, ya es demasiado tarde para reservar esta cita. No te hemos reservado nada.",
        "busy": "Ya tienes otra reserva a esa hora, así que no te hemos reservado esta.",
        "yes_after_all": "¡Gracias! Todavía no tienes reserva, pero le hemos dicho al equipo que al final sí quieres esta cita. Te responderán.",
        "cannot_come": "Gracias por avisar. Le hemos dicho al equipo que no puedes venir y te confirmarán la cancelación. Hasta entonces, tu reserva sigue en pie.",
        "passed_on": "Gracias, hemos pasado tu respuesta al equipo. Te responderán.",
    },
    "fr": {
        "late": "Désolés, il est trop tard pour réserver cette place. Rien n'est réservé à votre nom.",
        "busy": "Vous avez déjà un autre rendez-vous à cette heure-là : nous n'avons donc pas réservé celui-ci.",
        "yes_after_all": "Merci ! Rien n'est encore réservé, mais nous avons dit à l'équipe que vous souhaitez finalement cette place. Elle vous répondra.",
        "cannot_come": "Merci de nous prévenir. Nous avons dit à l'équipe que vous ne pouvez pas venir ; elle vous confirmera l'annulation. D'ici là, votre rendez-vous est maintenu.",
        "passed_on": "Merci, nous avons transmis votre réponse à l'équipe. Elle vous répondra.",
    },
    "hi": {
        "late": "माफ़ कीजिए, अब यह समय बुक करने के लिए बहुत देर हो चुकी है। आपकी बुकिंग नहीं हुई है।",
        "busy": "इस समय आपकी एक बुकिंग पहले से है, इसलिए हमने यह बुक नहीं की।",
        "yes_after_all": "धन्यवाद! अभी आपकी बुकिंग नहीं हुई है, पर हमने टीम को बता दिया है कि आपको यह समय चाहिए। वे आपको जवाब देंगे।",
        "cannot_come": "बताने के लिए धन्यवाद। हमने टीम को बता दिया है कि आप नहीं आ पाएँगे, और वे आपसे रद्द होने की पुष्टि करेंगे। तब तक आपकी बुकिंग बनी रहेगी।",
        "passed_on": "धन्यवाद, हमने आपका जवाब टीम तक पहुँचा दिया है। वे आपको जवाब देंगे।",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "state", "title"),
    [(locale, state, title) for locale, each in NEW.items() for state, title in each.items()],
)
def test_what_is_over_or_passed_on_is_said_in_every_language(locale: str, state: State, title: str) -> None:
    assert read_page(page(state, locale=locale, offer=OFFER)).all("h1")[0].text == title


def test_a_question_that_offers_no_slot_is_shown_as_it_was_asked() -> None:
    asked = read_page(page("asked", locale="en", question="Is <Fri> still right?"))
    assert told(asked) == ["Is <Fri> still right?"] and answers(asked) == {**AGREE_OR_NOT, **STOP}
    answered = read_page(page("answered", locale="en", question="Is it?"))
    assert told(answered) == ["Is it?"] and answers(answered) == STOP


@pytest.mark.parametrize("state", ["open", "booked"])
def test_to_whom_nothing_is_offered_any_more_the_end_of_offers_is_not_offered_again(state: State) -> None:
    assert "stop" not in answers(read_page(page(state, locale="en", offer=OFFER, may_stop=False)))


@pytest.mark.parametrize("state", ["booked", "stopped", "unknown"])
def test_without_an_offer_only_the_sentence_is_shown(state: State) -> None:
    shown = read_page(page(state, locale="en"))
    assert shown.all("main")[0].text == TITLES[state] and answers(shown) == {}


def test_what_is_offered_instead_stands_below_what_was_taken_with_its_own_page() -> None:
    shown = read_page(page("taken", locale="en", offer=OFFER, another=OTHER))
    other = ["Wash · 45 minutes · ₹1,200", "today at 16:00", *SLOT[2:]]
    assert told(shown) == [*SLOT, "But this one is still free:", *other]
    [link] = shown.all("a")
    assert (link.text, link.attributes["href"]) == ("Have a look", OTHER.link)
    assert answers(shown) == STOP


@pytest.mark.parametrize(
    ("locale", "language", "title", "staff", "until", "pressed"),
    [
        ("hi-IN", "hi", "क्या आप यह समय चाहेंगे?", "<Mia> के साथ", "जो पहले जवाब दे, समय उसी का, 13:30 तक", ["बुक करें", "नहीं, धन्यवाद", "अब कोई ऑफ़र नहीं"]),
        ("fr-CA", "fr", "Cette place vous tente ?", "avec <Mia>", "Premier arrivé, premier servi jusqu'à 13:30", ["Réserver", "Non, merci", "Ne plus recevoir d'offres"]),
        ("es-MX", "es", "¿Quieres esta cita?", "con <Mia>", "Para quien responda primero, hasta 13:30", ["Reservar", "No, gracias", "No más ofertas"]),
    ],
)  # fmt: skip
def test_the_page_speaks_the_customers_language(
    locale: str, language: str, title: str, staff: str, until: str, pressed: list[str]
) -> None:
    shown = read_page(page("open", locale=locale, offer=OFFER))
    assert shown.attributes["lang"] == language and shown.all("h1")[0].text == title
    assert told(shown)[2:] == [staff, SLOT[3], until]
    assert list(answers(shown).values()) == pressed
