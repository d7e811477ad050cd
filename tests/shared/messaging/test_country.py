import pytest

from shared.messaging.country import country_of


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+919876543210", "IN"),
        ("+12125550100", "US"),
        ("+971501234567", "AE"),
        ("+14165550100", "US"),
        ("+34600000001", "ES"),
        ("+91", None),
        ("919876543210", None),
        ("IN.4566", None),
    ],
)
def test_a_number_tells_whose_hours_apply(number, country):
    assert country_of(number) == country
