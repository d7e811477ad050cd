"""What we write into the booking app's waitlist: its status, with an audited reason."""

from datetime import datetime
from typing import Literal

from shared.domain.audit import record_fact
from shared.domain.outreach import Outreach
from shared.domain.waitlist import WaitlistEntry
from shared.ports import Reader, Update, Write
from shared.use_cases.writing import fact

Move = Literal["offered", "waiting", "booked"]


def waitlist_moved(
    entry: WaitlistEntry, move: Move, *, salon_id: str, now: datetime, about: str = ""
) -> tuple[Write, ...]:
    """`about` names what moved it, so that the next move for another reason has an audit record of its own."""
    if entry.status == move:
        return ()
    moved = {"offered": entry.offered, "waiting": entry.waiting_again, "booked": entry.booked}[move]()
    record = record_fact(
        salon_id=salon_id,
        resource_type="waitlist",
        resource_id=entry.id,
        version=f"{about}:{moved.status}",
        now=now,
        actor="waitlist_agent",
        event="waitlist_changed",
        action=f"Waitlist entry {entry.status} -> {moved.status}",
        details={"about": about},
    )
    return Update(f"waitlist/{entry.id}", {"status": moved.status, "updated_at": now}), fact(record)


def entry_waits_again(outreach: Outreach, documents: Reader, now: datetime) -> tuple[Write, ...]:
    """Whoever was offered a time from the waitlist and did not get it waits as before."""
    found = documents.get(f"waitlist/{outreach.waitlist_entry_id}") if outreach.waitlist_entry_id else None
    if found is None:
        return ()
    entry = WaitlistEntry.from_document(found.id, found.data)
    if entry.status != "offered":
        return ()
    return waitlist_moved(entry, "waiting", salon_id=outreach.salon_id, now=now, about=outreach.id)
