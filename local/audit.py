"""`python -m local audit verify`: whether every change of a salon's documents still has its record, unchanged and in its
place; not whether what a document says is what was written. It only reads: all of the salon's audit and all that it is about, as they stood at one instant."""

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from google.api_core.exceptions import GoogleAPICallError
from pydantic import ValidationError

from functions.fill_gap.customer_score import CustomerScore
from local.audit_chain import AgedOut, broken_links
from local.front import NotReached, Refused
from local.reach import add_where, reached
from shared.approvals.approval import Approval
from shared.asking.agent_state import AgentState
from shared.asking.decision import Decision
from shared.asking.destination import Destination
from shared.asking.outreach import Outreach
from shared.calendar.gap import Gap
from shared.customers.consent import ConsentRecord
from shared.messaging.conversation import Conversation
from shared.messaging.message import Inbound, Message
from shared.ports import Data
from shared.records.audit import AuditRecord
from shared.records.invalid import InvalidEvent
from shared.records.stored import StateDocument

AUDIT: Final = "audit_logs"
CHAINED: Final[Mapping[str, type[StateDocument]]] = {
    **{
        model.collection: model
        for model in (
            AgentState,
            Approval,
            ConsentRecord,
            Conversation,
            CustomerScore,
            Decision,
            Destination,
            Gap,
            Outreach,
        )
    },
    "conversations/*/messages": Message,
    "conversations/*/inbound": Inbound,
}
"""Where documents lie whose changes are chained."""


@dataclass
class Found:
    """What was read, and what is wrong with it."""

    records: list[AuditRecord] = field(default_factory=list)
    documents: list[Data] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def take(self, path: str, data: Data) -> None:
        if not path.startswith(f"{AUDIT}/"):
            if "audit_head" in data:
                self.documents.append(data)
            return
        try:
            self.records.append(AuditRecord.model_validate(data))
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
            self.unreadable.append(f"{path}: expected an audit record, found {wrong}")

    def broken(self, now: datetime) -> list[str]:
        return [*self.unreadable, *broken_links(self.records, self.documents, aged_out=_aged_out(now))]


def read(snapshots: Iterable[tuple[str, Data]]) -> Found:
    found = Found()
    for path, data in snapshots:
        found.take(path, data)
    return found


def _aged_out(now: datetime) -> AgedOut:
    kept = {model.resource_type: model.retained.period for model in CHAINED.values() if model.retained}
    assert AuditRecord.retained is not None
    return AgedOut(now, {**kept, "audit_log": AuditRecord.retained.period})


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("audit", help="look after the audit", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    verify = commands.add_parser(
        "verify", help="find records that were changed, removed or reordered", description=__doc__
    )
    add_where(verify)
    verify.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """0: every chain holds; 1: some do not; 2: it could not be found out."""
    try:
        where = reached(options)
        found = read(where.at_one_instant([*CHAINED, AUDIT]))
        broken = found.broken(where.clock.now())
    except (NotReached, Refused, InvalidEvent, GoogleAPICallError) as error:
        print(f"not verified: {error}", file=sys.stderr)
        return 2
    for each in broken:
        print(f"broken: {each}")
    chained = sum(record.revision is not None for record in found.records)
    print(
        f"salon {options.salon}: {chained} chained records of {len(found.documents)} documents,"
        f" {len(found.records) - chained} records in no chain; {len(broken) or 'nothing'} broken"
    )
    return 1 if broken else 0
