"""What a salon's document says that we can work with, though not as somebody may believe who reads it."""

from collections.abc import Iterator

from babel import Locale
from babel.numbers import is_currency

from shared.salon.salon import Salon
from shared.values.language import LANGUAGES, is_spoken


def doubts(salon: Salon) -> Iterator[str]:
    """What its owner should know, each in a sentence that names nobody."""
    if not is_spoken(salon.locale):
        yield (
            f"the salon's locale is {salon.locale}, and of its language we have no words: customers are written to in "
            f"{_ours()[0]}. We speak {', '.join(_ours())}"
        )
    for place, contact in enumerate(salon.contacts, start=1):
        if contact.locale and not is_spoken(contact.locale):
            yield (
                f"the locale of contact {place} is {contact.locale}, and of its language we have no words: they are written to in "
                f"{_ours()[0]}. We speak {', '.join(_ours())}"
            )
    if not is_currency(salon.currency):
        yield (
            f"the salon's currency is {salon.currency}, and there is none of that code: prices are written with it as it is. Expected "
            "is a code of ISO 4217, such as EUR"
        )


def _ours() -> list[str]:
    return [str(Locale.parse(language).english_name) for language in LANGUAGES]
