"""Looks up the recent asks to customers and addresses."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.asking.outreach import Outreach
from shared.ports import Reader
from shared.records.split_query import queries_by_values

RECENT = timedelta(days=14)
"""How far back the asks to a customer are looked at: further than any limit counts, and far enough to see who never answers."""


def recent_asks(documents: Reader, field: str, values: Sequence[str], now: datetime) -> list[Outreach]:
    """The asks of the last 14 days whose `field` is one of `values`."""
    queries = queries_by_values("outreach", field, values, ("created_at", ">", now - RECENT))
    return [Outreach.model_validate(snapshot.data) for query in queries for snapshot in documents.query(query)]
