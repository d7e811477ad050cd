"""A month of a salon that does not exist: who visits, who cancels when, who waits. Made from a seed alone, so that every
policy meets the same cancellations and the same people."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from functions.fill_gap.settings import Settings
from shared.calendar.booking import Booking
from shared.calendar.service import Service
from shared.customers.customer import Consent, Consents, Customer
from shared.customers.waitlist import WaitlistEntry, Window
from shared.salon.salon import Messaging, Salon
from shared.values.wall_time import WallStretch

START = datetime(2026, 11, 23, tzinfo=UTC)
MONTH = timedelta(days=30)
BEFORE, AFTER = timedelta(days=75), timedelta(days=25)
"""Visits before the month make the habits; those after it are what somebody may give up to come sooner."""
OPENS, CLOSES = 10, 20
VISITS_A_DAY, STYLISTS = 17, 4
INTERVAL_DAYS, INTERVAL_SPREAD = 31.0, 0.3
SKIPS = 0.10
"""The share of visits before which somebody lets more time go by than usual, and is overdue meanwhile."""
KEEPS_STYLIST = 0.85
CANCELS = 0.12
ON_THE_DAY, WITHIN_24_HOURS = 0.36, 0.45
WISHES_PER_FORTNIGHT = 0.15
"""The share of customers who join the waitlist in a fortnight: about as deep as it takes for a blast to find its twenty."""
FORTNIGHT = timedelta(days=14)
ANY_STYLIST, ANY_TIME = 0.5, 0.5
HALF_DAYS = ((10, 14), (13, 17), (16, 20))
TAKES_OFFERS, WOULD_COME_SOONER = 0.75, 0.15
SERVICES = {"trim": (30, 25, 0.25), "cut": (45, 40, 0.35), "style": (60, 55, 0.25), "colour": (90, 95, 0.15)}
"""Minutes, price, share of customers."""


@dataclass(frozen=True)
class World:
    """`cancelled` says when a booking is given back; `usual` is a customer's own interval."""

    seed: int
    salon: Salon
    settings: Settings
    services: Mapping[str, Service]
    customers: Mapping[str, Customer]
    usual: Mapping[str, timedelta]
    keeps: Mapping[str, str]
    bookings: Sequence[Booking]
    cancelled: Mapping[str, datetime]
    wishes: Sequence[WaitlistEntry]


def world(seed: int, *, wishes: float = WISHES_PER_FORTNIGHT, cancels: float = CANCELS) -> World:
    chance = random.Random(f"salon {seed}")
    services = {
        id: Service(id=id, name=id, duration_minutes=minutes, price=Decimal(price))
        for id, (minutes, price, _) in SERVICES.items()
    }
    salon = Salon(
        id="study",
        name="Study",
        organization_id="study",
        timezone="UTC",
        currency="GBP",
        opening_hours={day: [_hours()] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
        messaging=Messaging(account_sid="AC0", whatsapp_from="+447700900000"),
    )
    mean_days = INTERVAL_DAYS * (1 + SKIPS)
    customers: dict[str, Customer] = {}
    usual, keeps, wants = {}, {}, {}
    for number in range(round(VISITS_A_DAY * mean_days * 0.976)):
        id = f"c{number:04}"
        wants[id] = chance.choices(list(SERVICES), [share for *_, share in SERVICES.values()])[0]
        usual[id] = timedelta(days=INTERVAL_DAYS * chance.lognormvariate(0, INTERVAL_SPREAD))
        keeps[id] = f"staff{chance.randrange(STYLISTS)}"
        consent = Consent(service=True, marketing=chance.random() < TAKES_OFFERS)
        customers[id] = Customer(
            id=id,
            name=id,
            phone=f"+4477{number:08}",
            sooner_opt_in=chance.random() < WOULD_COME_SOONER,
            consents=Consents(whatsapp=consent),
        )
    bookings = _bookings(chance, usual, keeps, wants, services)
    cancelled = _cancelled(chance, bookings, cancels)
    # Whoever cancels had booked before.
    bookings = [
        booking.changed(created_at=min(booking.created_at or START, cancelled[booking.id] - timedelta(hours=1)))
        if booking.id in cancelled
        else booking
        for booking in bookings
    ]
    return World(
        seed=seed,
        salon=salon,
        settings=Settings(mode="live"),
        services=services,
        customers=customers,
        usual=usual,
        keeps=keeps,
        bookings=bookings,
        cancelled=cancelled,
        wishes=_wishes(chance, keeps, wants, wishes),
    )


def _hours() -> WallStretch:
    return WallStretch.model_validate({"start": f"{OPENS}:00", "end": f"{CLOSES}:00"})


def _bookings(
    chance: random.Random,
    usual: Mapping[str, timedelta],
    keeps: Mapping[str, str],
    wants: Mapping[str, str],
    services: Mapping[str, Service],
) -> list[Booking]:
    """Each customer comes back after about their own interval, where their stylist's day has room."""
    taken: dict[tuple[str, object], list[tuple[datetime, datetime]]] = {}
    bookings = []
    for id, interval in usual.items():
        at = START - BEFORE + interval * (chance.random() - 0.5)
        while at < START + MONTH + AFTER:
            late = chance.uniform(0.5, 1.5) if chance.random() < SKIPS else 0.0
            at += interval * max(0.5, chance.gauss(1.0, 0.15) + late)
            staff = keeps[id] if chance.random() < KEEPS_STYLIST else f"staff{chance.randrange(STYLISTS)}"
            found = _place(chance, taken.setdefault((staff, at.date()), []), at, services[wants[id]].duration)
            ahead = timedelta(days=min(21.0, chance.expovariate(1 / 8)), hours=2)
            if found is None or (late and ahead > timedelta(days=3)):
                ahead = timedelta(days=1)
            if found is not None:
                bookings.append(
                    Booking(
                        id=f"b-{id}-{at:%m%d}",
                        customer_id=id,
                        staff_id=staff,
                        service_ids=[wants[id]],
                        start_time=found[0],
                        end_time=found[1],
                        price=services[wants[id]].price,
                        status="confirmed",
                        created_at=found[0] - ahead,
                    )
                )
    return sorted(bookings, key=lambda booking: (booking.start_time, booking.id))


def _place(
    chance: random.Random, taken: list[tuple[datetime, datetime]], at: datetime, duration: timedelta
) -> tuple[datetime, datetime] | None:
    opens = at.replace(hour=OPENS, minute=0, second=0, microsecond=0)
    steps = (timedelta(hours=CLOSES - OPENS) - duration) // timedelta(minutes=15)
    for _ in range(12):
        start = opens + timedelta(minutes=15) * chance.randint(0, steps)
        if all(end <= start or start + duration <= begun for begun, end in taken):
            taken.append((start, start + duration))
            return start, start + duration
    return None


def _cancelled(chance: random.Random, bookings: Sequence[Booking], share: float) -> dict[str, datetime]:
    """36 % are given back on the day itself, 9 % more within 24 hours, the others up to ten days ahead; people cancel
    when they are awake."""
    found = {}
    for booking in bookings:
        if chance.random() >= share:
            continue
        start, kind = booking.start_time, chance.random()
        midnight = start.replace(hour=0, minute=0)
        if kind < ON_THE_DAY:
            at = _between(chance, midnight + timedelta(hours=7), start)
        elif kind < WITHIN_24_HOURS:
            evening = max(start - timedelta(hours=24), midnight - timedelta(hours=16))
            at = _between(chance, evening, midnight - timedelta(hours=1))
        else:
            day = midnight - timedelta(days=chance.randint(1, 10))
            at = _between(chance, day + timedelta(hours=8), day + timedelta(hours=22))
            at = min(at, start - timedelta(hours=24, minutes=1))
        at = at.replace(microsecond=0)
        if START <= at < START + MONTH:
            found[booking.id] = at
    return found


def _between(chance: random.Random, low: datetime, high: datetime) -> datetime:
    return low + (high - low) * chance.random()


def _wishes(
    chance: random.Random, keeps: Mapping[str, str], wants: Mapping[str, str], share: float
) -> list[WaitlistEntry]:
    wishes = []
    for fortnight in range(-1, 3):
        for id in keeps:
            if chance.random() >= share:
                continue
            at = (START + FORTNIGHT * (fortnight + chance.random())).replace(microsecond=0)
            half = None if chance.random() < ANY_TIME else chance.choice(HALF_DAYS)
            wishes.append(
                WaitlistEntry(
                    id=f"w-{id}-{fortnight + 1}",
                    customer_id=id,
                    service_ids=[wants[id]],
                    staff_ids=[] if chance.random() < ANY_STYLIST else [keeps[id]],
                    windows=[] if half is None else _half_days(at, half),
                    created_at=at,
                    expires_at=at + FORTNIGHT,
                )
            )
    return sorted(wishes, key=lambda wish: (str(wish.created_at), wish.id))


def _half_days(at: datetime, half: tuple[int, int]) -> list[Window]:
    days = [(at + timedelta(days=day)).replace(minute=0, second=0) for day in range(14)]
    return [Window(start=day.replace(hour=half[0]), end=day.replace(hour=half[1])) for day in days]
