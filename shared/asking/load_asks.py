"""Asks as they are looked up: those of late, and the open offers of a gap."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.asking.outreach import OPEN, Outreach
from shared.ports import Query, Reader

REMEMBERED = timedelta(days=14)

IN_LIMIT = 30
"""Firestore's limit of values for one `in`."""


def recent_asks(documents: Reader, field: str, values: Sequence[str], now: datetime) -> list[Outreach]:
    """The asks of the last 14 days whose `field` is one of `values`."""
    found = []
    for some in _chunks(values):
        query = Query("outreach", where=((field, "in", some), ("created_at", ">", now - REMEMBERED)))
        found += [Outreach.model_validate(snapshot.data) for snapshot in documents.query(query)]
    return found


def open_offers(documents: Reader, gap_id: str) -> list[Outreach]:
    query = Query("outreach", where=(("trigger_id", "==", gap_id), ("status", "in", list(OPEN))))
    return [Outreach.model_validate(snapshot.data) for snapshot in documents.query(query)]


def _chunks(values: Sequence[str]) -> list[list[str]]:
    return [list(values[start : start + IN_LIMIT]) for start in range(0, len(values), IN_LIMIT)]
