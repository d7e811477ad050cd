"""Who could be asked: the customers of a simulated salon as they stand at a time, what they have booked, wished for and
given up. Prospects come in the order and within the bounds of the suite's own queries (use_cases.find_prospects)."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from itertools import chain

from bench.policy_world import World
from local.customers import Circumstance
from shared.domain.booking import Booking
from shared.domain.candidates import REGULAR_FROM_VISITS, Prospect, Source
from shared.domain.gap import Gap
from shared.domain.outreach import Outreach, Slot
from shared.domain.waitlist import WaitlistEntry
from shared.use_cases.find_prospects import PER_PLACE, REGULAR_WITHIN, REMEMBERED, SOONER_WITHIN

DAY = timedelta(days=1)
EVERYTHING = frozenset((channel, purpose) for channel in ("whatsapp", "sms") for purpose in ("marketing", "service"))
"""What a STOP withdraws."""
Lead = tuple[Source, str, str, WaitlistEntry | None, Booking | None]
"""Why somebody came to mind: source, customer, service, wish, the booking they would give up."""


class Clientele:
    """Changed only by what the month does to it: `sold`, `gave_up`, `served` and `opted_out`."""

    def __init__(self, world: World, until: datetime) -> None:
        self.world = world
        self._bookings: dict[str, list[Booking]] = defaultdict(list)
        self._by_staff: dict[str, list[tuple[datetime, str, Booking]]] = defaultdict(list)
        self._given_up: set[str] = set()
        self._served: set[str] = set()
        self._opted_out: set[str] = set()
        self._past: dict[str, tuple[tuple[int, int], dict[str, list[Booking]]]] = {}
        self._due: tuple[date | None, list[tuple[str, str]]] = (None, [])
        self._wish_ends = {
            wish.id: min([wish.expires_at or until, *([wish.windows[-1].end] if wish.windows else [])])
            for wish in world.wishes
        }
        for booking in world.bookings:
            assert booking.customer_id is not None, "everybody here is known"
            self._bookings[booking.customer_id].append(booking)
            self._by_staff[booking.staff_id].append((booking.start_time, booking.id, booking))
        self._willing = [
            (booking.start_time, booking.id, booking)
            for booking in world.bookings
            if world.customers[booking.customer_id or ""].sooner_opt_in
        ]

    # What happens to them.

    def sold(self, booking: Booking) -> None:
        self._bookings[booking.customer_id or ""].append(booking)
        insort(self._by_staff[booking.staff_id], (booking.start_time, booking.id, booking))

    def gave_up(self, booking: Booking) -> None:
        self._given_up.add(booking.id)

    def served(self, wish: WaitlistEntry) -> None:
        self._served.add(wish.id)

    def opted_out(self, customer_id: str) -> None:
        self._opted_out.add(customer_id)

    # How they stand.

    @property
    def opt_outs(self) -> int:
        return len(self._opted_out)

    def has_given_up(self, booking: Booking) -> bool:
        return booking.id in self._given_up

    def stands(self, booking: Booking, now: datetime) -> bool:
        """As the calendar has it."""
        cancelled = self.world.cancelled.get(booking.id)
        known = booking.created_at is not None and booking.created_at <= now
        return known and (cancelled is None or cancelled > now) and booking.id not in self._given_up

    def booked(self, customer_id: str, now: datetime) -> list[Booking]:
        return [booking for booking in self._bookings[customer_id] if self.stands(booking, now)]

    def _next_visit(self, customer_id: str, now: datetime) -> Booking | None:
        ahead = (b for b in self._bookings[customer_id] if b.start_time > now and self.stands(b, now))
        return min(ahead, key=lambda booking: booking.start_time, default=None)

    def _last_visit(self, customer_id: str, now: datetime) -> datetime | None:
        past = (b.start_time for b in self._bookings[customer_id] if b.start_time <= now and self.stands(b, now))
        return max(past, default=None)

    def circumstance(self, customer_id: str, slot: Slot, now: datetime) -> Circumstance:
        """How things are with somebody, whatever the suite made of it."""
        wishes = [wish for wish in self._standing_wishes(now) if wish.customer_id == customer_id]
        if wishes:
            exact = any(
                slot.service_id in wish.service_ids
                and (not wish.staff_ids or slot.staff_id in wish.staff_ids)
                and (not wish.windows or any(window.stretch.contains(slot.stretch) for window in wish.windows))
                for wish in wishes
            )
            return "waits_for_this" if exact else "waits_for_other"
        if self._next_visit(customer_id, now) is not None:
            return "booked_later" if self.world.customers[customer_id].sooner_opt_in else "other"
        last = self._last_visit(customer_id, now)
        return "due_again" if last and slot.start - last >= self.world.usual[customer_id] else "other"

    # Who might come.

    def prospects(self, gap: Gap, asks: Callable[[str], Iterable[Outreach]], now: datetime) -> list[Prospect]:
        """Who might take the gap, with what is known about them. `asks` are those made to a customer."""
        pool = self.world.settings.offers.candidate_pool
        histories = self._histories(gap, pool, now)
        leads: dict[str, Lead] = {}
        sources = (self._waiting(gap, now), self._movers(gap, now), self._overdue(gap, pool, now), _regulars(histories))
        for lead in chain.from_iterable(sources):
            leads.setdefault(lead[1], lead)
        prospects = []
        for customer_id in list(leads)[:pool]:
            source, _, service_id, entry, moves = leads[customer_id]
            history = histories.get(customer_id, [])
            prospects.append(
                Prospect(
                    customer=self.world.customers[customer_id],
                    source=source,
                    service_id=service_id,
                    entry=entry,
                    moves=moves,
                    visits=len(history),
                    last_visit=history[0].start_time if history else None,
                    usual_interval=self.world.usual[customer_id],
                    bookings=tuple(
                        booking
                        for booking in self.booked(customer_id, now)
                        if gap.start_time - DAY < booking.start_time < gap.end_time
                    ),
                    asks=tuple(ask for ask in asks(customer_id) if ask.created_at > now - REMEMBERED),
                    opted_out=EVERYTHING if customer_id in self._opted_out else frozenset(),
                )
            )
        return prospects

    def _waiting(self, gap: Gap, now: datetime) -> list[Lead]:
        found: dict[str, tuple[Source, WaitlistEntry]] = {}
        for entry in self._standing_wishes(now):
            if not set(entry.service_ids) & set(gap.services_fittable):
                continue
            if entry.windows and not any(window.stretch.overlaps(gap.stretch) for window in entry.windows):
                continue
            exact = not entry.staff_ids or gap.staff_id in entry.staff_ids
            found.setdefault(entry.customer_id, ("waitlist_exact" if exact else "waitlist_partial", entry))
        ordered = sorted(found.items(), key=lambda item: (item[1][0], str(item[1][1].created_at), item[0]))
        return [(source, id, entry.service_ids[0], entry, None) for id, (source, entry) in ordered]

    def _standing_wishes(self, now: datetime) -> list[WaitlistEntry]:
        """Whoever has booked by themselves waits no longer; whoever has an offer open is not waiting meanwhile."""
        return [
            entry
            for entry in self.world.wishes
            if entry.created_at is not None
            and entry.created_at <= now
            and entry.id not in self._served
            and now < self._wish_ends[entry.id]
            and not self._next_visit(entry.customer_id, now)
        ]

    def _movers(self, gap: Gap, now: datetime) -> list[Lead]:
        first = bisect_right(self._willing, gap.end_time, key=lambda item: item[0])
        found: dict[str, Booking] = {}
        for start, _, booking in self._willing[first:]:
            if start >= gap.end_time + SOONER_WITHIN:
                break
            if booking.customer_id and booking.service_ids[0] in gap.services_fittable and self.stands(booking, now):
                found.setdefault(booking.customer_id, booking)
        return [("sooner", id, booking.service_ids[0], None, booking) for id, booking in found.items()]

    def _overdue(self, gap: Gap, pool: int, now: datetime) -> list[Lead]:
        due = self._due_first(now)
        until = bisect_right(due, gap.date, key=lambda item: item[0])
        return [
            ("overdue", id, self._bookings[id][0].service_ids[0], None, None)
            for _, id in due[: min(until, pool)]
            if self.world.keeps[id] == gap.staff_id
        ]

    def _due_first(self, now: datetime) -> list[tuple[str, str]]:
        """Scores are reckoned once a day. Nobody is due who has a visit ahead."""
        if self._due[0] != (day := now.date()):
            found = []
            for id in self.world.customers:
                last = self._last_visit(id, now)
                if last is not None and self._next_visit(id, now) is None:
                    found.append(((last + self.world.usual[id]).date().isoformat(), id))
            self._due = (day, sorted(found))
        return self._due[1]

    def _histories(self, gap: Gap, pool: int, now: datetime) -> dict[str, list[Booking]]:
        theirs = self._by_staff[gap.staff_id]
        until = bisect_left(theirs, now, key=lambda item: item[0])
        since = bisect_right(theirs, now - REGULAR_WITHIN, key=lambda item: item[0])
        first = max(since, until - PER_PLACE * pool)
        # What is past stands as it is.
        if self._past.get(gap.staff_id, ((0, 0), {}))[0] != (first, until):
            histories: dict[str, list[Booking]] = {}
            for _, _, booking in reversed(theirs[first:until]):
                if booking.customer_id and self.stands(booking, now):
                    histories.setdefault(booking.customer_id, []).append(booking)
            self._past[gap.staff_id] = ((first, until), histories)
        return self._past[gap.staff_id][1]


def _regulars(histories: dict[str, list[Booking]]) -> list[Lead]:
    regular = {id: had for id, had in histories.items() if len(had) >= REGULAR_FROM_VISITS}
    ordered = sorted(regular.items(), key=lambda item: (-len(item[1]), item[0]))
    return [("regular", id, had[0].service_ids[0], None, None) for id, had in ordered]
