"""Changes the status of a wish on the booking app's waitlist, with an audited reason."""

from datetime import datetime
from typing import Literal

from shared.customers.waitlist import WaitlistEntry
from shared.ports import Snapshot, Update, Write
from shared.records.audit import record_fact
from shared.records.commit import fact

Move = Literal["offered", "waiting", "booked", "expired"]


def waitlist_moved(
    entry: WaitlistEntry, move: Move, *, salon_id: str, now: datetime, about: str = "", read: Snapshot | None = None
) -> tuple[Write, ...]:
    """The writes that move a wish on, none where it stands there already. `about` names what moved it, so that the next
    move for another reason has an audit record of its own. With the snapshot it was decided on, the commit fails when somebody
    wrote the wish since, the app too; inside a transaction that is seen to."""
    if entry.status == move:
        return ()
    ways = {"offered": entry.offered, "waiting": entry.waiting_again, "booked": entry.booked, "expired": entry.expired}
    moved = ways[move]()
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
    fields = {"status": moved.status, "updated_at": now}
    return Update(f"waitlist/{entry.id}", fields, unchanged_since=read.version if read else None), fact(record)
