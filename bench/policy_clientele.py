"""Who could be asked: the customers of a simulated salon as they stand at a time, what they have booked, wished for and
given up. Prospects come in the order and within the bounds of the suite's own queries (find_prospects.py)."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import chain, islice

from bench.policy_world import World
from functions.fill_gap.find_prospects import PER_PLACE, REGULAR_WITHIN, SOONER_WITHIN
from functions.fill_gap.prospect import REGULAR_FROM_VISITS, Prospect, Source
from local.customers import Circumstance
from shared.asking.load_asks import RECENT
from shared.asking.outreach import Outreach
from shared.asking.slot import Slot
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.customers.waitlist import WaitlistEntry

DAY, NEVER = timedelta(days=1), datetime.max.replace(tzinfo=UTC)
EVERYTHING = frozenset((channel, purpose) for channel in ("whatsapp", "sms") for purpose in ("marketing", "service"))
"""What a STOP withdraws."""
Lead = tuple[Source, str, str, WaitlistEntry | None, Booking | None]
"""Why somebody came to mind: source, customer, service, wish, the booking they would give up."""


class Clientele:
    """Changed only by what the month does to it: `reckon`, `sold`, `gave_up` and `opted_out`."""

    def __init__(self, world: World, until: datetime) -> None:
        self.world = world
        self._bookings: dict[str, list[Booking]] = defaultdict(list)
        self._by_staff: dict[str, list[tuple[datetime, str, Booking]]] = defaultdict(list)
        self._served: set[str] = set()
        self._opted_out: set[str] = set()
        self._past: dict[str, tuple[tuple[int, int], dict[str, list[Booking]]]] = {}
        self._due: list[tuple[str, str]] = []
        self._stood = {
            booking.id: (booking.created_at or NEVER, world.cancelled.get(booking.id, NEVER))
            for booking in world.bookings
        }
        """From when until when each booking stands."""
        self._wishes_of: dict[str, list[WaitlistEntry]] = defaultdict(list)
        for wish in world.wishes:
            self._wishes_of[wish.customer_id].append(wish)
        self._wish_ends = {
            wish.id: min([wish.expires_at or until, *([wish.windows[-1].end] if wish.windows else [])])
            for wish in world.wishes
        }
        for booking in world.bookings:
            assert booking.customer_id is not None, "everybody here is known"
            self._bookings[booking.customer_id].append(booking)
            self._by_staff[booking.staff_id].append((booking.start_time, booking.id, booking))
        self._by_start = [(booking.start_time, booking.id, booking) for booking in world.bookings]

    # What happens to them.

    def reckon(self, now: datetime) -> None:
        """Scores are reckoned once a day. Nobody is due who has a visit ahead."""
        found = []
        for id in self.world.customers:
            last = self._last_visit(id, now)
            if last is not None and self._next_visit(id, now) is None:
                found.append(((last + self.world.usual[id]).date().isoformat(), id))
        self._due = sorted(found)

    def sold(self, booking: Booking) -> None:
        """Whoever has booked waits no longer."""
        for wish in self._wishes_of.get(booking.customer_id or "", ()):
            if (wish.created_at or NEVER) <= (booking.created_at or NEVER):
                self._served.add(wish.id)
        self._stood[booking.id] = (booking.created_at or NEVER, NEVER)
        self._bookings[booking.customer_id or ""].append(booking)
        for ordered in (self._by_staff[booking.staff_id], self._by_start):
            insort(ordered, (booking.start_time, booking.id, booking))

    def gave_up(self, booking: Booking, now: datetime) -> None:
        self._stood[booking.id] = (self._stood[booking.id][0], now)

    def opted_out(self, customer_id: str) -> None:
        self._opted_out.add(customer_id)

    # How they stand.

    @property
    def opt_outs(self) -> int:
        return len(self._opted_out)

    def has_been_served(self, wish: WaitlistEntry) -> bool:
        return wish.id in self._served

    def withdrawn(self, customer_id: str) -> frozenset[tuple[str, str]]:
        return EVERYTHING if customer_id in self._opted_out else frozenset()

    def stands(self, booking: Booking, now: datetime) -> bool:
        """As the calendar has it."""
        since, until = self._stood[booking.id]
        return since <= now < until

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
        wishes = [wish for wish in self._wishes_of.get(customer_id, ()) if self.waits(wish, now)]
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
        sources = (
            self._waiting(gap, asks, now),
            self._movers(gap, pool, now),
            self._overdue(gap, pool),
            _regulars(histories),
        )
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
                    asks=tuple(ask for ask in asks(customer_id) if ask.created_at > now - RECENT),
                    opted_out=self.withdrawn(customer_id),
                )
            )
        return prospects

    def _waiting(self, gap: Gap, asks: Callable[[str], Iterable[Outreach]], now: datetime) -> list[Lead]:
        """Whoever has an offer open for their wish is not waiting meanwhile."""
        fittable = set(gap.services_fittable)
        found: dict[str, tuple[Source, WaitlistEntry]] = {}
        for entry in self.world.wishes:
            if not set(entry.service_ids) & fittable or not self.waits(entry, now):
                continue
            if entry.windows and not any(window.stretch.overlaps(gap.stretch) for window in entry.windows):
                continue
            if any(ask.is_open and ask.waitlist_entry_id == entry.id for ask in asks(entry.customer_id)):
                continue
            exact = not entry.staff_ids or gap.staff_id in entry.staff_ids
            source: Source = "waitlist_exact" if exact else "waitlist_partial"
            if entry.customer_id not in found or source < found[entry.customer_id][0]:
                found[entry.customer_id] = source, entry
        ordered = sorted(found.items(), key=lambda item: (item[1][0], str(item[1][1].created_at), item[0]))
        return [(source, id, entry.service_ids[0], entry, None) for id, (source, entry) in ordered]

    def waits(self, wish: WaitlistEntry, now: datetime) -> bool:
        """Whoever has booked by themselves waits no longer."""
        if wish.id in self._served or not (wish.created_at or NEVER) <= now < self._wish_ends[wish.id]:
            return False
        return self._next_visit(wish.customer_id, now) is None

    def _movers(self, gap: Gap, pool: int, now: datetime) -> list[Lead]:
        first = bisect_right(self._by_start, gap.end_time, key=lambda item: item[0])
        last = bisect_left(self._by_start, gap.end_time + SOONER_WITHIN, key=lambda item: item[0])
        ahead = (booking for _, _, booking in self._by_start[first:last] if self.stands(booking, now))
        found: dict[str, Booking] = {}
        for booking in islice(ahead, PER_PLACE * pool):
            if booking.customer_id and booking.service_ids[0] in gap.services_fittable:
                found.setdefault(booking.customer_id, booking)
        willing = (id for id in found if self.world.customers[id].sooner_opt_in)
        return [("sooner", id, found[id].service_ids[0], None, found[id]) for id in willing]

    def _overdue(self, gap: Gap, pool: int) -> list[Lead]:
        until = bisect_right(self._due, gap.date, key=lambda item: item[0])
        return [
            ("overdue", id, self._bookings[id][0].service_ids[0], None, None)
            for _, id in self._due[: min(until, pool)]
            if self.world.keeps[id] == gap.staff_id
        ]

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
