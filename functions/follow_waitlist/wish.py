"""What a wish on the waitlist means where the booking app left something out."""

from datetime import datetime
from typing import Any

from shared.customers.waitlist import WaitlistEntry


def unsaid(wish: WaitlistEntry, written: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """The fields that are missing in what was written, or null, with what that means. A wish that does not say since when it waits
    waits since now; what may be null for good is left alone."""
    meant = {**wish.stored(), "created_at": wish.created_at or now}
    return {name: value for name, value in meant.items() if value is not None and written.get(name) is None}


def with_ours(written: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What was written, with how the wish stood and since when, where that is left out and was there before: nobody who is booked is
    put back on the list because an app that does not know the status wrote its own fields anew."""
    ours = {name: before.get(name) for name in ("status", "created_at")}
    return {**written, **{name: value for name, value in ours.items() if written.get(name) is None}}
