"""Lets a wish wait again when the ask that held it ends."""

from datetime import datetime

from shared.asking.outreach import Outreach
from shared.customers.move_waitlist import waitlist_moved
from shared.customers.waitlist import WaitlistEntry
from shared.ports import Reader, Write
from shared.records.read_documents import readable_one


def entry_waits_again(outreach: Outreach, documents: Reader, now: datetime) -> tuple[Write, ...]:
    """The writes that let the wish wait as before, when the ask from the waitlist ended without a sale. `outreach` is
    the ask as it was: one that had ended before holds the wish no more, another may."""
    if outreach.waitlist_entry_id is None or not outreach.is_open:
        return ()
    read = documents.get(f"waitlist/{outreach.waitlist_entry_id}")
    entry = readable_one(WaitlistEntry, read)
    if entry is None or entry.status != "offered":
        return ()
    return waitlist_moved(entry, "waiting", salon_id=outreach.salon_id, now=now, about=outreach.id, read=read)
