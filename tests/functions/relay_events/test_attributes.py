"""What subscribers filter by: each announcement carries its type, and whose work it is about where it is an agent's."""

import pytest

from functions.relay_events.announce import relay_events
from shared.asking.outreach import request
from shared.calendar.gap import released
from shared.ports import Create, Published
from shared.records.audit import AuditRecord
from tests.shared.messaging.test_outgoing import NOW, outreach
from tests.shared.sales.test_acceptance import gap
from tests.stories.one_hour import OneHour


class Heard:
    """A bus that keeps what is published."""

    def __init__(self) -> None:
        self.messages: list[Published] = []

    def publish(self, message: Published) -> None:
        self.messages.append(message)


@pytest.mark.parametrize(
    ("record", "agent"),
    [
        (request(outreach(agent_name="retention_agent"), now=NOW, reasons=[]).record, "retention_agent"),
        (released(gap(), now=NOW, actor="owner").record, None),
    ],
)
def test_an_event_names_the_agent_whose_work_it_is_about(record: AuditRecord, agent: str | None) -> None:
    hour, heard = OneHour(), Heard()
    hour.documents.commit(Create(record.path, record.stored()))
    relay_events(record.path, documents=hour.documents, bus=heard, clock=hour.clock)
    [message] = heard.messages
    assert message.attributes["event_type"] == record.announces
    assert (message.attributes.get("agent"), message.body["agent"]) == (agent, agent)
