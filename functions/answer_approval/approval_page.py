"""The page behind an owner's signed link: what waits for an answer, as HTML without anything from outside.

Opening it changes nothing, because link previews open it too; only its forms answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from shared.messaging.spoken import spoken_outcome
from shared.values.language import Language, language_of


@dataclass(frozen=True)
class Question:
    """An approval as the page shows it. `until` is None where it is settled; then `status` says how."""

    approval_id: str
    proposal: str
    status: str
    until: str | None


_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "ask": "May we do this?",
        "settled": "Nothing waits for your answer.",
        "unknown": "This link is not valid.",
        "approve": "Approve",
        "reject": "Reject",
        "until": "Without your answer until {until} we will leave it.",
        "outcome": "This is settled: {outcome}.",
    },
    "hi": {
        "ask": "क्या हम यह करें?",
        "settled": "आपके जवाब का इंतज़ार करता कुछ नहीं है।",
        "unknown": "यह लिंक मान्य नहीं है।",
        "approve": "मंज़ूर",
        "reject": "नामंज़ूर",
        "until": "अगर {until} तक जवाब न मिला, तो हम इसे छोड़ देंगे।",
        "outcome": "यह तय हो चुका है: {outcome}।",
    },
    "es": {
        "ask": "¿Podemos hacer esto?",
        "settled": "Nada espera tu respuesta.",
        "unknown": "Este enlace no es válido.",
        "approve": "Aprobar",
        "reject": "Rechazar",
        "until": "Sin tu respuesta hasta {until} no lo haremos.",
        "outcome": "Esto ya está resuelto: {outcome}.",
    },
}

_PAGE: Final = """<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; }}
  body {{ max-width: 28rem; margin: 8vh auto; padding: 0 1.2rem; }}
  h1 {{ font-size: 1.3rem; }}
  section {{ margin: 1.2rem 0; padding: 1rem 1.2rem; border: 1px solid #8886; border-radius: .8rem; }}
  p {{ margin: 0 0 .6rem; }} section p:first-child {{ font-weight: 600; }}
  button {{ font: inherit; width: 100%; padding: .8rem; margin: .3rem 0; border-radius: .8rem; border: 1px solid #8886; }}
  button[value=approve] {{ background: #0a7d4b; color: #fff; border: 0; }}
</style>
<h1>{title}</h1>
{body}
</html>
"""


def page(questions: Sequence[Question], *, locale: str) -> str:
    """The page of these questions. Without any the link is not valid."""
    language = language_of(locale)
    words = _WORDS[language]
    title = "unknown" if not questions else "ask" if any(each.until for each in questions) else "settled"
    body = "\n".join(_section(each, words, locale) for each in questions)
    return _PAGE.format(lang=language, title=escape(words[title]), body=body)


def _section(question: Question, words: dict[str, str], locale: str) -> str:
    parts = [f"<p>{escape(question.proposal)}</p>"]
    if question.until is None:
        parts.append(f"<p>{escape(words['outcome'].format(outcome=spoken_outcome(question.status, locale)))}</p>")
    else:
        buttons = "".join(
            f'<button name="answer" value="{answer}">{escape(words[answer])}</button>'
            for answer in ("approve", "reject")
        )
        hidden = f'<input type="hidden" name="approval" value="{escape(question.approval_id)}">'
        parts.append(f"<p>{escape(words['until'].format(until=question.until))}</p>")
        parts.append(f'<form method="post">{hidden}{buttons}</form>')
    return f"<section>{''.join(parts)}</section>"
