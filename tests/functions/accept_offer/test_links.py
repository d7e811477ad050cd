"""The link of an offer as it is really opened: with what trackers add, with what a sentence glues to it, and with whatever people
are called."""

import pytest

from functions.accept_offer.offer_page import STATES, Another, State, page
from shared.messaging.tokens import ApprovalToken, OfferToken, binding, sign, sign_approval
from shared.values.language import LANGUAGES
from tests.html import answers, read_page, told
from tests.stories.busy_day import everything
from tests.stories.salon import SALON, cancel, offer_link, ours, outreach_of, salon

HOSTILE = "<b onclick=x>{staff}</b> & {until} {{ 7*7 }} {0} %s"


def test_what_a_tracker_adds_to_the_address_changes_nothing():
    with salon(waiting=1) as suite:
        cancel(suite)
        link = offer_link(suite, "c0")
        tracked = f"{link}?utm_source=whatsapp&fbclid=IwAR0x&answer=decline"
        shown = suite.request("GET", tracked)
        assert (shown.status_code, shown.get_data()) == (200, suite.request("GET", link).get_data())
        assert suite.request("POST", tracked, form={"answer": "accept"}).status_code == 200
        assert len(ours(suite)) == 1


@pytest.mark.parametrize("glued", [".", ")", ",", "%20", "%22"])
@pytest.mark.parametrize("form", [None, {"answer": "accept"}, {"answer": "stop"}])
def test_a_link_is_read_letter_for_letter(glued: str, form: dict[str, str] | None):
    with salon(waiting=1) as suite:
        cancel(suite)
        before = everything(suite)
        answer = suite.request("POST" if form else "GET", offer_link(suite, "c0") + glued, form=form)
        assert answer.status_code == 404 and everything(suite) == before


def test_the_token_of_an_approval_opens_no_offer_and_that_of_an_offer_no_approval():
    with salon(waiting=1) as suite:
        cancel(suite)
        key, offer = suite.deployment.signing_key, outreach_of(suite, "c0")["id"]
        owners = ApprovalToken(SALON, offer, "link", binding("ab" * 32), binding("ab" * 32))
        for path in (f"/o/{sign_approval(key, owners)}", f"/a/{sign(key, OfferToken(SALON, offer, 'link'))}"):
            assert suite.request("GET", path).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_whatever_people_are_called_is_text_on_every_page(state: State, language: str):
    offer = dict.fromkeys(("service", "duration", "price", "when", "staff", "place", "until"), HOSTILE)
    shown = read_page(page(state, locale=language, offer=offer, another=Another(offer, "https://glow.example/o/x")))
    assert not shown.all("b") and HOSTILE in told(shown)
    assert any(HOSTILE in each and each != HOSTILE for each in told(shown)), "also within a sentence of ours"
    asked = read_page(page("asked", locale=language, question=HOSTILE))
    assert told(asked) == [HOSTILE] and list(answers(asked)) == ["accept", "decline", "stop"]
