import pytest

from functions.send_outreach.gsm7 import in_gsm7, is_gsm7


@pytest.mark.parametrize(("said", "sent"), [
    ("Hi Noor! 2:00 p.m. at Nils' {for} €5", "Hi Noor! 2:00 p.m. at Nils' {for} €5"),
    ("mañana a la 1, ¿sí? María, Zoë, Çağ", "mañana a la 1, ¿si? Maria, Zoe, Çag"),
    ("₹1,200 – “Nils’”… 2:00\u202fp.m.", "Rs 1,200 - \"Nils'\"... 2:00 p.m."),
])  # fmt: skip
def test_an_sms_says_it_in_the_letters_that_cost_least(said: str, sent: str) -> None:
    assert in_gsm7(said) == sent and is_gsm7(sent)


@pytest.mark.parametrize("said", ["नमस्ते María", "María 👍", "Łódź"])
def test_what_these_letters_cannot_say_goes_out_as_it_is(said: str) -> None:
    assert in_gsm7(said) == said and not is_gsm7(said)
