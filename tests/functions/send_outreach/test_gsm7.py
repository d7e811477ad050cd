from decimal import Decimal

import pytest

from functions.send_outreach.gsm7 import in_gsm7, is_gsm7
from shared.values.money import display


@pytest.mark.parametrize(("said", "sent"), [
    ("Hi Noor! 2:00 p.m. at Nils' {for} €5", "Hi Noor! 2:00 p.m. at Nils' {for} €5"),
    ("mañana a la 1, ¿sí? María, Zoë, Çağ", "mañana a la 1, ¿si? Maria, Zoe, Çag"),
    ("Łukasz Đorđe, œuvre", "Lukasz Dorde, oeuvre"),
    ("₹1,200 – “Nils’”… 2:00\u202fp.m.", "Rs 1,200 - \"Nils'\"... 2:00 p.m."),
])  # fmt: skip
def test_an_sms_says_it_in_the_letters_that_cost_least(said: str, sent: str) -> None:
    assert in_gsm7(said) == sent and is_gsm7(sent)


def test_an_amount_is_said_by_its_code_where_its_sign_would_cost_more() -> None:
    for currency, sent in {"INR": "Rs 1,200", "PHP": "PHP 1,200.00", "ILS": "ILS 1,200.00", "EUR": "€1,200.00"}.items():
        assert in_gsm7(display(Decimal(1200), currency, "en")) == sent and is_gsm7(sent)


@pytest.mark.parametrize("said", ["नमस्ते María", "María 👍", "Ирина"])
def test_what_these_letters_cannot_say_goes_out_as_it_is(said: str) -> None:
    assert in_gsm7(said) == said and not is_gsm7(said)
