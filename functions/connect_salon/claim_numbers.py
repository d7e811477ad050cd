"""A salon appeared, changed or went: its numbers lead to it, the registry knows it, and its calendar is to be looked at.

What stands now counts, not what the event carries. A run that was overtaken by another write starts over, so that of
two concurrent runs the one that saw the newer document has the last word.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from functions.connect_salon.doubts import doubts
from shared.ports import SALON, Bus, Clock, Data, Delete, Documents, Query, Snapshot, Store, Transaction, Update
from shared.records.ask_for_job import ask_for_job
from shared.records.audit import AuditWord, record_fact
from shared.records.commit import fact, save, until_committed
from shared.records.invalid import InvalidEvent
from shared.records.problem import Problem, readable_or_problem
from shared.salon.channel_route import ROUTES, ChannelRoute, claimed, route_path, shared_outside, wanted_keys
from shared.salon.registry import Entry, Registry, registry_path, shard_of
from shared.salon.salon import Salon

ACTOR = "connect_salon"
CALENDAR: Final = ("opening_hours", "special_hours", "closures", "timezone", "status")
"""The fields that decide what is a gap."""

Outcome = Literal["connected", "calendar to be looked at", "disconnected", "cannot be understood"]


def connect_salon(
    salon_id: str, *, before: Data | None, after: Data | None, store: Store, bus: Bus, clock: Clock
) -> Outcome:
    """Connects the salon as it stands, has the customers and the waitlist of one that is new taken in, and asks for a scan of its gaps
    where the write changed what decides them."""
    connected = _connected_in_the_end(salon_id, store, clock)
    if connected.entry is None:
        return "disconnected"
    if not connected.known or (before or {}).get("timezone") != (after or {}).get("timezone"):
        # In another country other numbers can be read.
        ask_for_job("follow_customers", salon_id, at=clock.now(), bus=bus)
    if not connected.known:
        ask_for_job("follow_waitlist", salon_id, at=clock.now(), bus=bus)
    if before is not None and after is not None and all(before.get(name) == after.get(name) for name in CALENDAR):
        return "connected"
    ask_for_job("gap_scan", salon_id, at=clock.now(), bus=bus)
    return "calendar to be looked at"


def connect_again(salon_id: str, *, store: Store, bus: Bus, clock: Clock) -> Outcome:
    """Connects the salon in case its own event was lost; then it stands in no registry, and its calendar was never read."""
    try:
        connected = _connected_in_the_end(salon_id, store, clock)
    except InvalidEvent:
        # Its own event has written that down.
        return "cannot be understood"
    if connected.entry is None:
        return "disconnected"
    if connected.known:
        return "connected"
    _note(salon_id, store, clock)
    for job in ("follow_customers", "follow_waitlist", "gap_scan"):
        ask_for_job(job, salon_id, at=clock.now(), bus=bus)
    return "calendar to be looked at"


@dataclass(frozen=True)
class _Connected:
    """`entry` is none where the salon is gone; `known` says that the registry had it before."""

    entry: Entry | None
    known: bool


def _connected_in_the_end(salon_id: str, store: Store, clock: Clock) -> _Connected:
    documents, platform = store.salon(salon_id), store.platform()
    known = _is_listed(salon_id, platform)
    entry = until_committed(lambda: _connected(documents, platform, clock), clock=clock)
    return _Connected(entry if isinstance(entry, Entry) else None, known)


def _is_listed(salon_id: str, platform: Documents) -> bool:
    found = platform.get(registry_path(shard_of(salon_id)))
    return found is not None and salon_id in Registry.model_validate(found.data).salons


def _note(salon_id: str, store: Store, clock: Clock) -> None:
    now = clock.now()
    record = record_fact(
        salon_id=salon_id,
        resource_type="salon",
        resource_id=salon_id,
        version=now,
        now=now,
        actor=ACTOR,
        event="repaired",
        action="Repaired: the salon was in no registry, so nothing was done for it by the clock",
        severity="warning",
    )
    store.salon(salon_id).commit(fact(record))


def _connected(documents: Documents, platform: Documents, clock: Clock) -> Entry | Literal["gone"] | None:
    """None when the salon was written meanwhile."""
    found = documents.get(SALON)
    salon = _understood(documents.salon_id, found) if found else None
    wanted = wanted_keys(salon) if salon else {}
    for held in platform.query(Query(ROUTES, where=(("salon_ids", "array_contains", documents.salon_id),))):
        if salon is None or held.id not in wanted or shared_outside(ChannelRoute.model_validate(held.data), salon):
            _release(held, documents, platform, clock.now())
    if salon:
        _tell_doubts(salon, documents, clock.now())
        for account_sid, number in wanted.values():
            _claim(account_sid, number, salon, documents, platform, clock)
    entry = Entry(status=salon.status) if salon else None
    _register(documents.salon_id, entry, platform, clock)
    read_again = documents.get(SALON)
    if (read_again and read_again.version) != (found and found.version):
        return None
    return entry or "gone"


def _understood(salon_id: str, found: Snapshot) -> Salon:
    salon = readable_or_problem(Salon, "salon", salon_id, found.data)
    if isinstance(salon, Problem):
        raise InvalidEvent(f"expected salons/{salon_id} to be a salon, found {salon.reason}")
    return salon


def _tell_doubts(salon: Salon, documents: Documents, now: datetime) -> None:
    for doubt in doubts(salon):
        record = record_fact(
            salon_id=salon.id,
            resource_type="salon",
            resource_id=salon.id,
            version=doubt,
            now=now,
            actor=ACTOR,
            event="alert_triggered",
            action="The owner is told of what the salon's document says and we cannot do",
            announces="ALERT_TRIGGERED",
            payload={"reason": doubt},
            severity="warning",
        )
        # Told once: a repetition finds its record there.
        documents.commit(fact(record))


def _claim(
    account_sid: str, number: str, salon: Salon, documents: Documents, platform: Documents, clock: Clock
) -> None:
    def attempt() -> ChannelRoute | Literal["another's"] | None:
        found = platform.get(route_path(account_sid, number))
        standing = ChannelRoute.model_validate(found.data) if found else None
        route = claimed(standing, account_sid, number, salon, clock.now())
        if route is None:
            return "another's"
        if route == standing:
            return route
        return route if platform.commit(save(route_path(account_sid, number), route, found)) else None

    route = until_committed(attempt, clock=clock)
    if isinstance(route, ChannelRoute):
        _tell(
            documents,
            number,
            route.holders[salon.id],
            clock.now(),
            event="route_claimed",
            action=f"Replies to {number} come here",
        )
    else:
        # Whose it is stays between us and them.
        _tell(
            documents,
            number,
            salon.organization_id,
            clock.now(),
            event="route_refused",
            action=f"The number {number} is used by another organization: it stays theirs, and replies to it do not come here",
            alert=True,
        )


def _release(found: Snapshot, documents: Documents, platform: Documents, now: datetime) -> None:
    salon_id = documents.salon_id
    route = ChannelRoute.model_validate(found.data)
    # Written down first: should we stop between the two, the next run finds the number still held and goes on.
    _tell(
        documents,
        route.number,
        route.holders[salon_id],
        now,
        event="config_changed",
        action=f"Replies to {route.number} no longer come here",
    )

    def leave(transaction: Transaction) -> None:
        standing = transaction.get(found.path)
        if standing is None:
            return
        left = ChannelRoute.model_validate(standing.data).without(salon_id)
        transaction.write(Update(found.path, left.stored()) if left else Delete(found.path))

    platform.transact(leave)


def _register(salon_id: str, entry: Entry | None, platform: Documents, clock: Clock) -> None:
    path = registry_path(shard_of(salon_id))

    def attempt() -> bool | None:
        found = platform.get(path)
        standing = Registry.model_validate(found.data) if found else Registry(salons={})
        if standing.salons.get(salon_id) == entry:
            return True
        return platform.commit(save(path, standing.having(salon_id, entry), found)) or None

    until_committed(attempt, clock=clock)


def _tell(
    documents: Documents,
    number: str,
    version: object,
    now: datetime,
    *,
    event: AuditWord,
    action: str,
    alert: bool = False,
) -> None:
    record = record_fact(
        salon_id=documents.salon_id,
        resource_type="channel_route",
        resource_id=number,
        version=version,
        now=now,
        actor=ACTOR,
        event=event,
        action=action,
        announces="ALERT_TRIGGERED" if alert else None,
        payload={"reason": action} if alert else {},
        severity="warning" if alert else "info",
    )
    # The same thing is written down once: a repetition finds its record there.
    documents.commit(fact(record))
