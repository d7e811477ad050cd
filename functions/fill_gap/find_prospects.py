"""Who might take a gap, from queries with limits; never a scan of all customers."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from functions.fill_gap.customer_score import CustomerScore
from functions.fill_gap.prospect import REGULAR_FROM_VISITS, Prospect, Source
from shared.asking.load_people import load_people
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.customers.customer import Customer
from shared.customers.waitlist import WaitlistEntry
from shared.ports import Query, Reader
from shared.records.read_documents import readable
from shared.records.split_query import queries_by_values

REGULAR_WITHIN = timedelta(days=120)
SOONER_WITHIN = timedelta(days=21)
PER_PLACE = 5
"""What is read of each source, as a multiple of `candidate_pool`: windows, staff and visits are only looked at here, so the
bare pool could fill up with wishes that match nothing and hide one that does."""
Wanted = tuple[str, Literal["==", "array_contains"], Any]
ANY_SERVICE: Final[Wanted] = ("service_ids", "==", [])
DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Lead:
    """Why somebody came to mind, before anything else is known of them. `wishes` are services, dearest first."""

    source: Source
    wishes: tuple[str, ...]
    entry: WaitlistEntry | None = None
    moves: Booking | None = None


def find_prospects(
    gap: Gap, *, pool: int, documents: Reader, country: str | None, signing_key: bytes, now: datetime
) -> list[Prospect]:
    """At most `pool` prospects, each with what is known about them. Whoever comes from several sources counts as what
    they are likeliest to accept as."""
    histories = _histories(gap, pool, documents, now)
    leads: dict[str, _Lead] = {}
    for found in (
        _waitlist(gap, pool, documents, now),
        _sooner(gap, pool, documents),
        _overdue(gap, pool, documents, now),
        _regulars(histories),
    ):
        for customer_id, lead in found.items():
            leads.setdefault(customer_id, lead)
    customers = _customers(list(leads)[:pool], documents)
    scores = {score.customer_id: score for score in _scores(list(customers), documents)}
    bookings = _bookings_around(gap, list(customers), documents)
    people = load_people(list(customers.values()), documents, country=country, signing_key=signing_key, now=now)
    prospects = []
    for customer_id, person in people.items():
        customer, lead, history, score = (
            person.customer,
            leads[customer_id],
            histories.get(customer_id),
            scores.get(customer_id),
        )
        wishes = lead.wishes or tuple(customer.preferred_service_ids)
        if lead.entry is not None and not lead.wishes:
            wishes += tuple(gap.services_fittable)
        prospects.append(
            Prospect(
                customer=customer,
                source=lead.source,
                service_id=next(
                    (wish for wish in wishes if wish in gap.services_fittable), wishes[0] if wishes else ""
                ),
                entry=lead.entry,
                moves=lead.moves,
                visits=history.visits if history else 0,
                segment=score.segment if score else "regular",
                last_visit=history.last if history else None,
                usual_interval=score.usual_interval if score else history.usual_interval if history else None,
                bookings=tuple(booking for booking in bookings if booking.customer_id == customer_id),
                asks=person.asks,
                opted_out=person.opted_out,
                unanswered=person.unanswered,
            )
        )
    return prospects


def _waitlist(gap: Gap, pool: int, documents: Reader, now: datetime) -> dict[str, _Lead]:
    """By customer: their foremost standing wish for a service that fits, or for any. One for other staff members matches in part."""
    found: dict[str, _Lead] = {}
    fitting: list[Wanted] = [("service_ids", "array_contains", service_id) for service_id in gap.services_fittable]
    for wanted in [*fitting, ANY_SERVICE]:
        query = Query(
            "waitlist",
            where=(wanted, ("status", "==", "waiting")),
            order_by=("created_at",),
            limit=PER_PLACE * pool,
        )
        for entry in readable(WaitlistEntry, documents.query(query)):
            if entry.over(now) or (entry.windows and not any(w.stretch.overlaps(gap.stretch) for w in entry.windows)):
                continue
            exact = not entry.staff_ids or gap.staff_id in entry.staff_ids
            source: Source = "waitlist_exact" if exact else "waitlist_partial"
            lead = _Lead(source, tuple(entry.service_ids), entry=entry)
            best = found.get(entry.customer_id)
            if best is None or _wish_order(lead) < _wish_order(best):
                found[entry.customer_id] = lead
    return dict(sorted(found.items(), key=lambda item: (*_wish_order(item[1]), item[0])))


def _wish_order(lead: _Lead) -> tuple[str, int, str]:
    assert lead.entry is not None, "a wish has its entry"
    return lead.source, -lead.entry.priority, str(lead.entry.created_at)


def _sooner(gap: Gap, pool: int, documents: Reader) -> dict[str, _Lead]:
    """Who has a later booking that would fit; whether they want to come sooner, their customer document says."""
    query = Query(
        "bookings",
        where=(
            ("status", "==", "confirmed"),
            ("start_time", ">", gap.end_time),
            ("start_time", "<", gap.end_time + SOONER_WITHIN),
        ),
        order_by=("start_time",),
        limit=PER_PLACE * pool,
    )
    found: dict[str, _Lead] = {}
    for booking in readable(Booking, documents.query(query)):
        fits = len(booking.service_ids) == 1 and booking.service_ids[0] in gap.services_fittable
        if booking.customer_id and fits:
            lead = _Lead("sooner", tuple(booking.service_ids), moves=booking)
            found.setdefault(booking.customer_id, lead)
    willing = _customers(list(found), documents, only=lambda customer: customer.sooner_opt_in)
    return {customer_id: lead for customer_id, lead in found.items() if customer_id in willing}


def _overdue(gap: Gap, pool: int, documents: Reader, now: datetime) -> dict[str, _Lead]:
    """Whose next visit is due by the day of the gap, longest overdue first."""
    query = Query(
        "customer_scores",
        where=(("visit_frequency.next_predicted", "<=", gap.date),),
        order_by=("visit_frequency.next_predicted",),
        limit=pool,
    )
    scores = [CustomerScore.model_validate(snapshot.data) for snapshot in documents.query(query)]
    return {
        score.customer_id: _Lead("overdue", tuple(score.preferences.preferred_services))
        for score in scores
        if not score.preferences.preferred_staff or gap.staff_id in score.preferences.preferred_staff
    }


@dataclass
class _History:
    """What somebody had from this staff member of late, latest first. One visit may be for several services."""

    at: list[datetime] = field(default_factory=list)
    services: Counter[str] = field(default_factory=Counter)

    @property
    def visits(self) -> int:
        return len(self.at)

    @property
    def last(self) -> datetime:
        return self.at[0]

    @property
    def usual_interval(self) -> timedelta | None:
        return (self.at[0] - self.at[-1]) / (len(self.at) - 1) if len(self.at) > 1 else None


def _histories(gap: Gap, pool: int, documents: Reader, now: datetime) -> dict[str, _History]:
    query = Query(
        "bookings",
        where=(
            ("staff_id", "==", gap.staff_id),
            ("start_time", ">", now - REGULAR_WITHIN),
            ("start_time", "<", now),
        ),
        order_by=("-start_time",),
        limit=PER_PLACE * pool,
    )
    histories: dict[str, _History] = {}
    for booking in readable(Booking, documents.query(query)):
        if booking.customer_id and booking.occupies:
            history = histories.setdefault(booking.customer_id, _History())
            history.at.append(booking.start_time)
            history.services.update(booking.service_ids)
    return histories


def _regulars(histories: Mapping[str, _History]) -> dict[str, _Lead]:
    """Most frequent first."""
    regular = {customer: had for customer, had in histories.items() if had.visits >= REGULAR_FROM_VISITS}
    ordered = sorted(regular.items(), key=lambda item: (-item[1].visits, item[0]))
    return {
        customer: _Lead("regular", tuple(sorted(had.services, key=lambda s: (-had.services[s], s))))
        for customer, had in ordered
    }


def _scores(ids: Sequence[str], documents: Reader) -> list[CustomerScore]:
    found = documents.get_all([f"customer_scores/{customer_id}" for customer_id in ids])
    return [CustomerScore.model_validate(snapshot.data) for snapshot in found]


def _customers(
    ids: Sequence[str], documents: Reader, only: Callable[[Customer], bool] = lambda _: True
) -> dict[str, Customer]:
    found = readable(Customer, documents.get_all([f"customers/{customer_id}" for customer_id in ids]))
    return {customer.id: customer for customer in found if only(customer)}


def _bookings_around(gap: Gap, ids: Sequence[str], documents: Reader) -> list[Booking]:
    """What these customers have booked near the gap."""
    queries = queries_by_values(
        "bookings", "customer_id", ids, ("start_time", ">", gap.start_time - DAY), ("start_time", "<", gap.end_time)
    )
    return [booking for query in queries for booking in readable(Booking, documents.query(query))]
