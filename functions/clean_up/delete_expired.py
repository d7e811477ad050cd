"""Deletes what has been kept long enough. The database does the same within a day, wherever that is switched on."""

from datetime import datetime

from functions.clean_up.kept_collections import BELOW_OTHERS, OF_ROUTES, OF_SALONS
from shared.ports import SALON, Clock, Delete, Documents, Query, Store
from shared.records.retention import LOCKS_KEPT
from shared.salon.channel_route import route_path, wanted_keys
from shared.salon.salon import Salon

DELETED_AT_ONCE = 200
"""Documents of each collection."""


def delete_expired(documents: Documents, *, store: Store, clock: Clock) -> int:
    """Deletes, of each collection, the documents whose keeping time is over, and returns how many."""
    now = clock.now()
    deleted = sum(_deleted(documents, collection, "forget_at", now) for collection in OF_SALONS)
    # Locks are held in real time.
    deleted += _deleted(documents, "locks", "until", clock.real() - LOCKS_KEPT)
    for group in BELOW_OTHERS:
        old = store.outlived(documents.salon_id, group, now, DELETED_AT_ONCE)
        if old and documents.commit(*(Delete(found.path) for found in old)):
            deleted += len(old)
    for route in _routes(documents):
        deleted += sum(
            _deleted(store.platform(), f"{route}/{collection}", "forget_at", now) for collection in OF_ROUTES
        )
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
