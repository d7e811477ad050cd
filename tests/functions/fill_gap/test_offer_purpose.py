"""By which words an offer is said."""

import pytest

from functions.fill_gap.offer_purpose import offer_purpose


@pytest.mark.parametrize("instead", [False, True])
def test_an_sms_to_where_nobody_can_answer_it_only_names_the_link(instead: bool) -> None:
    offer = "slot_taken_another" if instead else "slot_offer"
    assert offer_purpose("whatsapp", "+919876543210", instead=instead) == offer
    assert offer_purpose("sms", "+919876543210", instead=instead) == f"{offer}_link"
    assert offer_purpose("sms", "+447700900100", instead=instead) == f"{offer}_sms"


def test_an_offer_is_about_its_own_slot_unless_it_is_said_otherwise() -> None:
    assert offer_purpose("whatsapp", "+447700900100") == "slot_offer"
