"""Amounts as they are stored and as people read them."""

import re
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.numbers import format_currency, get_currency_precision, get_territory_currencies

from shared.values.cldr import cldr_locale, plainly_spaced


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole units of the currency's smallest coin, halves away from zero, as a till rounds."""
    return amount.quantize(Decimal(1).scaleb(-get_currency_precision(currency)), ROUND_HALF_UP)


def display(amount: Decimal, currency: str, locale: str) -> str:
    """The amount as people read it who speak this language there. The country's own money has the sign that it has at home,
    in whichever language: "$48.00" in Canada, and "CA$48.00" elsewhere."""
    value, there, country = rounded(amount, currency), cldr_locale(locale), locale.replace("-", "_").partition("_")[2]
    pattern = there.currency_formats["standard"].pattern
    if currency in get_territory_currencies(country.upper()):
        pattern = pattern.replace("¤", f"'{Locale.parse(f'und_{country}').currency_symbols.get(currency, currency)}'")
    # Of rupees, the paise are written only where there are some.
    whole = currency == "INR" and value % 1 == 0
    shown = format_currency(
        value, currency, pattern.replace(".00", "") if whole else pattern, locale=there, currency_digits=not whole
    )
    # CLDR parts letters from digits, "CAD 48.00"; Babel does not.
    return re.sub(r"(?<=[A-Za-z])(?=\d)", " ", plainly_spaced(shown))
