"""Hourly, for each salon: learns from offers that have had their time, deletes what has been kept long enough, and brings
the figures of the agents up to date.

Bounded work: what a run does not reach is still there for the next. Only what is due is read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.clean_up.refresh_agent_states import refresh_agent_states
from shared.asking.decision import GAP_FILL_AGENT
from shared.asking.learned import Learned
from shared.asking.outreach import Outreach
from shared.asking.watch_reactions import watch_reactions
from shared.ports import SALON, Clock, Delete, Documents, Query, Store
from shared.records.commit import save
from shared.records.read_legibly import legible
from shared.records.retention import KEPT, LOCKS_KEPT, Kind
from shared.salon.channel_route import route_path, wanted_keys
from shared.salon.salon import Salon

LEARNED = "counters/learned"
LATE_YES = timedelta(hours=2)
"""After its deadline, for so long a yes to an offer is waited for before it is counted."""
LEARNT_AT_ONCE = 300
DELETED_AT_ONCE = 200
"""Of each kind."""
BELOW_CONVERSATIONS: tuple[Kind, ...] = ("messages", "inbound")
BELOW_ROUTES: tuple[Kind, ...] = ("inbound", "senders")
"""What lies below a conversation, or a number."""


@dataclass(frozen=True)
class CleanedUp:
    learned: int
    deleted: int


def clean_up(salon_id: str, *, store: Store, clock: Clock) -> CleanedUp:
    documents = store.salon(salon_id)
    learned = _learn(documents, clock.now())
    _watch_late_opt_outs(documents, clock)
    deleted = _forget(documents, store, clock)
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
    offers = documents.query(query)
    if not offers:
        return 0
    first, last = (offer.data["expires_at"] for offer in (offers[0], offers[-1]))
    if len(offers) == LEARNT_AT_ONCE and first < last:
        # More may share the last deadline than were read.
        offers = [offer for offer in offers if offer.data["expires_at"] < last]
    told = 0
    for offer in legible(Outreach, offers):
        if offer.slot is not None and _had_its_time(offer):
            lead = offer.slot.start - offer.created_at
            learned = learned.with_answer(offer.source, offer.segment, lead, accepted=_said_yes(offer))
            told += 1
    learned = learned.changed(counted_until=offers[-1].data["expires_at"])
    return told if documents.commit(save(LEARNED, learned, found)) else 0


def _watch_late_opt_outs(documents: Documents, clock: Clock) -> None:
    """A STOP that came when its offer was over announces nothing that anybody would look after."""
    query = Query("consents", where=(("at", ">", clock.now() - LATE_YES),), order_by=("-at",), limit=1)
    if documents.query(query):
        watch_reactions(GAP_FILL_AGENT, documents=documents, clock=clock)


def _had_its_time(offer: Outreach) -> bool:
    """Also one that was withdrawn: nobody told them, so their silence says as much as a yes would. Counting only the yeses
    of those would make everybody look readier than they are."""
    arrived = offer.delivery.delivered_at or offer.delivery.read_at
    return offer.response.received or arrived is not None


def _said_yes(offer: Outreach) -> bool:
    """Also one that came too late to book: they would have."""
    return offer.response.received and offer.response.action not in ("declined", "opted_out")


def _forget(documents: Documents, store: Store, clock: Clock) -> int:
    """What has been kept long enough. The database does the same within a day, where it may."""
    now = clock.now()
    deleted = sum(
        _deleted(documents, kind, "forget_at", now) for kind in KEPT if kind not in BELOW_CONVERSATIONS + BELOW_ROUTES
    )
    # Locks are held in real time.
    deleted += _deleted(documents, "locks", "until", clock.real() - LOCKS_KEPT)
    for kind in BELOW_CONVERSATIONS:
        said = store.outlived(documents.salon_id, kind, now, DELETED_AT_ONCE)
        if said and documents.commit(*(Delete(found.path) for found in said)):
            deleted += len(said)
    for route in _routes(documents):
        deleted += sum(_deleted(store.platform(), f"{route}/{kind}", "forget_at", now) for kind in BELOW_ROUTES)
    return deleted


def _deleted(documents: Documents, collection: str, field: str, until: datetime) -> int:
    query = Query(collection, where=((field, "<=", until),), order_by=(field,), limit=DELETED_AT_ONCE)
    old = documents.query(query)
    return len(old) if old and documents.commit(*(Delete(snapshot.path) for snapshot in old)) else 0


def _routes(documents: Documents) -> list[str]:
    """Of the numbers that this salon sends from: what is kept there belongs to no salon."""
    found = documents.get(SALON)
    salon = Salon.legible(documents.salon_id, found.data) if found else None
    return [route_path(*number) for number in wanted_keys(salon).values()] if salon else []
