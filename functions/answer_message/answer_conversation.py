"""Answers the messages of a conversation that are still unhandled, oldest first, under the lock of the conversation: of two
messages the first is answered first, whichever event comes first.

A message that keeps failing goes to the owner as it is, and holds up the others no longer.
"""

from functools import partial
from typing import Final, Literal

from functions.answer_message.answer_message import Handled, answer_message
from functions.answer_message.keep_for_owner import give_up
from shared.customers.identity import Identity, identity_path
from shared.messaging.load_inbound import load_inbound
from shared.messaging.message import ANSWER_LEASE, KEEP_TRYING, Inbound, inbound_collection, put_off
from shared.ports import Clock, Deployment, Documents, Query, Reader
from shared.records.commit import save, until_committed, update
from shared.records.hold_locks import held, lock_path
from shared.records.read_documents import readable

AT_ONCE: Final = 20
TRIES: Final = 4
"""How often a message is tried again, over half an hour, before the owner reads it instead."""

Outcome = Handled | Literal["gone", "not due"]


def answer_conversation(
    path: str, *, woken: bool, documents: Documents, platform: Reader, clock: Clock, deployment: Deployment
) -> Outcome:
    """Answers the message at this path, and every earlier one of the same conversation that still waits. `woken` says that
    it is looked at because it came due, which may be no longer so."""
    snapshot = documents.get(path)
    if snapshot is None:
        return "gone"
    said = load_inbound(snapshot)
    if not said.by_link:
        _remember(said, documents, clock)
    if said.handled_at is not None:
        return "handled before"
    if woken and (said.due_at is None or said.due_at > clock.now()):
        return "not due"
    return held(
        [lock_path("conversation", said.conversation_id)],
        partial(_all_waiting, said, documents=documents, platform=platform, clock=clock, deployment=deployment),
        documents=documents,
        clock=clock,
        pointless=lambda: "handled before" if _is_handled(path, documents) else None,
    )


def _all_waiting(
    latest: Inbound, *, documents: Documents, platform: Reader, clock: Clock, deployment: Deployment
) -> Outcome:
    """Answers the messages that wait until none is left, those included that arrive meanwhile, and returns what came of `latest`."""
    outcome: Outcome = "handled before"
    seen: set[str] = set()
    query = Query(
        inbound_collection(latest.conversation_id),
        where=(("handled_at", "==", None),),
        order_by=("received_at",),
        limit=AT_ONCE,
    )
    while waiting := [said for said in readable(Inbound, documents.query(query)) if said.id not in seen]:
        for said in waiting:
            seen.add(said.id)
            came = _answered(said, documents=documents, platform=platform, clock=clock, deployment=deployment)
            outcome = came if said.id == latest.id else outcome
    return outcome


def _answered(
    said: Inbound, *, documents: Documents, platform: Reader, clock: Clock, deployment: Deployment
) -> Outcome:
    now = clock.now()
    tried_before = said.revision > 1 or (said.due_at is not None and said.due_at <= now)
    if said.only_for_owner or said.revision > TRIES or now >= said.received_at + KEEP_TRYING:
        return give_up(said.path, documents=documents, clock=clock)
    if tried_before:
        # Written down first: whoever dies over it has tried it.
        _put_off(said, documents, clock)
    return answer_message(said.path, documents=documents, platform=platform, clock=clock, deployment=deployment)


def _put_off(said: Inbound, documents: Documents, clock: Clock) -> None:
    def attempt() -> bool | None:
        found = documents.get(said.path)
        latest = load_inbound(found) if found else None
        if latest is None or latest.handled_at is not None:
            return True
        now = clock.now()
        later = put_off(latest, until=now + ANSWER_LEASE * 2**latest.revision, now=now)
        return documents.commit(*update(later, found)) or None

    until_committed(attempt, clock=clock)


def _is_handled(path: str, documents: Documents) -> bool:
    found = documents.get(path)
    return found is None or load_inbound(found).handled_at is not None


def _remember(said: Inbound, documents: Documents, clock: Clock) -> None:
    """Writes down when they wrote last: for 24 hours from then on WhatsApp lets us answer in our own words."""
    path = identity_path(said.conversation_id)

    def attempt() -> bool | None:
        found = documents.get(path)
        known = Identity.model_validate(found.data) if found else Identity(channel=said.channel)
        if known.last_inbound_at is not None and known.last_inbound_at >= said.received_at:
            return True
        latest = known.changed(last_inbound_at=said.received_at)
        return documents.commit(save(path, latest, found)) or None

    until_committed(attempt, clock=clock)
