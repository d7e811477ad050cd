"""Moves on everything whose time has come, and whatever a lost event or a dead process left standing. Each minute, for all
salons; only what is due is read, and each document is handled inside its own salon."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import ValidationError

from shared.approvals.hear_answer import approval_due
from shared.asking.answer_plainly import late_yes_due
from shared.asking.end_ask import ended
from shared.asking.load_outgoing import outgoing
from shared.asking.outreach import Outreach
from shared.calendar.gap import Gap, announced_due
from shared.calendar.reconcile_staff_day import reconcile_staff_day
from shared.messaging.load_inbound import inbound
from shared.messaging.message import ANSWER_LEASE, KEEP_TRYING, Inbound, Message, put_off
from shared.messaging.outgoing import answer_lost, expired, not_arrived, requested_again
from shared.ports import Bus, Clock, Deployment, Documents, Found, Snapshot, Store, Update
from shared.records.announce import relay_events
from shared.records.commit import replace
from shared.sales.answer import answer_message, give_up
from shared.sales.choose import branch_due

ACTOR = "expire_outreach"
AT_ONCE = 200
"""Documents of each kind in one run; the rest is still due in the next."""
ANNOUNCE_AGAIN = timedelta(minutes=5)
BROKEN_AGAIN = timedelta(hours=1)
"""A document that cannot be understood is looked at this seldom: it must not stand first in the queue for ever."""


@dataclass
class Swept:
    """How many documents of each collection were moved on."""

    moved: dict[str, int] = field(default_factory=dict)


def expire_outreach(*, store: Store, bus: Bus, clock: Clock, deployment: Deployment) -> Swept:
    """Raises the failures of single documents together, after all others have been handled."""
    swept = Swept()
    failures: list[Exception] = []

    def outreach(found: Found, documents: Documents) -> bool:
        return _outgoing_due(found, documents, clock)

    def message(found: Found, documents: Documents) -> bool:
        if not found.salon_id:
            return branch_due(found.path, store=store, clock=clock, deployment=deployment)
        return _message_due(found, documents, clock, deployment)

    def gap(found: Found, documents: Documents) -> bool:
        return _gap_due(found, documents, clock)

    def audit_log(found: Found, documents: Documents) -> bool:
        return relay_events(found.path.rsplit("/", 1)[-1], documents=documents, bus=bus, clock=clock) == "announced"

    def approval(found: Found, documents: Documents) -> bool:
        return approval_due(found.path, documents=documents, clock=clock, deployment=deployment)

    kinds: dict[str, Callable[[Found, Documents], bool]] = {
        "outreach": outreach,
        "messages": message,
        "gaps": gap,
        "approvals": approval,
        "audit_logs": audit_log,
    }
    for collection, handle in kinds.items():
        for found in store.due(collection, clock.now(), AT_ONCE):
            documents = store.salon(found.salon_id) if found.salon_id else store.platform()
            try:
                if handle(found, documents):
                    swept.moved[collection] = swept.moved.get(collection, 0) + 1
            except Exception as failure:
                failures.append(failure)
                if isinstance(failure, ValidationError):
                    _look_at_it_seldom(found, documents, clock.now())
    if failures:
        raise ExceptionGroup("documents that could not be moved on", failures)
    return swept


def _look_at_it_seldom(found: Found, documents: Documents, now: datetime) -> None:
    snapshot = documents.get(found.path)
    if snapshot is not None and snapshot.data["due_at"] is not None and snapshot.data["due_at"] <= now:
        documents.commit(Update(found.path, {"due_at": now + BROKEN_AGAIN}, unchanged_since=snapshot.version))


def _outgoing_due(found: Found, documents: Documents, clock: Clock) -> bool:
    snapshot = documents.get(found.path)
    return snapshot is not None and _move_on(outgoing(snapshot), snapshot, documents, clock)


def _move_on(message: Outreach | Message, snapshot: Snapshot, documents: Documents, clock: Clock) -> bool:
    """A commit that fails met somebody who moved it on meanwhile, which is as good."""
    now = clock.now()
    if message.due_at is None or message.due_at > now:
        return False
    if isinstance(message, Outreach) and message.response.owed:
        return documents.commit(*late_yes_due(message, snapshot, documents, now=now, actor=ACTOR))
    if now >= message.expires_at:
        closed = expired(message, reason="nobody answered in time", now=now, actor=ACTOR)
        return documents.commit(*replace(closed, snapshot), *ended(message, closed.document, documents))
    if message.status == "pending":
        return documents.commit(*replace(requested_again(message, now=now, actor=ACTOR), snapshot))
    if message.status == "sending":
        lost = answer_lost(message, reason="whoever claimed it never came back", now=now, actor=ACTOR)
        return documents.commit(*replace(lost, snapshot))
    if isinstance(message, Outreach) and message.status in ("sent", "unknown"):
        return _not_arrived(message, snapshot, documents, now)
    return False


def _not_arrived(offer: Outreach, snapshot: Snapshot, documents: Documents, now: datetime) -> bool:
    """Its round no longer counts on it, which is said in the same commit, or nobody would look at the gap now."""
    found = documents.get(f"gaps/{offer.trigger_id}")
    gap = Gap.model_validate(found.data) if found else None
    writes = [*replace(not_arrived(offer, now=now, actor=ACTOR), snapshot)]
    if gap is not None and gap.is_open:
        writes += replace(announced_due(gap, reason="no_delivery", again_at=gap.due_at, now=now, actor=ACTOR), found)
    return documents.commit(*writes)


def _message_due(found: Found, documents: Documents, clock: Clock, deployment: Deployment) -> bool:
    snapshot = documents.get(found.path)
    if snapshot is None:
        return False
    if snapshot.data.get("direction") == "out":
        return _move_on(outgoing(snapshot), snapshot, documents, clock)
    said: Inbound = inbound(snapshot)
    now = clock.now()
    if said.handled_at is not None or said.due_at is None or said.due_at > now:
        return False
    if now >= said.received_at + KEEP_TRYING:
        return give_up(found.path, documents=documents, clock=clock)
    # Put off first: a message that cannot be answered must not be tried every minute.
    later = put_off(said, until=now + ANSWER_LEASE * 2 ** min(said.revision, 6), now=now)
    if not documents.commit(*replace(later, snapshot)):
        return False
    return answer_message(found.path, documents=documents, clock=clock, deployment=deployment) != "handled before"


def _gap_due(found: Found, documents: Documents, clock: Clock) -> bool:
    snapshot = documents.get(found.path)
    if snapshot is None:
        return False
    gap = Gap.model_validate(snapshot.data)
    now = clock.now()
    if not gap.is_open or gap.due_at is None or gap.due_at > now:
        return False
    if now >= gap.expires_at:
        reconcile_staff_day(gap.staff_id, gap.date, documents=documents, clock=clock, actor=ACTOR)
        return True
    reason = "settled" if gap.campaign.status == "settling" else "round_due"
    again_at = min(now + ANNOUNCE_AGAIN, gap.expires_at)
    due = announced_due(gap, reason=reason, again_at=again_at, now=now, actor=ACTOR)
    return documents.commit(*replace(due, snapshot))
