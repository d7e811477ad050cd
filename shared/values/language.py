"""The languages that we have words in."""

import re
from typing import Final, Literal, get_args

Language = Literal["en", "es", "fr", "hi"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


def language_of(locale: str) -> Language:
    """The language in which somebody of this locale is spoken to: "en-IN" is "en", and so is a language we do not speak."""
    return next((each for each in LANGUAGES if each == _named(locale)), "en")


def is_spoken(locale: str) -> bool:
    """Whether somebody of this locale is spoken to in their language."""
    return _named(locale) in LANGUAGES


def _named(locale: str) -> str:
    return re.split("[-_]", locale)[0].lower()
