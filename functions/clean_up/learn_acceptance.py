"""Learns from the offers that have had their time how likely customers accept: each offer is counted once."""

from datetime import datetime, timedelta

from shared.asking.acceptance_rates import AcceptanceRates
from shared.asking.outreach import Outreach
from shared.ports import Documents, Query
from shared.records.commit import save
from shared.records.read_documents import readable

LATE_YES = timedelta(hours=2)
"""How long after its deadline an offer is counted: until then a late yes may still come."""

LEARNT_AT_ONCE = 300
"""The most offers that one run counts."""


def learn_acceptance(documents: Documents, now: datetime) -> int:
    """Counts the offers whose deadline has come since the last run, and returns how many told something. Deadlines never
    move, so each offer is met once; a run that another one beat leaves them to that one."""
    found = documents.get(AcceptanceRates.path)
    learned = AcceptanceRates.model_validate(found.data) if found else AcceptanceRates()
    since = learned.counted_until or datetime.min.replace(year=1970, tzinfo=now.tzinfo)
    query = Query(
        "outreach",
        where=(("expires_at", ">", since), ("expires_at", "<=", now - LATE_YES)),
        order_by=("expires_at",),
        limit=LEARNT_AT_ONCE,
    )
    offers = documents.query(query)
    if not offers:
        return 0
    first, last = (offer.data["expires_at"] for offer in (offers[0], offers[-1]))
    if len(offers) == LEARNT_AT_ONCE and first < last:
        # More may share the last deadline than were read.
        offers = [offer for offer in offers if offer.data["expires_at"] < last]
    told = 0
    for offer in readable(Outreach, offers):
        if offer.slot is not None and _had_its_time(offer):
            lead = offer.slot.start - offer.created_at
            learned = learned.with_answer(offer.source, offer.segment, lead, accepted=_said_yes(offer))
            told += 1
    learned = learned.changed(counted_until=offers[-1].data["expires_at"])
    return told if documents.commit(save(AcceptanceRates.path, learned, found)) else 0


def _had_its_time(offer: Outreach) -> bool:
    """Whether the customer had the offer and could answer it. One that was withdrawn counts too: they were not told, so
    their silence means what it always does, and to count only the yeses to those would make people look too willing."""
    arrived = offer.delivery.delivered_at or offer.delivery.read_at
    return offer.response.received or arrived is not None


def _said_yes(offer: Outreach) -> bool:
    """Whether the answer was a yes. One that came too late to book counts: they would have taken the time."""
    return offer.response.received and offer.response.action not in ("declined", "opted_out")
