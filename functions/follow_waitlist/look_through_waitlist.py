"""Looks through the wishes that were there before, or whose event was lost, a page at a time: those that leave something out, or
whose time has passed, are followed as if they were just written. No query could find them, for it finds no document by a field
that it lacks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.follow_waitlist.follow_wish import follow_wish
from functions.follow_waitlist.waitlist_cursor import WaitlistCursor
from functions.follow_waitlist.wish import unsaid
from shared.customers.waitlist import WaitlistEntry
from shared.ports import Bus, Clock, Documents, Query, Snapshot
from shared.records.ask_for_job import ask_for_job
from shared.records.commit import save
from shared.records.read_documents import readable_one

JOB: Final = "follow_waitlist"
AT_ONCE: Final = 100
"""As many wishes are looked at in an hour, once all have been."""


@dataclass(frozen=True)
class LookedThrough:
    wishes: int
    followed: int


def look_through_waitlist(*, documents: Documents, bus: Bus, clock: Clock) -> LookedThrough:
    kept = documents.get(WaitlistCursor.path)
    cursor = WaitlistCursor.model_validate(kept.data) if kept else WaitlistCursor()
    page = documents.query(Query("waitlist", limit=AT_ONCE, after=cursor.after))
    found = [snapshot.id for snapshot in page if _is_to_be_followed(snapshot, clock.now())]
    for entry_id in found:
        follow_wish(entry_id, documents=documents, clock=clock)
    full = len(page) == AT_ONCE
    position = WaitlistCursor(after=page[-1].id if full else None, through=cursor.through or not full)
    # Where another look was faster, it has done the same, and goes on.
    if position != cursor and documents.commit(save(WaitlistCursor.path, position, kept)) and not position.through:
        ask_for_job(JOB, documents.salon_id, at=clock.now(), bus=bus)
    return LookedThrough(len(page), len(found))


def _is_to_be_followed(snapshot: Snapshot, now: datetime) -> bool:
    wish = readable_one(WaitlistEntry, snapshot)
    if wish is None:
        return True
    return wish.standing and (wish.over(now) or bool(unsaid(wish, snapshot.data, now=now)))
