"""Counts what this agent has asked of late, and what it heard: for its page."""

from collections import Counter
from datetime import datetime, timedelta

from functions.ask_waitlist.ask_about_gap import AGENT
from shared.asking.outreach import Outreach
from shared.messaging.phrases import phrases
from shared.ports import Query, Reader
from shared.records.read_documents import readable
from shared.salon.salon import Salon

OF_LATE = timedelta(days=7)
AT_MOST = 500


def answers(documents: Reader, salon: Salon, now: datetime) -> dict[str, object]:
    query = Query(
        "outreach",
        where=(("agent_name", "==", AGENT), ("created_at", ">", now - OF_LATE)),
        order_by=("-created_at",),
        limit=AT_MOST,
    )
    asks = readable(Outreach, documents.query(query))
    said = Counter(ask.response.action for ask in asks)
    words = phrases(__file__, salon.locale)["page"]
    return {
        "title": words["title"],
        "words": words,
        "asked": len(asks),
        "accepted": said["accepted"],
        "declined": said["declined"],
    }
