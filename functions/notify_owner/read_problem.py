"""Reads what an alert is about, so that it can be said in words its reader knows: a booking by its staff member and its time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.messaging.phrases import in_form, phrases
from shared.ports import Reader

FIELDS: Final = re.compile(r"[(;] ?(\w+)[\w.]*: ")
"""The outermost fields that `shared/records/problem.py` names."""
PLAIN: Final = re.compile(r"[A-Za-z0-9][\w-]{0,127}", re.ASCII)


@dataclass(frozen=True)
class Named:
    """A problem that there are words for. `name` is of a staff member, a service or a customer, or of what is wrong in the salon; `count` is
    of bookings, the first of them at `when`; `id` is what is left to name a document by of which nothing can be read."""

    code: str
    name: str
    count: int
    id: str
    when: datetime | None = None


def read_problem(details: Mapping[str, Any], documents: Reader) -> Named | None:
    """What the record of an alert is about, or None where it is told as it is written."""
    code = details.get("problem")
    if not isinstance(code, str):
        return None
    ids = details.get("booking_ids") or [details.get("booking_id") or details.get("example", "")]
    kind = code.removeprefix("unreadable_")
    if kind == "salon":
        return Named(code, ", ".join(dict.fromkeys(FIELDS.findall(details["kind"]))), 1, "")
    if code in ("unreadable_waitlist", "unknown_waitlist"):
        return Named(code, _waiting(ids[0], documents), 1, str(ids[0]))
    collection = {"staff": "staff", "service": "services", "customer": "customers", "phone": "customers"}.get(
        kind, "bookings"
    )
    found = documents.get_all([f"{collection}/{id}" for id in ids if id])
    if collection != "bookings":
        return Named(code, _text(found[0].data, "name") if found else "", 1, str(ids[0]))
    starts = [each.data.get("start_time") for each in found]
    moments = [start for start in starts if isinstance(start, datetime) and start.tzinfo is not None]
    staff_id = _text(found[0].data, "staff_id") if found else ""
    # It may be what cannot be read in the booking.
    staff = documents.get(f"staff/{staff_id}") if PLAIN.fullmatch(staff_id) else None
    name = _text(staff.data, "name") if staff else ""
    return Named(code, name, len(ids), str(ids[0]), min(moments, default=None))


def _waiting(entry_id: str, documents: Reader) -> str:
    """The name of whoever waits by that entry, or nothing where that cannot be read."""
    entry = documents.get(f"waitlist/{entry_id}")
    customer_id = _text(entry.data, "customer_id") if entry else ""
    customer = documents.get(f"customers/{customer_id}") if PLAIN.fullmatch(customer_id) else None
    return _text(customer.data, "name") if customer else ""


def spoken_problem(named: Named, locale: str, *, when: str) -> str:
    """Says the problem in the reader's language; `when` is the time it is about, or empty."""
    words = phrases(__file__, locale)
    known = words["booking"]["known" if named.name and when else "unknown"]
    booking = str(known).format(name=named.name, when=when, id=named.id)
    said = in_form(words["problem"][named.code], named.count, locale)
    return said.format(name=named.name or named.id, booking=booking, count=named.count, when=when)


def _text(data: Mapping[str, Any], field: str) -> str:
    found = data.get(field)
    return found if isinstance(found, str) else ""
