"""The page behind an offer's signed link: what it says in each state, as HTML without anything from outside.

Opening it changes nothing, because link previews open it too; only its forms accept, decline, or end all offers.
"""

from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from shared.messaging.texts import Language, language_of

State = Literal["open", "asked", "booked", "declined", "answered", "taken", "cancelled", "stopped", "unknown"]

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "open": "Would you like this time?",
        "asked": "May we ask you something?",
        "booked": "Booked. See you then!",
        "declined": "Thanks for telling us. Maybe another time.",
        "answered": "Thank you for your answer.",
        "taken": "Sorry, this time is no longer free. You have not been booked.",
        "cancelled": "This booking has been cancelled.",
        "stopped": "You will get no more offers from us.",
        "unknown": "This link is not valid.",
        "accept": "Book it",
        "agree": "Yes, please",
        "decline": "No, thanks",
        "stop": "No more offers",
        "until": "First come, first served until {until}.",
        "another": "This one is still free:",
        "look": "Have a look",
    },
    "hi": {
        "open": "क्या आप यह समय चाहेंगे?",
        "asked": "क्या हम आपसे कुछ पूछ सकते हैं?",
        "booked": "बुक हो गया। फिर मिलते हैं!",
        "declined": "बताने के लिए धन्यवाद। फिर कभी सही।",
        "answered": "आपके जवाब के लिए धन्यवाद।",
        "taken": "माफ़ कीजिए, यह समय अब खाली नहीं है। आपकी बुकिंग नहीं हुई है।",
        "cancelled": "यह बुकिंग रद्द हो चुकी है।",
        "stopped": "अब हम आपको कोई ऑफ़र नहीं भेजेंगे।",
        "unknown": "यह लिंक मान्य नहीं है।",
        "accept": "बुक करें",
        "agree": "हाँ, ज़रूर",
        "decline": "नहीं, धन्यवाद",
        "stop": "अब कोई ऑफ़र नहीं",
        "until": "पहले आएँ, पहले पाएँ, {until} तक।",
        "another": "यह समय अब भी खाली है:",
        "look": "देखें",
    },
    "es": {
        "open": "¿Quieres este hueco?",
        "asked": "¿Podemos preguntarte algo?",
        "booked": "Reservado. ¡Te esperamos!",
        "declined": "Gracias por avisar. ¡Otra vez será!",
        "answered": "Gracias por tu respuesta.",
        "taken": "Lo sentimos, este hueco ya no está libre. No se te ha reservado nada.",
        "cancelled": "Esta reserva se ha cancelado.",
        "stopped": "No recibirás más ofertas nuestras.",
        "unknown": "Este enlace no es válido.",
        "accept": "Reservar",
        "agree": "Sí, por favor",
        "decline": "No, gracias",
        "stop": "No más ofertas",
        "until": "Para quien llegue primero, hasta {until}.",
        "another": "Este sigue libre:",
        "look": "Ver",
    },
}

_PAGE: Final = """<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; }}
  body {{ max-width: 26rem; margin: 12vh auto 0; padding: 0 1.2rem; }}
  h1 {{ font-size: 1.3rem; }}
  dl {{ margin: 1.2rem 0; padding: 1rem 1.2rem; border: 1px solid #8886; border-radius: .8rem; }}
  dd {{ margin: 0; }} dd + dd {{ opacity: .8; }} dd:first-child {{ font-weight: 600; }}
  button, a {{ font: inherit; width: 100%; padding: .8rem; margin: .3rem 0; border-radius: .8rem; border: 1px solid #8886; }}
  a {{ display: block; box-sizing: border-box; text-align: center; text-decoration: none; }}
  button[value=accept], a {{ background: #0a7d4b; color: #fff; border: 0; }}
  button[value=stop] {{ margin-top: 1.5rem; border: 0; background: none; text-decoration: underline; opacity: .8; }}
</style>
<h1>{title}</h1>
{body}
</html>
"""


@dataclass(frozen=True)
class Another:
    """The offer that is made in place of one that was taken, and the address of its own page."""

    variables: dict[str, str]
    link: str


def page(
    state: State,
    *,
    locale: str,
    variables: dict[str, str],
    question: str | None = None,
    another: Another | None = None,
) -> str:
    """The page of an ask. `variables` are those of the offer; without any, only the sentence is shown. `question` is what was
    asked, where that is no slot."""
    language = language_of(locale)
    words = _WORDS[language]
    parts = []
    if question is not None:
        parts.append(f"<p>{escape(question)}</p>")
    elif variables:
        parts.append(_slot(variables))
    if state == "asked":
        parts.append(_form(words, accept="agree", decline="decline"))
    if state == "open":
        parts.append(f"<p>{escape(words['until'].format(until=variables['until']))}</p>")
        parts.append(_form(words, accept="accept", decline="decline"))
    if another is not None:
        parts += [f"<p>{escape(words['another'])}</p>", _slot(another.variables)]
        parts.append(f'<a href="{escape(another.link)}">{escape(words["look"])}</a>')
    if variables and state != "stopped":
        parts.append(_form(words, stop="stop"))
    return _PAGE.format(lang=language, title=escape(words[state]), body="\n".join(parts))


def _form(words: dict[str, str], **answers: str) -> str:
    """A button for each answer, with the word for it."""
    buttons = (
        f'<button name="answer" value="{answer}">{escape(words[word])}</button>' for answer, word in answers.items()
    )
    return f'<form method="post">{"".join(buttons)}</form>'


def _slot(variables: dict[str, str]) -> str:
    lines = [
        f"{variables['service']} · {variables['price']}",
        f"{variables['when']}",
        f"{variables['staff']}, {variables['salon']}",
    ]
    return "<dl>" + "".join(f"<dd>{escape(line)}</dd>" for line in lines) + "</dl>"
