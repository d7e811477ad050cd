"""How long something takes, in words."""

from datetime import timedelta

from babel.units import format_unit

from shared.values.cldr import cldr_locale, plainly_spaced


def spoken_duration(lasts: timedelta, locale: str) -> str:
    """Says how long something takes: "45 minutes"."""
    minutes = lasts // timedelta(minutes=1)
    return plainly_spaced(format_unit(minutes, "duration-minute", "long", locale=cldr_locale(locale)))
