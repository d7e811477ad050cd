"""Looks up the open offers of a gap."""

from shared.asking.outreach import OPEN, Outreach
from shared.ports import Query, Reader


def open_offers(documents: Reader, gap_id: str) -> list[Outreach]:
    """The offers of this gap that still await an answer."""
    query = Query("outreach", where=(("trigger_id", "==", gap_id), ("status", "in", list(OPEN))))
    return [Outreach.model_validate(snapshot.data) for snapshot in documents.query(query)]
