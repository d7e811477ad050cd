"""Hourly, for each salon: what contradicts itself, or waits for nobody, is to be looked at again by whoever looks after it, or
told the owner where only a person can mend it.

What is due, other lost events and dead senders are not looked for here: `wake_due` and `scan_gaps` find those, by what each
document says itself. This finds what no document says. Each look is a query with a limit; what a run does not reach is
still there for the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from functions.repair_salon.faults import (
    AT_REST,
    Fault,
    Waiting,
    asleep,
    contradicted,
    left_open,
    noted,
    offered_by_nobody,
    unconfirmed,
    woken,
)
from shared.approvals.approval import Approval
from shared.asking.decision import Decision
from shared.asking.outreach import OPEN, Outreach
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.customers.move_waitlist import waitlist_moved
from shared.customers.waitlist import WaitlistEntry
from shared.messaging.message import KEEP_TRYING, Inbound, Message, inbound_collection, message_id, message_path
from shared.ports import Clock, Documents, Query, Reader, Snapshot, Write
from shared.records.commit import fact, update
from shared.records.read_documents import readable, readable_one
from shared.records.stored import StateDocument
from shared.salon.load_salon import salon_to_tell

AT_ONCE: Final = 100
LOOKED_BACK: Final = timedelta(hours=4)
"""Messages are looked at in the hours after they came: a few runs may fail."""
SOLD_WITHIN: Final = KEEP_TRYING + LOOKED_BACK
"""Sales for longer: so late may their confirmation fail. Of more than AT_ONCE the later ones have their turn later."""
WAITING: Final[dict[str, type[Gap] | type[Outreach] | type[Approval]]] = {
    "gaps": Gap,
    "outreach": Outreach,
    "approvals": Approval,
}
NULL_DUE: Final = ("due_at", "==", None)

D = TypeVar("D", bound=StateDocument)


@dataclass(frozen=True)
class Repaired:
    """What was found; each has its audit record, unless it was only looked at."""

    faults: tuple[Fault, ...]


def repair_salon(*, documents: Documents, clock: Clock, dry_run: bool = False) -> Repaired:
    """Finds what is wrong with the documents of a salon and has it mended; with `dry_run` it only tells. A fault that somebody
    else has mended meanwhile is left to them. Raises the failures of single mends together, after all others."""
    found = tuple(_faults(documents, clock.now()))
    if dry_run:
        return Repaired(found)
    failures: list[Exception] = []
    for fault in found:
        try:
            _mend(fault, documents, clock)
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("what could not be mended", failures)
    return Repaired(found)


def _faults(documents: Documents, now: datetime) -> Iterator[Fault]:
    yield from _asleep(documents, now)
    yield from _left_open(documents, now)
    yield from _offered_by_nobody(documents)
    yield from _sales(documents, now)


def _asleep(documents: Reader, now: datetime) -> Iterator[Fault]:
    queries = [
        Query("gaps", where=(("status", "==", "open"), NULL_DUE), limit=AT_ONCE),
        Query("outreach", where=(("status", "in", list(OPEN)), NULL_DUE), limit=AT_ONCE),
        Query("outreach", where=(("response.owed", "==", True), NULL_DUE), limit=AT_ONCE),
        Query("approvals", where=(("recorded_status", "==", "pending"), NULL_DUE), limit=AT_ONCE),
        Query(
            "approvals",
            where=(("recorded_status", "==", "approved"), ("carried_out_at", "==", None), NULL_DUE),
            limit=AT_ONCE,
        ),
    ]
    for query in queries:
        for document in readable(WAITING[query.collection], documents.query(query)):
            yield from _each(asleep(document))
    wrote = Query("identities", where=(("last_inbound_at", ">", now - LOOKED_BACK),), limit=AT_ONCE)
    for identity in documents.query(wrote):
        unhandled = Query(inbound_collection(identity.id), where=(("handled_at", "==", None), NULL_DUE), limit=AT_ONCE)
        for said in readable(Inbound, documents.query(unhandled)):
            yield from _each(asleep(said))


def _left_open(documents: Reader, now: datetime) -> Iterator[Fault]:
    """All are looked through: most are rounds of gaps that are still open, and one of those may stand here for weeks."""
    faults: dict[Fault, None] = {}
    after = datetime.fromtimestamp(0, UTC)
    while len(faults) < AT_ONCE:
        query = Query(
            "autonomous_decisions",
            where=(("outcome.status", "==", "pending"), ("expires_at", ">", after), ("expires_at", "<", now)),
            order_by=("expires_at",),
            limit=AT_ONCE,
        )
        page = documents.query(query)
        decisions = readable(Decision, page)
        about = sorted({decision.context.trigger_id for decision in decisions})
        gaps = {gap.id: gap for gap in readable(Gap, documents.get_all([f"gaps/{id}" for id in about]))}
        found = [left_open(decision, gaps.get(decision.context.trigger_id), now=now) for decision in decisions]
        faults |= dict.fromkeys(fault for fault in found if fault)
        if len(page) < AT_ONCE:
            break
        # More may share the last deadline than were read.
        until = [snapshot.data["expires_at"] for snapshot in page]
        after = max((each for each in until if each < until[-1]), default=until[-1])
    yield from faults


def _offered_by_nobody(documents: Reader) -> Iterator[Fault]:
    query = Query("waitlist", where=(("status", "==", "offered"),), order_by=("created_at",), limit=AT_ONCE)
    for snapshot in documents.query(query):
        yield from _each(_unheld(snapshot, documents))


def _unheld(snapshot: Snapshot | None, documents: Reader) -> Fault | None:
    entry = readable_one(WaitlistEntry, snapshot)
    if snapshot is None or entry is None:
        return None
    query = Query("outreach", where=(("waitlist_entry_id", "==", entry.id), ("status", "in", list(OPEN))), limit=1)
    return offered_by_nobody(entry, readable(Outreach, documents.query(query)), snapshot.update_time)


def _sales(documents: Documents, now: datetime) -> Iterator[Fault]:
    query = Query(
        "bookings",
        where=(
            ("source", "==", "smart_fill"),
            ("created_at", ">", now - SOLD_WITHIN),
            ("created_at", "<=", now - AT_REST),
        ),
        order_by=("created_at",),
        limit=AT_ONCE,
    )
    sales = readable(Booking, documents.query(query))
    if not sales:
        return
    zone = salon_to_tell(documents, documents.salon_id).zone
    for booking in sales:
        gap = _one(Gap, documents, f"gaps/{booking.gap_id}")
        offer = _one(Outreach, documents, f"outreach/{booking.outreach_id}")
        yield from _each(contradicted(booking, gap, offer, zone=zone))
        if offer is not None:
            confirmation = _one(Message, documents, _confirmation(offer))
            yield from _each(unconfirmed(booking, confirmation, zone=zone, now=now))


def _confirmation(offer: Outreach) -> str:
    # Where they said yes, which need not be where the offer went last.
    conversation = offer.response.said_in.split("/")[1] if offer.response.said_in else offer.address_key
    return message_path(conversation, message_id(offer.id, "booking_confirmed", offer.address_key))


def _mend(fault: Fault, documents: Documents, clock: Clock) -> None:
    snapshot, now = documents.get(fault.path), clock.now()
    note = fact(noted(fault, salon_id=documents.salon_id, now=now))
    match fault.mend:
        case "wake" if snapshot is not None:
            waiting = _waiting(snapshot)
            if waiting is not None and (waiting.revision, waiting.due_at) == (fault.version, None):
                documents.commit(*update(woken(waiting, fault.reason, now=now), snapshot))
        case "let wait again" if snapshot is not None and _unheld(snapshot, documents):
            documents.commit(*_waits_again(snapshot, documents.salon_id, now), note)
        case "tell the owner":
            documents.commit(note)


def _waiting(snapshot: Snapshot) -> Waiting | None:
    model: type[Any] = WAITING.get(snapshot.path.split("/")[0], Inbound)
    return readable_one(model, snapshot)


def _waits_again(snapshot: Snapshot, salon_id: str, now: datetime) -> tuple[Write, ...]:
    entry = readable_one(WaitlistEntry, snapshot)
    if entry is None:
        return ()
    # Somebody may offer it a time in this moment.
    about = f"repair:{snapshot.version}"
    return waitlist_moved(entry, "waiting", salon_id=salon_id, now=now, about=about, read=snapshot)


def _one(model: type[D], documents: Reader, path: str) -> D | None:
    found = documents.get(path)
    return readable_one(model, found)


def _each(fault: Fault | None) -> Iterator[Fault]:
    if fault is not None:
        yield fault
