"""Whom a published message reaches, as function.json says it."""

from pathlib import Path

import pytest

from local.functions import Agent, EventsTrigger, Function
from local.routes import subscriptions


def heard_by(agent: str | None) -> Function:
    hears = EventsTrigger(kind="events", event_types=("ASK_ANSWERED",), agent=agent)
    own = Agent(name=agent) if agent else None
    return Function(name="ask_people", folder=Path("ask_people"), description="Asks.", triggers=(hears,), agent=own)


@pytest.mark.parametrize(
    ("agent", "attributes", "wanted"),
    [
        (None, {"event_type": "ASK_ANSWERED", "agent": "retention_agent"}, True),
        (None, {"event_type": "ASK_ANSWERED"}, True),
        (None, {"event_type": "OFFER_LOST"}, False),
        ("retention_agent", {"event_type": "ASK_ANSWERED", "agent": "retention_agent"}, True),
        ("retention_agent", {"event_type": "ASK_ANSWERED", "agent": "upsell_agent"}, False),
        ("retention_agent", {"event_type": "ASK_ANSWERED"}, False),
        ("retention_agent", {"event_type": "OFFER_LOST", "agent": "retention_agent"}, False),
    ],
)
def test_a_room_hears_what_it_subscribes_to_and_of_agents_its_own(
    agent: str | None, attributes: dict[str, str], wanted: bool
) -> None:
    [subscription] = subscriptions([heard_by(agent)])
    assert subscription.wants(attributes) is wanted
