"""The customers whom a question to the owner is about, in words."""

from collections.abc import Sequence

from babel.lists import format_list

from shared.messaging.phrases import phrases
from shared.values.cldr import cldr_locale

SHOWN = 3


def spoken_names(names: Sequence[str], locale: str) -> str:
    """Says who it is about: all of three, and of more the first two and how many others."""
    said = list(names)
    if len(said) > SHOWN:
        others = len(said) - SHOWN + 1
        said = [*said[: SHOWN - 1], str(phrases(__file__, locale)["more"]).format(count=others)]
    return format_list(said, locale=cldr_locale(locale))
