"""Somebody who might take a gap, how they came to mind, and what that alone says: their odds, and the consent they need."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.asking.outreach import Outreach
from shared.asking.person import Person
from shared.calendar.booking import Booking
from shared.customers.customer import ConsentPurpose, Customer
from shared.customers.waitlist import WaitlistEntry

Source = Literal["waitlist_exact", "waitlist_partial", "sooner", "overdue", "regular", "late_yes"]

PRIOR: dict[Source, float] = {
    "waitlist_exact": 0.25,
    "waitlist_partial": 0.12,
    "sooner": 0.10,
    "overdue": 0.08,
    "regular": 0.08,
    # They have just said yes to something like it.
    "late_yes": 0.25,
}
"""P(accepts | delivered) before anything is known about this salon, and before the lead time is."""
PURPOSE: dict[Source, ConsentPurpose] = {
    "waitlist_exact": "service",
    "waitlist_partial": "marketing",
    "sooner": "marketing",
    "overdue": "marketing",
    "regular": "marketing",
    "late_yes": "service",
}
"""The consent that an ask needs. Whoever wished for the time, or said yes to it, hears what they asked for; the others are
promoted to."""
REGULAR_FROM_VISITS = 2


@dataclass(frozen=True)
class Prospect:
    """`service_id` is what they would come for, `moves` the later booking that they would give up if they come sooner.
    `bookings` are their own around the gap; `asks` are those of the last 14 days to this customer or to one of their
    addresses. `usual_interval` and `last_visit` are only known of those who come often. `opted_out` are the (channel,
    purpose) pairs that they have withdrawn. `unanswered` says that something they wrote waits for a person."""

    customer: Customer
    source: Source
    service_id: str
    entry: WaitlistEntry | None = None
    visits: int = 0
    segment: str = "regular"
    moves: Booking | None = None
    last_visit: datetime | None = None
    usual_interval: timedelta | None = None
    bookings: tuple[Booking, ...] = ()
    asks: tuple[Outreach, ...] = ()
    opted_out: frozenset[tuple[str, str]] = frozenset()
    unanswered: bool = False

    @property
    def person(self) -> Person:
        return Person(self.customer, self.asks, self.opted_out, self.unanswered)

    @property
    def windows(self) -> int:
        """How many stretches of time they named in their wish."""
        return len(self.entry.windows) if self.entry else 0

    @property
    def ignored(self) -> int:
        """How many of our asks they left unanswered until the deadline. One that we withdrew was not ignored."""
        return sum(ask.customer_id == self.customer.id and ask.was_ignored for ask in self.asks)


def why(prospect: Prospect) -> str:
    """Says why this person came to mind, as the decision keeps it."""
    match prospect.source:
        case "waitlist_exact":
            return "waits for exactly this"
        case "waitlist_partial":
            return "waits for this with another stylist"
        case "sooner":
            return "has a later booking and would come sooner"
        case "overdue":
            return "is due for a visit"
        case "regular":
            return f"regular of this staff member ({prospect.visits} visits)"
        case "late_yes":
            return "said yes too late to another time"
