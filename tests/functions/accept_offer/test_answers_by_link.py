"""An ask that offers no slot, answered behind its link: recorded as an answer by message is, and never sold."""

import pytest

from functions.accept_offer.answer_offer import Answer, Page, answer_offer, show_offer
from shared.messaging.tokens import OfferToken, sign
from shared.ports import Documents
from tests.stories.one_hour import DEPLOYMENT, KEY, OneHour


class OneSalon:
    """The store of the one salon there is."""

    def __init__(self, hour: OneHour) -> None:
        self.hour = hour

    def salon(self, salon_id: str) -> Documents:
        return self.hour.documents


def by_link(hour: OneHour, answer: Answer | None = None) -> Page:
    token = sign(KEY, OfferToken("s1", "out_1", "link"))
    where = {"store": OneSalon(hour), "clock": hour.clock, "deployment": DEPLOYMENT}
    return show_offer(token, **where) if answer is None else answer_offer(token, answer, **where)  # type: ignore[arg-type]


@pytest.mark.parametrize(("answer", "action"), [("accept", "accepted"), ("decline", "declined")])
def test_a_question_is_answered_once_and_sells_nothing(answer: Answer, action: str) -> None:
    hour = OneHour()
    hour.offered(slot=None, guard=[], offer_details=None, message="Still looking, Cara?")
    assert by_link(hour).state == "asked" and "Still looking, Cara?" in by_link(hour).html
    assert by_link(hour, answer).state == "answered"
    assert hour.get("outreach/out_1")["response"]["action"] == action
    assert by_link(hour, answer).state == "answered"
    assert hour.get("outreach/out_1")["response"]["action"] == action
    assert hour.all("bookings") == {} and hour.told() == []


@pytest.mark.parametrize(
    ("first", "other", "label"), [("accept", "decline", "No, thanks"), ("decline", "accept", "Yes, please")]
)
def test_the_other_answer_to_a_question_is_passed_on_to_the_salon(first: Answer, other: Answer, label: str) -> None:
    hour = OneHour()
    offer = hour.offered(slot=None, guard=[], offer_details=None, message="Still looking, Cara?")
    by_link(hour, first)
    assert [by_link(hour, other).state, by_link(hour).state] == ["passed_on"] * 2
    [said] = hour.all(f"conversations/{offer.address_key}/inbound").values()
    assert (said["body"], said["by_link"], said["handled_at"]) == (label, True, None)
