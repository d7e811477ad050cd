"""Deletes what has been kept long enough. The database does the same within a day, wherever that is switched on."""

from datetime import datetime

from shared.ports import SALON, Clock, Delete, Documents, Query, Store
from shared.records.retention import KEPT, LOCKS_KEPT, Kind
from shared.salon.channel_route import route_path, wanted_keys
from shared.salon.salon import Salon

DELETED_AT_ONCE = 200
"""Documents of each kind."""

BELOW_CONVERSATIONS: tuple[Kind, ...] = ("messages", "inbound")
BELOW_ROUTES: tuple[Kind, ...] = ("inbound", "senders")
"""Kinds that lie below a conversation or a number, and not in a collection of the salon."""


def delete_expired(documents: Documents, *, store: Store, clock: Clock) -> int:
    """Deletes, of each kind, the documents whose keeping time is over, and returns how many."""
    now = clock.now()
    deleted = sum(
        _deleted(documents, kind, "forget_at", now)
        for kind in KEPT
        if kind not in {*BELOW_CONVERSATIONS, *BELOW_ROUTES}
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
    """The routes of the numbers that this salon sends from. What is kept below them belongs to no single salon, so any
    salon at the number deletes it."""
    found = documents.get(SALON)
    salon = Salon.readable_part(documents.salon_id, found.data) if found else None
    return [route_path(*number) for number in wanted_keys(salon).values()] if salon else []
