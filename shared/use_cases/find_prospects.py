"""Who might take a gap, from queries with limits; never a scan of all customers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import ValidationError

from shared.domain.booking import Booking
from shared.domain.candidates import REGULAR_FROM_VISITS, Prospect
from shared.domain.consent import withdrawn
from shared.domain.customer import Customer
from shared.domain.gap import Gap
from shared.domain.identity import address_key
from shared.domain.limits import WEEK
from shared.domain.outreach import Outreach
from shared.domain.waitlist import WaitlistEntry
from shared.ports import Query, Reader
from shared.use_cases.load_calendar import readable
from shared.use_cases.opting import withdrawal_records

REGULAR_WITHIN = timedelta(days=120)
MOST_VISITS = 600
MOST_ENTRIES = 300
"""Far above `candidate_pool`: windows, staff and visits are only looked at here, so a smaller limit could fill up with
wishes that match nothing and hide one that does."""
IN_LIMIT = 30
"""Firestore's limit of values for one `in`."""
DAY = timedelta(days=1)


def find_prospects(gap: Gap, *, pool: int, documents: Reader, signing_key: bytes, now: datetime) -> list[Prospect]:
    """At most `pool` prospects, the waitlist before regulars, each with what is known about them."""
    entries = _waitlist(gap, documents, now)
    visits = _regulars(gap, documents, now)
    wanted = list(dict.fromkeys([*entries, *visits]))[:pool]
    customers = _customers(wanted, documents)
    facts = _Facts(list(customers.values()), gap, documents, signing_key, now)
    prospects = []
    for customer_id, customer in customers.items():
        entry = entries.get(customer_id)
        service_id = _service(entry, visits.get(customer_id), gap)
        if entry is None and visits.get(customer_id) is None:
            continue
        prospects.append(
            Prospect(
                customer=customer,
                source="waitlist_exact" if entry else "regular",
                service_id=service_id,
                entry=entry,
                visits=visits[customer_id].visits if customer_id in visits else 0,
                bookings=facts.bookings(customer),
                asks=facts.asks(customer),
                opted_out=facts.opted_out(customer),
            )
        )
    return prospects


def keys_of(customer: Customer, signing_key: bytes) -> list[str]:
    """The identities of this customer's address, one a channel."""
    if not customer.phone:
        return []
    return [address_key(signing_key, channel, customer.phone) for channel in ("whatsapp", "sms")]


def recent_asks(documents: Reader, field: str, values: Sequence[str], now: datetime) -> list[Outreach]:
    """The asks of the last seven days whose `field` is one of `values`."""
    found = []
    for some in _chunks(values):
        query = Query("outreach", where=((field, "in", some), ("created_at", ">", now - WEEK)))
        found += [Outreach.model_validate(snapshot.data) for snapshot in documents.query(query)]
    return found


def _waitlist(gap: Gap, documents: Reader, now: datetime) -> dict[str, WaitlistEntry]:
    """By customer: their foremost standing entry for a service that fits, for this staff member or any."""
    found: dict[str, WaitlistEntry] = {}
    for service_id in gap.services_fittable:
        query = Query(
            "waitlist",
            where=(("service_ids", "array_contains", service_id), ("status", "==", "waiting")),
            order_by=("created_at",),
            limit=MOST_ENTRIES,
        )
        for entry in readable(WaitlistEntry, documents, query):
            if entry.over(now) or (entry.staff_ids and gap.staff_id not in entry.staff_ids):
                continue
            if entry.windows and not any(window.stretch.overlaps(gap.stretch) for window in entry.windows):
                continue
            best = found.get(entry.customer_id)
            if best is None or entry.priority > best.priority:
                found[entry.customer_id] = entry
    return dict(sorted(found.items(), key=lambda item: (-item[1].priority, str(item[1].created_at), item[0])))


@dataclass
class _History:
    """What somebody had from this staff member of late. One visit may be for several services."""

    visits: int = 0
    services: Counter[str] = field(default_factory=Counter)


def _regulars(gap: Gap, documents: Reader, now: datetime) -> dict[str, _History]:
    """By customer, most frequent first."""
    query = Query(
        "bookings",
        where=(
            ("staff_id", "==", gap.staff_id),
            ("start_time", ">", now - REGULAR_WITHIN),
            ("start_time", "<", now),
        ),
        order_by=("-start_time",),
        limit=MOST_VISITS,
    )
    histories: dict[str, _History] = {}
    for booking in readable(Booking, documents, query):
        if booking.customer_id and booking.occupies:
            history = histories.setdefault(booking.customer_id, _History())
            history.visits += 1
            history.services.update(booking.service_ids)
    regular = {customer: had for customer, had in histories.items() if had.visits >= REGULAR_FROM_VISITS}
    return dict(sorted(regular.items(), key=lambda item: (-item[1].visits, item[0])))


def _service(entry: WaitlistEntry | None, had: _History | None, gap: Gap) -> str:
    """What they wait for, else what they had most often, as far as it fits."""
    services = had.services if had else Counter()
    wishes = entry.service_ids if entry else [service for service, _ in sorted(services.items(), key=_most)]
    return next((service for service in wishes if service in gap.services_fittable), wishes[0] if wishes else "")


def _most(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _customers(ids: Sequence[str], documents: Reader) -> dict[str, Customer]:
    customers = {}
    for snapshot in documents.get_all([f"customers/{customer_id}" for customer_id in ids]):
        try:
            customers[snapshot.id] = Customer.from_document(snapshot.id, snapshot.data)
        except ValidationError:
            continue
    return customers


class _Facts:
    """Bookings, asks and opt-outs of all these customers, in a few queries."""

    def __init__(
        self, customers: Sequence[Customer], gap: Gap, documents: Reader, signing_key: bytes, now: datetime
    ) -> None:
        self._keys = {customer.id: keys_of(customer, signing_key) for customer in customers}
        ids = list(self._keys)
        every_key = [key for keys in self._keys.values() for key in keys]
        self._bookings: list[Booking] = []
        for some in _chunks(ids):
            query = Query(
                "bookings",
                where=(
                    ("customer_id", "in", some),
                    ("start_time", ">", gap.start_time - DAY),
                    ("start_time", "<", gap.end_time),
                ),
            )
            self._bookings += readable(Booking, documents, query)
        asks = recent_asks(documents, "customer_id", ids, now) + recent_asks(documents, "address_key", every_key, now)
        self._asks = list({ask.id: ask for ask in asks}.values())
        self._ledger = withdrawal_records(documents, every_key)

    def bookings(self, customer: Customer) -> tuple[Booking, ...]:
        return tuple(booking for booking in self._bookings if booking.customer_id == customer.id)

    def asks(self, customer: Customer) -> tuple[Outreach, ...]:
        keys = self._keys[customer.id]
        return tuple(ask for ask in self._asks if ask.customer_id == customer.id or ask.address_key in keys)

    def opted_out(self, customer: Customer) -> frozenset[tuple[str, str]]:
        return withdrawn(record for key in self._keys[customer.id] for record in self._ledger.get(key, []))


def _chunks(values: Sequence[str]) -> list[list[str]]:
    return [list(values[start : start + IN_LIMIT]) for start in range(0, len(values), IN_LIMIT)]
