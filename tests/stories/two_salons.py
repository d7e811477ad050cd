"""Two salons of two organizations, both in the middle of filling a gap, and both knowing the same people."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from local.in_process import ACCOUNT_SID, Suite
from local.memory.memory import Change
from local.outbox import Message
from shared.asking.decision import GAP_FILL_AGENT
from shared.ports import Published
from tests.stories.salon import SALON, open_salon

OTHER = "s2"
OTHER_NUMBER = "+14155550199"
COPIED = ("settings", "staff", "services", "customers", "waitlist", "bookings")


@dataclass
class Trace:
    """What an attempt left behind."""

    changes: list[Change] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[tuple[str, Exception]] = field(default_factory=list)

    def touched(self, salon_id: str) -> list[str]:
        return [change.path for change in self.changes if change.path.startswith(f"salons/{salon_id}/")]

    def is_a_refusal(self, salon_id: str | None = None) -> bool:
        """Nothing but log lines, and where a salon is named records in its audit log that something was set aside."""
        assert self.failures == []
        assert self.sent == []
        recorded = [change for change in self.changes if change.before is None and _set_aside(change, salon_id)]
        assert self.changes == recorded
        return sum(self.outcomes.values()) > 0


def _set_aside(change: Change, salon_id: str | None) -> bool:
    record = change.after or {}
    return change.path.startswith(f"salons/{salon_id}/audit_logs/") and record["event_type"] == "data_set_aside"


@contextmanager
def watched(suite: Suite) -> Iterator[Trace]:
    trace = Trace()
    sent, failed, outcomes = len(suite.outbox.messages), len(suite.failures), Counter(suite.outcomes)
    suite.on_change.append(trace.changes.append)
    yield trace
    suite.run_until_idle()
    suite.on_change.remove(trace.changes.append)
    trace.sent = suite.outbox.messages[sent:]
    trace.failures = suite.failures[failed:]
    trace.outcomes = suite.outcomes - outcomes


def two_salons(suite: Suite, **other: Any) -> None:
    """Both have offers open for the same hour, to the same phones."""
    open_salon(suite)
    open_other(suite, **other)
    for salon_id in (SALON, OTHER):
        cancel_in(suite, salon_id)


def open_other(suite: Suite, **fields: Any) -> None:
    for collection in COPIED:
        for document_id, data in suite.list(f"salons/{SALON}/{collection}").items():
            if collection != "settings" or document_id == "current":
                suite.put(f"salons/{OTHER}/{collection}/{document_id}", data)
    salon = {**(suite.get(f"salons/{SALON}") or {}), "name": "Salon Two", "organization_id": "org2"}
    salon["messaging"] = {"account_sid": ACCOUNT_SID, "whatsapp_from": OTHER_NUMBER}
    suite.put(f"salons/{OTHER}", {**salon, **fields})
    suite.run_until_idle()


def cancel_in(suite: Suite, salon_id: str) -> None:
    now = suite.clock.now()
    suite.update(
        f"salons/{salon_id}/bookings/b1", status="cancelled", cancelled_at=now, cancelled_by="customer", updated_at=now
    )
    suite.run_until_idle()


def offers_of(suite: Suite, number: str) -> list[Message]:
    return [m for m in suite.outbox.messages if m.purpose == "slot_offer" and m.sending.sender == number]


def event(suite: Suite, event_type: str, salon_id: str, **fields: Any) -> Published:
    """As relay_events publishes, or as somebody would who wants to be taken for it."""
    body = {
        "event_id": "log_forged",
        "event_type": event_type,
        "salon_id": salon_id,
        "occurred_at": suite.clock.now() - timedelta(seconds=1),
        "resource_type": "gap",
        "resource_id": "gap_1",
        "agent": GAP_FILL_AGENT,
        "payload": {},
        **fields,
    }
    attributes = {"event_type": event_type, "salon_id": salon_id, "event_id": "log_forged", "schema_version": "1"}
    attributes["agent"] = GAP_FILL_AGENT
    return Published("salon-events", body, attributes)
