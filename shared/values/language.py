"""The languages that we have words in."""

import re
from typing import Final, Literal, get_args

Language = Literal["en", "es", "fr", "hi"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


def language_of(locale: str) -> Language:
    """The language in which somebody of this locale is spoken to: "en-IN" is "en", and so is a language we do not speak."""
    spoken = re.split("[-_]", locale)[0].lower()
    return next((each for each in LANGUAGES if each == spoken), "en")
