"""Locales as CLDR knows them: how people write amounts, dates and hours where they are."""

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from shared.values.language import language_of


@lru_cache(maxsize=256)
def cldr_locale(locale: str) -> Locale:
    """The locale of CLDR in which somebody of this one is spoken to: our language as it is written in their country, else our
    language as such."""
    language = language_of(locale)
    _, _, country = locale.replace("-", "_").partition("_")
    try:
        return Locale.parse(f"{language}_{country}" if country else language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language)


def plainly_spaced(text: str) -> str:
    """The text with usual spaces: the narrow and unbreakable ones that CLDR writes more than double the price of an SMS."""
    return re.sub(r"\s", " ", text)
