"""How far the waitlist of a salon has been looked through."""

from typing import ClassVar

from shared.records.stored import Stored


class WaitlistCursor(Stored):
    """`counters/waitlist`. The next look goes on after the wish `after`, or from the beginning where it is null. `through` says that
    all were looked at once: until then one look follows another, and after that they keep to the hour."""

    path: ClassVar[str] = "counters/waitlist"

    after: str | None = None
    through: bool = False
