"""Approvals for tests that look at the answer and not at what is asked: a decision about a gap, asked as fill_gap asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.fill_gap import ask_round
from local.in_process import Suite
from local.outbox import Message
from shared.approvals.approval import Approval, approval_for, approval_id, carried_out, request
from shared.asking.decision import Context, Decision, DecisionApproval, RevenueImpact, decide
from shared.asking.proposal import Asked, NobodyAsked
from shared.ports import Clock, Deployment, Documents
from shared.records.audit import Amended
from shared.records.commit import create, update
from shared.salon.settings import SalonSettings
from tests.stories.salon import OWNER, ROOT, SALON

MANAGER = "+447700900888"
BOTH = [
    {"name": "Olga", "role": "owner", "phone": OWNER},
    {"name": "Max", "role": "manager", "phone": MANAGER},
]


def ask(
    suite: Suite,
    name: str = "1",
    *,
    gap_id: str = "gap_1",
    starts_in: timedelta = timedelta(hours=5),
    useful_for: timedelta = timedelta(hours=4),
    run: bool = True,
) -> str:
    """The id of the approval of one decision, requested now."""
    decided, asked = a_question(suite.clock.now(), name, gap_id=gap_id, starts_in=starts_in, useful_for=useful_for)
    assert suite.store.salon(SALON).commit(*create(decided), *create(asked))
    if run:
        suite.run_until_idle()
    return asked.document.id


def a_question(
    now: datetime,
    name: str = "1",
    *,
    gap_id: str = "gap_1",
    starts_in: timedelta = timedelta(hours=5),
    useful_for: timedelta = timedelta(hours=4),
) -> tuple[Amended[Decision], Amended[Approval]]:
    decision = a_decision(now, name, gap_id)
    approval = approval_for(
        decision,
        action={"customer_ids": [f"vip{name}"], "starts_at": now + starts_in, "price": 50.0},
        summary=f"Offer {name}: a cut for Vera",
        starts_at=now + starts_in,
        useful_until=now + useful_for,
        settings=SalonSettings(),
        now=now,
    )
    return decide(decision, now=now), request(approval, now=now)


def a_decision(now: datetime, name: str, gap_id: str) -> Decision:
    id = f"dec_{name}"
    return Decision(
        id=id,
        salon_id=SALON,
        created_at=now,
        updated_at=now,
        agent_name="gap_fill_agent",
        decision_type="gap_fill",
        autonomy_level="supervised",
        context=Context(trigger_id=gap_id, trigger_type="schedule_gap"),
        action_taken="approval_requested",
        action_details={"round": 1, "asked": []},
        reasons=["an offer to a VIP"],
        considered=[],
        settings_version=1,
        dry_run=False,
        revenue_impact=RevenueImpact(potential=Decimal(50), actual=Decimal(0), currency="GBP"),
        approval=DecisionApproval(required=True, status="pending", approval_id=approval_id(id)),
        expires_at=now + timedelta(hours=4),
    )


@dataclass
class Carrying:
    """Stands where the approved part of a round is carried out. `problem` is why it cannot be."""

    problem: str | None = None
    done: list[str] = field(default_factory=list)

    def __call__(
        self, approval: Approval, *, documents: Documents, clock: Clock, deployment: Deployment
    ) -> Asked | NobodyAsked:
        if self.problem is not None:
            return NobodyAsked(self.problem)
        done = carried_out(approval, now=clock.now(), actor="carrier", result="done")
        assert documents.commit(*update(done, documents.get(approval.path)))
        self.done.append(approval.decision_id)
        return Asked(1)


@contextmanager
def carrying(problem: str | None = None) -> Iterator[Carrying]:
    with pytest.MonkeyPatch.context() as patch:
        carrier = Carrying(problem)
        patch.setattr(ask_round, "ask_approved", carrier)
        yield carrier


def approval(suite: Suite, id: str) -> dict[str, Any]:
    found = suite.get(f"{ROOT}/approvals/{id}")
    assert found is not None
    return found


def decision_of(suite: Suite, id: str) -> dict[str, Any]:
    found = suite.get(f"{ROOT}/autonomous_decisions/{approval(suite, id)['decision_id']}")
    assert found is not None
    return found


def standing(suite: Suite, id: str) -> tuple[str, str, str]:
    """What the approval says, what its decision says of it, and how the decision ended."""
    decision = decision_of(suite, id)
    return approval(suite, id)["status"], decision["approval"]["status"], decision["outcome"]["status"]


def questions(suite: Suite, to: str = OWNER) -> list[Message]:
    return [m for m in suite.outbox.messages if m.sending.to == to and m.buttons and m.purpose != "slot_offer"]


def trail(suite: Suite, id: str) -> list[str]:
    """What the audit trail of the approval says, in its order; the chain has no hole."""
    records = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["resource_id"] == id]
    records.sort(key=lambda record: record["revision"])
    assert [record["revision"] for record in records] == list(range(1, len(records) + 1))
    assert Approval.model_validate(approval(suite, id)).revision == len(records)
    return [record["event_type"] for record in records]
