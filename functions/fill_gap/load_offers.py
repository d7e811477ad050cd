"""Looks up the open offers of a gap."""

from shared.asking.decision import GAP_FILL_AGENT
from shared.asking.outreach import OPEN, Outreach
from shared.ports import Query, Reader


def open_offers(documents: Reader, gap_id: str) -> list[Outreach]:
    """The offers of this agent for the gap that still await an answer. What other agents ask because of it is theirs to end."""
    query = Query(
        "outreach",
        where=(("trigger_id", "==", gap_id), ("agent_name", "==", GAP_FILL_AGENT), ("status", "in", list(OPEN))),
    )
    return [Outreach.model_validate(snapshot.data) for snapshot in documents.query(query)]


def open_to_anybody(documents: Reader, gap_id: str) -> list[Outreach]:
    """What anybody is asked at present because of this gap, whichever agent asks."""
    query = Query("outreach", where=(("trigger_id", "==", gap_id), ("status", "in", list(OPEN))))
    return [Outreach.model_validate(snapshot.data) for snapshot in documents.query(query)]
