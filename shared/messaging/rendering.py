"""A text with its values filled in, as its reader sees it and as the WhatsApp template of its purpose takes it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.messaging.phrases import phrases
from shared.messaging.texts import Text, texts
from shared.values.language import LANGUAGES, Language, language_of
from shared.values.visible import visible

_LONGEST_VALUE: Final = 60
_LONGEST_VALUES: Final = {
    "choices": 300,
    "lines": 850,
    "problem": 500,
    "proposal": 380,
    "summary": 450,
    "reason": 200,
    "topic": 120,
    "words": 260,
    "place": 180,
}
"""Longer values are cut, so that no message can grow past WhatsApp's 1024 characters."""

_DANDA: Final = "\u0964"  # the full stop of Hindi
_STOPS: Final = f".{_DANDA}"
_NEVER_CUT: Final = {"link": 300, "accept_token": 200, "decline_token": 200, "approve_token": 200, "reject_token": 200}
"""The longest of each. A signed link or button is worth nothing when it is cut, so a longer one is an error."""


@dataclass(frozen=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True)
class Rendered:
    """A message ready to be sent. `locale` is the language it is in, which need not be the one that was asked for; `numbered` are
    the values by their number in the template of that purpose. Only `text` may have several lines: a template takes one."""

    text: str
    purpose: str
    locale: str
    numbered: dict[str, str]
    buttons: list[Button]


def render(purpose: str, locale: str, variables: Mapping[str, str]) -> Rendered:
    """Fills the text of a purpose with these values, in the language of the locale. Variables that the text does not use
    are ignored, so that one offer can go by any channel. Raises ValueError for a purpose without a text and for a
    variable without a value."""
    text, language = _text_of(purpose), language_of(locale)
    words = text.words[language]
    values = {
        name: _unpunctuated(_value(name, variables.get(name, ""), purpose, language), words.partition(f"{{{name}}}")[2])
        for name in text.names
    }
    said = re.sub(r"\{(\w+)\}", lambda match: _set_off(values[match[1]]), words)
    said = re.sub(" *\n *", "\n", said)
    return Rendered(
        text=said,
        purpose=purpose,
        locale=language,
        numbered={str(number): values[name].replace("\n", " - ") for number, name in enumerate(text.names, 1)},
        buttons=[
            Button(title, values[payload]) for title, payload in zip(text.titles[language], text.payloads, strict=True)
        ],
    )


def templates() -> dict[str, dict[str, dict[str, Any]]]:
    """Returns what has to be submitted to WhatsApp for approval, by purpose and language: the `body`, the `buttons` (title
    and payload), and `variables`, the name behind each number."""
    return {
        purpose: {language: _template(text, language) for language in LANGUAGES} for purpose, text in texts().items()
    }


def unsigned_text(purpose: str, locale: str, variables: Mapping[str, str]) -> str:
    """Renders the text of a message as it is stored, without its signed links and buttons: whoever read those could
    answer in the customer's place."""
    return render(purpose, locale, {**variables, **dict.fromkeys(_NEVER_CUT, "-")}).text


def spelt_out(variables: Mapping[str, str], locale: str) -> dict[str, str]:
    """The variables with a word in place of each that shows nothing and has one: "our team" for a staff member without a name."""
    instead = phrases(__file__, locale)["when_empty"]
    return {name: visible(value) or instead.get(name, "") for name, value in variables.items()}


def _text_of(purpose: str) -> Text:
    if purpose not in texts():
        raise ValueError(f"expected a purpose we have words for ({', '.join(texts())}), found {purpose!r}")
    return texts()[purpose]


def _value(name: str, value: str, purpose: str, language: Language) -> str:
    """The value as one line, or for `lines` as many, and cut to a length that fits every template."""
    lines = value.splitlines() if name == "lines" else [value]
    value = "\n".join(map(visible, lines)) or phrases(__file__, language)["when_empty"].get(name, "")
    if not value:
        raise ValueError(f"expected the variable {name} for a message of purpose {purpose}, found nothing")
    if name in _NEVER_CUT:
        if len(value) > _NEVER_CUT[name]:
            raise ValueError(f"expected {name} to have at most {_NEVER_CUT[name]} characters, found {len(value)}")
        return value
    longest = _LONGEST_VALUES.get(name, _LONGEST_VALUE)
    return value if len(value) <= longest else f"{value[: longest - 3].rstrip()}..."


def _set_off(value: str) -> str:
    return f"\n{value}\n" if "\n" in value else value


def _unpunctuated(value: str, follows: str) -> str:
    """The value without the mark at its end that the text sets behind it, so that no sentence ends twice. The point of an
    abbreviation stays before all but a full stop: "p.m.?"."""
    mark = follows.lstrip()[:1]
    if mark and mark in _STOPS:
        return value.rstrip(_STOPS + "!?") or value
    if mark and mark in "!?":
        return value.rstrip(_DANDA + "!?") or value
    return re.sub(rf"(?<!\.)(?<![\s.]\w)[{_STOPS}]$", "", value) if mark == "-" else value


def _template(text: Text, language: Language) -> dict[str, Any]:
    numbers = {name: f"{{{{{number}}}}}" for number, name in enumerate(text.names, 1)}
    return {
        "body": re.sub(r"\{(\w+)\}", lambda match: numbers[match[1]], text.words[language]),
        "buttons": [
            {"title": title, "payload": numbers[payload]}
            for title, payload in zip(text.titles[language], text.payloads, strict=True)
        ],
        "variables": {str(number): name for number, name in enumerate(text.names, 1)},
    }
