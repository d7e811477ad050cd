from decimal import Decimal

import pytest

from shared.values.money import display, rounded


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("10.005", "INR", "10.01"), ("10.5", "JPY", "11"), ("1.2345", "KWD", "1.235"), ("-0.005", "USD", "-0.01")],
)
def test_an_amount_is_rounded_to_its_currencys_smallest_unit_as_a_till_does(amount, currency, expected):
    assert str(rounded(Decimal(amount), currency)) == expected


@pytest.mark.parametrize("currency", ["BIF", "DJF", "GNF", "KMF", "UYI", "VUV", "XPF"])
def test_a_currency_without_minor_units_has_no_fraction(currency):
    assert display(Decimal("1500.4"), currency, "en") == f"1,500 {currency}"


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        ("500", "INR", "en-IN", "₹500"),
        ("499.5", "INR", "hi-IN", "₹499.50"),
        ("1234567", "INR", "en-IN", "₹12,34,567"),
        ("95", "CAD", "en-CA", "CA$95.00"),
        ("50", "USD", "en-US", "$50.00"),
        ("-1234.5", "USD", "en-US", "-$1,234.50"),
        ("1234.5", "EUR", "es-ES", "1.234,50 €"),
        ("1234.5", "MXN", "es-MX", "MX$1,234.50"),
        ("3000", "JPY", "en", "¥3,000"),
        ("500", "XYZ", "en", "500.00 XYZ"),
    ],
)
def test_an_amount_is_shown_as_people_there_write_it(amount, currency, locale, shown):
    assert display(Decimal(amount), currency, locale) == shown
