"""What a salon's dry run would have sent and earned between two days. Reads what was decided, changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from local.dry_run_report import AgentReport, dry_run_reports
from shared.asking.decision import Decision
from shared.ports import Query, Reader
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_settings

MOST_DAYS = 92
A_DAY_AT_MOST = 500
"""Decisions read of one day. A day with more is named."""
GAPS_AT_ONCE = 100


class InvalidPeriod(ValueError):
    pass


@dataclass(frozen=True)
class DryRunReport:
    """`not_whole` are days of which more was decided than was read."""

    salon_id: str
    currency: str
    first: date
    last: date
    agents: Sequence[AgentReport]
    not_whole: Sequence[date]


def report_dry_run(salon_id: str, *, first: date, last: date, documents: Reader) -> DryRunReport:
    """Both days included, as the salon's wall has them. Limits are those of the settings in force now."""
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        raise InvalidPeriod(f"expected a period of 1 to {MOST_DAYS} days, found {first} to {last}")
    salon, settings = salon_of(documents, salon_id), accepted_settings(documents)
    decisions: list[Decision] = []
    not_whole: list[date] = []
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        found = _decided_on(day, salon.zone, documents)
        decisions += found[:A_DAY_AT_MOST]
        if len(found) > A_DAY_AT_MOST:
            not_whole.append(day)
    agents = dry_run_reports(
        decisions,
        _statuses(sorted({decision.context.trigger_id for decision in decisions}), documents),
        limits=settings.limits,
        zone=salon.zone,
        currency=salon.currency,
    )
    return DryRunReport(salon_id, salon.currency, first, last, agents, not_whole)


def _decided_on(day: date, zone: ZoneInfo, documents: Reader) -> list[Decision]:
    began, ends = (datetime.combine(each, datetime.min.time(), zone) for each in (day, day + timedelta(days=1)))
    query = Query(
        "autonomous_decisions",
        where=(("dry_run", "==", True), ("created_at", ">=", began), ("created_at", "<", ends)),
        order_by=("created_at",),
        limit=A_DAY_AT_MOST + 1,
    )
    return [Decision.model_validate(snapshot.data) for snapshot in documents.query(query)]


def _statuses(gap_ids: Sequence[str], documents: Reader) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(gap_ids), GAPS_AT_ONCE):
        paths = [f"gaps/{gap_id}" for gap_id in gap_ids[start : start + GAPS_AT_ONCE]]
        found |= {snapshot.id: str(snapshot.data["status"]) for snapshot in documents.get_all(paths)}
    return found
