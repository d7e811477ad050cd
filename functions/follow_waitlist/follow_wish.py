"""Follows a wish on the waitlist that was written: fills in what the booking app left out, because a query finds no document
without the field it asks for, and announces the wish to whoever fills gaps. What stands now counts, not what the event carried:
our own write comes back as an event, and finds nothing to do."""

from datetime import datetime
from typing import Literal

from functions.follow_waitlist.wish import unsaid, with_ours
from shared.calendar.report_problems import set_aside
from shared.customers.move_waitlist import waitlist_moved
from shared.customers.waitlist import WaitlistEntry
from shared.ports import Clock, Data, Documents, Reader, Update, Write
from shared.records.audit import AuditRecord, record_fact
from shared.records.commit import fact, until_committed
from shared.records.problem import Problem, readable_or_problem

ACTOR = "follow_waitlist"

Outcome = Literal["followed", "unchanged", "expired", "set aside", "gone"]


def follow_wish(entry_id: str, *, before: Data | None = None, documents: Documents, clock: Clock) -> Outcome:
    """Follows the wish as it stands. `before` is what was there before the write, where that is known: an app that replaces the whole
    document takes away what we had filled in."""
    return until_committed(lambda: _followed(entry_id, before or {}, documents, clock.now()), clock=clock)


def _followed(entry_id: str, before: Data, documents: Documents, now: datetime) -> Outcome | None:
    """None when somebody else wrote the wish meanwhile."""
    found = documents.get(f"waitlist/{entry_id}")
    if found is None:
        return "gone"
    read = readable_or_problem(WaitlistEntry, "waitlist", entry_id, with_ours(found.data, before))
    if isinstance(read, Problem):
        set_aside([read], documents=documents, now=now, actor=ACTOR)
        return "set aside"
    left_out = unsaid(read, found.data, now=now)
    if not read.standing and "status" not in left_out:
        return "unchanged"
    if read.over(now) and read.status == "waiting":
        about = f"over:{found.version}"
        moved = waitlist_moved(read, "expired", salon_id=documents.salon_id, now=now, about=about, read=found)
        return "expired" if documents.commit(*moved) else None
    problems = _unknown(read, documents) if read.standing else []
    set_aside(problems, documents=documents, now=now, actor=ACTOR)
    writes: list[Write] = []
    if left_out:
        filled = _filled_in(read, left_out, found.version, documents.salon_id, now)
        writes += [Update(found.path, left_out, unchanged_since=found.version), fact(filled)]
    heard = _heard_of(read.changed(**left_out), documents.salon_id, now)
    if read.status == "waiting" and not problems and documents.get(heard.path) is None:
        writes.append(fact(heard))
    if writes and not documents.commit(*writes):
        return None
    return "set aside" if problems else "followed" if writes else "unchanged"


def _unknown(wish: WaitlistEntry, documents: Reader) -> list[Problem]:
    """What the wish names and the salon does not have."""
    named = [
        (f"customers/{wish.customer_id}", f"customer {wish.customer_id} is unknown", "nobody can be asked"),
        *((f"services/{id}", f"service {id} is unknown", "no free time is offered for it") for id in wish.service_ids),
        *((f"staff/{id}", f"staff member {id} is unknown", "they have no free time") for id in wish.staff_ids),
    ]
    there = {snapshot.path for snapshot in documents.get_all([path for path, _, _ in named])}
    return [
        Problem("waitlist", wish.id, what, f"{what}: {so}", "unknown_waitlist")
        for path, what, so in named
        if path not in there
    ]


def _filled_in(wish: WaitlistEntry, left_out: Data, version: str, salon_id: str, now: datetime) -> AuditRecord:
    return record_fact(
        salon_id=salon_id,
        resource_type="waitlist",
        resource_id=wish.id,
        version=f"filled:{version}",
        now=now,
        actor=ACTOR,
        event="waitlist_changed",
        action="What a wish on the waitlist leaves out was filled in",
        details={"filled_in": sorted(left_out)},
    )


def _heard_of(wish: WaitlistEntry, salon_id: str, now: datetime) -> AuditRecord:
    """The record that announces a wish that says this: the same however often it is written. What moves it between waiting and
    offered says nothing new about it."""
    return record_fact(
        salon_id=salon_id,
        resource_type="waitlist",
        resource_id=wish.id,
        version=wish.model_dump_json(exclude={"status"}),
        now=now,
        actor=ACTOR,
        event="waitlist_changed",
        action="A wish on the waitlist was heard of",
        announces="WAITLIST_CHANGED",
    )
