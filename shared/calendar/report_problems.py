"""Reports what was set aside: each document is written down once, and the owner is told once a day of each sort that is
new."""

from collections.abc import Iterable
from datetime import date, datetime

from shared.ports import SALON, Documents
from shared.records.audit import AuditRecord, record_fact
from shared.records.commit import fact
from shared.records.problem import Problem
from shared.salon.salon import Salon


def set_aside(problems: Iterable[Problem], *, documents: Documents, now: datetime, actor: str) -> int:
    """Writes these problems down, and returns how many of them are new."""
    found = {
        record.path: (problem, record)
        for problem in problems
        for record in [_record(problem, documents.salon_id, now, actor)]
    }
    if not found:
        return 0
    known = {snapshot.path for snapshot in documents.get_all(sorted(found))}
    fresh = [each for path, each in sorted(found.items()) if path not in known]
    if not fresh:
        return 0
    today = _today(documents, now)
    notices = [_notice(problem, documents.salon_id, now, today, actor) for problem, _ in fresh]
    # The owner first: should we stop between the two, the documents are still new to the next run.
    for notice in {record.path: record for record in notices}.values():
        documents.commit(fact(notice))
    for _, record in fresh:
        documents.commit(fact(record))
    return len(fresh)


def _today(documents: Documents, now: datetime) -> date:
    """The date on the salon's wall, as far as the salon can be read."""
    found = documents.get(SALON)
    return Salon.readable_part(documents.salon_id, found.data).date_of(now) if found else now.date()


def _record(problem: Problem, salon_id: str, now: datetime, actor: str) -> AuditRecord:
    return record_fact(
        salon_id=salon_id,
        resource_type=problem.resource_type,
        resource_id=problem.resource_id,
        version=problem.reason,
        now=now,
        actor=actor,
        event="data_set_aside",
        action=f"A {problem.resource_type} was set aside",
        details={"reason": problem.reason},
        severity="warning",
    )


def _notice(problem: Problem, salon_id: str, now: datetime, today: date, actor: str) -> AuditRecord:
    return record_fact(
        salon_id=salon_id,
        resource_type="calendar",
        resource_id=problem.kind,
        version=today,
        now=now,
        actor=actor,
        event="alert_triggered",
        action="The owner is told of calendar data that cannot be used",
        details={"kind": problem.kind, "problem": problem.code, "example": problem.resource_id},
        announces="ALERT_TRIGGERED",
        payload={"reason": f"{problem.resource_type} {problem.resource_id}: {problem.reason}"},
        severity="warning",
    )
