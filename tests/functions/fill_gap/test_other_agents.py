"""What other agents ask because of a gap is theirs: the gap filler neither withdraws, cancels nor concludes it, nor counts it."""

from datetime import timedelta
from typing import Any

import pytest

from functions.fill_gap.load_offers import open_offers, open_to_anybody
from functions.fill_gap.run_campaign import Withdrawn, close_campaign, fill_gap
from shared.approvals.approval import approval_id
from shared.asking.decision import GAP_FILL_AGENT
from shared.calendar.gap import Gap
from tests.shared.sales.test_acceptance import END, NOW, START
from tests.stories.approvals import a_question
from tests.stories.one_hour import DEPLOYMENT, OneHour

OTHER = "waitlist_agent"
HOUR = timedelta(hours=1)


@pytest.fixture
def hour() -> OneHour:
    """c1 is asked because of the gap, and the owner too, by an agent that is not the gap filler."""
    hour = OneHour()
    hour.offered(agent_name=OTHER)
    decided, asked = a_question(NOW)
    for document in (decided.document, asked.document):
        hour.put(document.path, **{**document.stored(), "agent_name": OTHER})
    return hour


def statuses(hour: OneHour) -> tuple[str, str, str]:
    decision, approval = hour.get("autonomous_decisions/dec_1"), hour.get(f"approvals/{approval_id('dec_1')}")
    return hour.get("outreach/out_1")["status"], decision["outcome"]["status"], approval["status"]


def closed(hour: OneHour, **fields: Any) -> Gap:
    hour.update("gaps/gap_1", status="filled", **fields)
    return Gap.model_validate(hour.get("gaps/gap_1"))


def test_when_the_gap_closes_it_stays_as_it_is(hour: OneHour) -> None:
    assert close_campaign(closed(hour), documents=hour.documents, clock=hour.clock) == Withdrawn(0)
    assert statuses(hour) == ("read", "pending", "pending")


def test_the_gap_fillers_own_ends_beside_it(hour: OneHour) -> None:
    hour.offered(id="out_2")
    assert close_campaign(closed(hour), documents=hour.documents, clock=hour.clock) == Withdrawn(1)
    assert hour.get("outreach/out_2")["status"] == "expired"
    assert statuses(hour) == ("read", "pending", "pending")


def test_when_the_free_time_moves_it_stays_as_it_is(hour: OneHour) -> None:
    hour.update("gaps/gap_1", start_time=START + HOUR / 2, end_time=END + HOUR / 2)
    fill_gap("gap_1", documents=hour.documents, clock=hour.clock, deployment=DEPLOYMENT)
    assert statuses(hour) == ("read", "pending", "pending")


def test_it_is_no_offer_of_the_campaign_and_still_promises_the_time(hour: OneHour) -> None:
    assert open_offers(hour.documents, "gap_1") == []
    assert [offer.agent_name for offer in open_to_anybody(hour.documents, "gap_1")] == [OTHER]


def test_the_owner_is_asked_although_another_agent_asks_about_the_same_customer(hour: OneHour) -> None:
    hour.delete("outreach/out_1")
    hour.settle(autonomy={"gap_fill": "supervised"})
    hour.put("waitlist/w1", customer_id="c1", service_ids=["cut"], status="waiting", created_at=NOW)
    [question] = hour.all("approvals")
    hour.update(f"approvals/{question}", action_details={"customer_id": "c1"})
    hour.considered()
    assert sorted(each["agent_name"] for each in hour.all("approvals").values()) == [GAP_FILL_AGENT, OTHER]
