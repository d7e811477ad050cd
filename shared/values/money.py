"""Amounts as they are stored and as people read them."""

from decimal import ROUND_HALF_UP, Decimal

_WITHOUT_MINOR_UNITS = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
)  # fmt: skip
_EXPONENTS = {
    **dict.fromkeys(_WITHOUT_MINOR_UNITS, 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
_SYMBOLS = {
    "AUD": "A$",
    "CAD": "CA$",
    "EUR": "€",
    "GBP": "£",
    "INR": "₹",
    "JPY": "¥",
    "MXN": "MX$",
    "NZD": "NZ$",
    "SGD": "S$",
    "USD": "$",
}
_WITHOUT_ZERO_FRACTION = {"INR"}
_AMERICAN_SPANISH = {"MX", "US", "GT", "HN", "NI", "PA", "PE", "SV", "DO", "PR"}
"""Countries in which Spanish writes 1,234.50 and not 1.234,50."""


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole units of the currency's smallest coin, halves away from zero, as a till rounds."""
    return amount.quantize(Decimal(1).scaleb(-_EXPONENTS.get(currency, 2)), ROUND_HALF_UP)


def display(amount: Decimal, currency: str, locale: str) -> str:
    """The amount as people read it who speak this language there."""
    language, _, region = locale.replace("_", "-").partition("-")
    value = rounded(amount, currency)
    sign, digits = ("-" if value < 0 else ""), f"{abs(value)}"
    whole, _, fraction = digits.partition(".")
    if currency in _WITHOUT_ZERO_FRACTION and not fraction.strip("0"):
        fraction = ""
    comma = language == "es" and region.upper() not in _AMERICAN_SPANISH
    grouped = _indian(whole) if currency == "INR" else f"{int(whole):,}"
    if comma:
        grouped = grouped.replace(",", ".")
    number = grouped + (("," if comma else ".") + fraction if fraction else "")
    symbol = _SYMBOLS.get(currency)
    if symbol is None:
        return f"{sign}{number} {currency}"
    return f"{sign}{number} {symbol}" if comma else f"{sign}{symbol}{number}"


def _indian(whole: str) -> str:
    """12,34,567: three digits at the end, pairs before."""
    head, tail = whole[:-3], whole[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(pairs), tail])
