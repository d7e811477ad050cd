"""A wish that an ask held waits again when the ask ends."""

from datetime import datetime

from shared.asking.outreach import Outreach
from shared.customers.move_waitlist import waitlist_moved
from shared.customers.waitlist import WaitlistEntry
from shared.ports import Reader, Write
from shared.records.read_documents import readable_one


def entry_waits_again(outreach: Outreach, documents: Reader, now: datetime) -> tuple[Write, ...]:
    """Whoever is offered a time from the waitlist and does not get it waits as before. `outreach` is the ask as it was: one
    that ended earlier holds the entry no more, another may."""
    if outreach.waitlist_entry_id is None or not outreach.is_open:
        return ()
    entry = readable_one(WaitlistEntry, documents.get(f"waitlist/{outreach.waitlist_entry_id}"))
    if entry is None or entry.status != "offered":
        return ()
    return waitlist_moved(entry, "waiting", salon_id=outreach.salon_id, now=now, about=outreach.id)
