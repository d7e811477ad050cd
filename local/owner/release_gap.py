"""The owner says that time which the salon itself cancelled may be sold: its campaign begins."""

from typing import Literal

from shared.calendar.gap import Gap, released
from shared.ports import Clock, Documents, Transaction
from shared.records.commit import update

Outcome = Literal["released", "not waiting", "no such gap"]


def release_gap(gap_id: str, *, said_by: str, documents: Documents, clock: Clock) -> Outcome:
    def work(transaction: Transaction) -> Outcome:
        found = transaction.get(f"gaps/{gap_id}")
        if found is None:
            return "no such gap"
        gap = Gap.model_validate(found.data)
        if not gap.is_open or not gap.awaits_owner:
            return "not waiting"
        transaction.write(*update(released(gap, now=clock.now(), actor=said_by)))
        return "released"

    return documents.transact(work)
