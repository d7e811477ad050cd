"""An offer that the owner is asked to allow, in words."""

from babel.numbers import format_percent

from shared.messaging.phrases import phrases
from shared.values.cldr import cldr_locale, plainly_spaced


def spoken_proposal(service: str, when: str, customer: str, locale: str, *, discount_percent: float) -> str:
    """Says what the owner is asked to allow, so that every text can name it after a colon."""
    words = phrases(__file__, locale)
    said = str(words["proposal"]).format(service=service, when=when, customer=customer)
    if not discount_percent:
        return said
    percent = format_percent(discount_percent / 100, locale=cldr_locale(locale), decimal_quantization=False)
    return said + str(words["discount"]).format(percent=plainly_spaced(percent))
