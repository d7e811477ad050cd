"""Hourly, for each salon: learns from offers that have had their time, deletes what has been kept long enough, and brings
the figures of the agents up to date.

Bounded work: what a run does not reach is still there for the next. Only what is due is read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.decision import GAP_FILL_AGENT
from shared.domain.learned import Learned
from shared.domain.outreach import Outreach
from shared.domain.retention import RETENTION
from shared.ports import Clock, Create, Delete, Documents, Put, Query
from shared.use_cases.refresh_agent_states import refresh_agent_states
from shared.use_cases.watch_reactions import watch_reactions

LEARNED = "counters/learned"
LATE_YES = timedelta(hours=2)
"""After its deadline, for so long a yes to an offer is waited for before it is counted."""
LEARNT_AT_ONCE = 300
DELETED_AT_ONCE = 200


@dataclass(frozen=True)
class CleanedUp:
    learned: int
    deleted: int


def clean_up(*, documents: Documents, clock: Clock) -> CleanedUp:
    now = clock.now()
    learned = _learn(documents, now)
    _watch_late_opt_outs(documents, clock)
    deleted = _delete_old(documents, clock)
    refresh_agent_states(documents=documents, clock=clock)
    return CleanedUp(learned, deleted)


def _learn(documents: Documents, now: datetime) -> int:
    """Deadlines never move, so each offer is met once. A run that another one beat leaves it to that one."""
    found = documents.get(LEARNED)
    learned = Learned.model_validate(found.data) if found else Learned()
    since = learned.counted_until or datetime.min.replace(year=1970, tzinfo=now.tzinfo)
    query = Query(
        "outreach",
        where=(("expires_at", ">", since), ("expires_at", "<=", now - LATE_YES)),
        order_by=("expires_at",),
        limit=LEARNT_AT_ONCE,
    )
    offers = [Outreach.model_validate(snapshot.data) for snapshot in documents.query(query)]
    if not offers:
        return 0
    if len(offers) == LEARNT_AT_ONCE and offers[0].expires_at < offers[-1].expires_at:
        # More may share the last deadline than were read.
        offers = [offer for offer in offers if offer.expires_at < offers[-1].expires_at]
    told = 0
    for offer in offers:
        if offer.slot is not None and _had_its_time(offer):
            lead = offer.slot.start - offer.created_at
            learned = learned.with_answer(offer.source, offer.segment, lead, accepted=_said_yes(offer))
            told += 1
    learned = learned.changed(counted_until=offers[-1].expires_at)
    put = Put(LEARNED, learned.stored(), unchanged_since=found.version) if found else Create(LEARNED, learned.stored())
    return told if documents.commit(put) else 0


def _watch_late_opt_outs(documents: Documents, clock: Clock) -> None:
    """A STOP that came when its offer was over announces nothing that anybody would look after."""
    query = Query("consents", where=(("at", ">", clock.now() - LATE_YES),), order_by=("-at",), limit=1)
    if documents.query(query):
        watch_reactions(GAP_FILL_AGENT, documents=documents, clock=clock)


def _had_its_time(offer: Outreach) -> bool:
    if offer.response.received:
        return True
    arrived = offer.delivery.delivered_at or offer.delivery.read_at
    return arrived is not None and not offer.withdrawn


def _said_yes(offer: Outreach) -> bool:
    """Also one that came too late to book: they would have."""
    return offer.response.received and offer.response.action not in ("declined", "opted_out")


def _delete_old(documents: Documents, clock: Clock) -> int:
    deleted = 0
    for kept in RETENTION:
        # Locks are held in real time.
        now = clock.real() if kept.field == "until" else clock.now()
        query = Query(
            kept.collection,
            where=((kept.field, "<", now - kept.period),),
            order_by=(kept.field,),
            limit=DELETED_AT_ONCE,
        )
        old = documents.query(query)
        if old and documents.commit(*(Delete(snapshot.path) for snapshot in old)):
            deleted += len(old)
    return deleted
