from decimal import Decimal

import pytest

from shared.values.money import display, rounded


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("10.005", "INR", "10.01"), ("10.5", "JPY", "11"), ("1.2345", "KWD", "1.235"), ("-0.005", "USD", "-0.01")],
)
def test_an_amount_is_rounded_to_its_currencys_smallest_unit_as_a_till_does(amount, currency, expected):
    assert str(rounded(Decimal(amount), currency)) == expected


@pytest.mark.parametrize("currency", ["BIF", "DJF", "GNF", "KMF", "UYI", "VUV"])
def test_a_currency_without_minor_units_has_no_fraction(currency):
    assert display(Decimal("1500.4"), currency, "en") == f"{currency} 1,500"


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        ("500", "INR", "en-IN", "₹500"),
        ("499.5", "INR", "hi-IN", "₹499.50"),
        ("1234567", "INR", "en-IN", "₹12,34,567"),
        ("95", "CAD", "en-CA", "$95.00"),
        ("95", "CAD", "en-GB", "CA$95.00"),
        ("95", "CAD", "es-CA", "95,00 $"),
        ("95", "CAD", "hi-CA", "$95.00"),
        ("95", "MXN", "en-MX", "$95.00"),
        ("95", "INR", "es-IN", "95 ₹"),
        ("95", "USD", "en-CA", "US$95.00"),
        ("95", "CHF", "fr-CH", "95,00 CHF"),
        ("95", "CAD", "fr-CA", "95,00 $"),
        ("95", "CAD", "", "CA$95.00"),
        ("95", "CAD", "ca", "CA$95.00"),
        ("95", "CAD", "en_ca", "$95.00"),
        ("95", "MXN", "es-419", "MXN 95.00"),
        ("95", "TWD", "zh-Hant-TW", "NT$95.00"),
        ("50", "USD", "en-US", "$50.00"),
        ("-1234.5", "USD", "en-US", "-$1,234.50"),
        ("1234.5", "EUR", "es-ES", "1.234,50 €"),
        ("1234.5", "MXN", "es-MX", "$1,234.50"),
        ("3000", "JPY", "en", "¥3,000"),
        ("500", "XYZ", "en", "XYZ 500.00"),
    ],
)
def test_an_amount_is_shown_as_people_there_write_it(amount, currency, locale, shown):
    assert display(Decimal(amount), currency, locale) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        ("0", "INR", "en-IN", "₹0"),
        ("999", "INR", "en-IN", "₹999"),
        ("1000", "INR", "en-IN", "₹1,000"),
        ("99999", "INR", "en-IN", "₹99,999"),
        ("100000", "INR", "hi_IN", "₹1,00,000"),
        ("-1234567.05", "INR", "en-IN", "-₹12,34,567.05"),
        ("0.5", "GBP", "en-GB", "£0.50"),
        ("1000", "USD", "en", "$1,000.00"),
        ("1234567.8", "EUR", "es", "1.234.567,80 €"),
        ("1234567", "INR", "es-ES", "1.234.567 INR"),
        ("1234.5", "USD", "es-us", "$1,234.50"),
        ("1234.5", "USD", "es_PR", "$1,234.50"),
        ("-1234.5", "EUR", "es-ES", "-1.234,50 €"),
        ("-5", "CHF", "es-ES", "-5,00 CHF"),
        ("1.5", "KWD", "en", "KWD 1.500"),
        ("1500", "JPY", "es-ES", "1.500 JPY"),
        ("1", "AUD", "en", "A$1.00"),
        ("1", "NZD", "en", "NZ$1.00"),
        ("1", "SGD", "en", "SGD 1.00"),
    ],
)
def test_groups_signs_and_symbols_stand_where_people_there_expect_them(amount, currency, locale, shown):
    assert display(Decimal(amount), currency, locale) == shown
