"""Many answers to one approval at once, on threads that share nothing but the store: one counts, and both documents and
the audit trail say the same."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from shared.approvals.approval import Approval
from shared.approvals.settle_approval import Action, Verdict, answer, cancel_approvals
from shared.asking.decision import GAP_FILL_AGENT, Decision
from shared.ports import Documents, Query
from shared.records.commit import create
from tests.stories import approvals

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
AT_ONCE = 8


class RealClock:
    """Business time stands still; waiting is real, as it must be in a race."""

    def now(self) -> datetime:
        return NOW

    def real(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def test_of_many_answers_at_once_and_a_gap_that_closes_one_counts(documents: Documents) -> None:
    decided, asked = approvals.a_question(NOW)
    assert documents.commit(*create(decided), *create(asked))
    id, together = asked.document.id, Barrier(AT_ONCE + 1)

    def tap(number: int) -> Verdict:
        action: Action = "approve" if number % 2 else "reject"
        together.wait()
        return answer(id, action, bound_to=None, by=f"contact {number}", documents=documents, clock=RealClock()).verdict

    def close(_: int) -> int:
        together.wait()
        return cancel_approvals(
            "gap_1", "the time is sold", agent=GAP_FILL_AGENT, documents=documents, clock=RealClock()
        )

    with ThreadPoolExecutor(AT_ONCE + 1) as people:
        closing = people.submit(close, 0)
        verdicts = Counter(people.map(tap, range(AT_ONCE)))
        cancelled = closing.result()

    found, decision = documents.get(f"approvals/{id}"), documents.get("autonomous_decisions/dec_1")
    assert found is not None and decision is not None
    approval, told = Approval.model_validate(found.data), Decision.model_validate(decision.data)
    assert verdicts["approved"] + verdicts["rejected"] <= 1
    assert approval.status == approval.recorded_status == told.approval.status
    records = documents.query(Query("audit_logs", where=(("resource_id", "==", id),)))
    steps = [record.data["event_type"] for record in sorted(records, key=lambda record: record.data["revision"])]
    # A yes may still be called off by the gap that closes, as nothing has been carried out yet; a no may not.
    assert len(steps) == 1 + sum(verdicts[counted] for counted in ("approved", "rejected")) + cancelled
    assert approval.status == ("cancelled" if cancelled else "rejected" if verdicts["rejected"] else "approved")
