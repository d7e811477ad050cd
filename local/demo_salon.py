"""A made-up salon to play with: four stylists, eight services, eighty customers, a waitlist, three weeks of bookings.

Nobody in it exists: every phone number is from the range 555-0100 to 555-0199 that is kept for fiction. The same `now`
gives the same salon.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import cycle
from random import Random
from zoneinfo import ZoneInfo

from shared.ports import Data

SALON_ID = "demo"
ZONE = ZoneInfo("America/Toronto")
LOCALE = "en-CA"
ACCOUNT_SID = "AC" + "0" * 31 + "1"
WHATSAPP_SANDBOX = "+14155238886"
SMS_SANDBOX = "+15005550006"
OWNER_PHONE = "+14165550199"
DAYS_BEFORE, DAYS_AFTER = 10, 11


@dataclass(frozen=True)
class Offering:
    id: str
    name: str
    category: str
    minutes: int
    price: int
    buffer_after: int = 0
    processing: tuple[int, int] | None = None


SERVICES = (
    Offering("haircut", "Haircut", "hair", 45, 65, buffer_after=5),
    Offering("beard_trim", "Beard trim", "hair", 30, 30),
    Offering("blow_dry", "Blow-dry", "hair", 40, 48),
    Offering("color", "Root colour", "colour", 90, 120, buffer_after=10, processing=(30, 30)),
    Offering("highlights", "Highlights", "colour", 120, 180, buffer_after=10, processing=(50, 30)),
    Offering("treatment", "Hair treatment", "care", 45, 70),
    Offering("manicure", "Manicure", "nails", 45, 45, buffer_after=5),
    Offering("pedicure", "Pedicure", "nails", 60, 60, buffer_after=10),
)
STAFF: dict[str, tuple[str, tuple[str, ...], tuple[str, str]]] = {
    "amara": ("Amara Osei", ("haircut", "blow_dry", "color", "highlights", "treatment"), ("13:00", "13:30")),
    "ben": ("Ben Tremblay", ("haircut", "beard_trim", "blow_dry"), ("12:30", "13:00")),
    "chloe": ("Chloe Nguyen", ("haircut", "color", "treatment", "blow_dry"), ("13:30", "14:00")),
    "dana": ("Dana Petrov", ("manicure", "pedicure", "blow_dry"), ("14:00", "14:30")),
}
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPENING = {day: ("10:00", "18:00") if day == "sun" else ("09:00", "20:00") for day in WEEK}
FIRST_NAMES = (
    *("Aisha", "Bruno", "Carmen", "Devon", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jonas"),
    *("Kavya", "Liam", "Mina", "Noor", "Oscar", "Priya", "Quinn", "Rosa", "Sami", "Tara"),
)
LAST_NAMES = ("Adler", "Brook", "Castle", "Dale")
CUSTOMERS = len(FIRST_NAMES) * len(LAST_NAMES)
WAITING = 12
"""The last customers have no appointment: they wait for one."""


def documents(now: datetime, account_sid: str = ACCOUNT_SID) -> Iterator[tuple[str, Data]]:
    """Every document with its path. The salon comes last: only then do the functions know it, and find it complete."""
    root = f"salons/{SALON_ID}"
    for service in SERVICES:
        yield f"{root}/services/{service.id}", _service(service)
    for staff_id, (name, service_ids, pause) in STAFF.items():
        yield f"{root}/staff/{staff_id}", _staff(name, service_ids, pause)
    for index in range(CUSTOMERS):
        yield f"{root}/customers/{_customer_id(index)}", _customer(index, now)
    for booking_id, booking in _bookings(now):
        yield f"{root}/bookings/{booking_id}", booking
    for entry_id, entry in _waitlist(now):
        yield f"{root}/waitlist/{entry_id}", entry
    # Time that was never booked is shown and not offered: the demo is about a cancellation.
    yield f"{root}/settings/current", {"mode": "live", "gap": {"fill_idle": "none"}}
    yield root, _salon(now, account_sid)


def seed(put: Callable[[str, Data], object], now: datetime, account_sid: str = ACCOUNT_SID) -> str:
    for path, data in documents(now, account_sid):
        put(path, data)
    return SALON_ID


def _salon(now: datetime, account_sid: str) -> Data:
    return {
        "name": "Maple & Mane",
        "organization_id": "maple-and-mane",
        "status": "active",
        "timezone": ZONE.key,
        "currency": "CAD",
        "locale": LOCALE,
        "address": "12 Example Street, Toronto",
        "opening_hours": {day: [_hours(*hours)] for day, hours in OPENING.items()},
        "special_hours": {},
        "closures": [],
        "contacts": [{"name": "Olivia", "role": "owner", "phone": OWNER_PHONE, "locale": LOCALE}],
        "messaging": {"account_sid": account_sid, "whatsapp_from": WHATSAPP_SANDBOX, "sms_from": SMS_SANDBOX},
        "created_at": now - timedelta(days=400),
        "updated_at": now,
    }


def _service(service: Offering) -> Data:
    after, minutes = service.processing or (0, 0)
    return {
        "name": service.name,
        "category": service.category,
        "duration_minutes": service.minutes,
        "price": service.price,
        "margin": 0.6,
        "buffer_after_minutes": service.buffer_after,
        "processing": {"after_minutes": after, "minutes": minutes} if service.processing else None,
        "active": True,
    }


def _staff(name: str, service_ids: tuple[str, ...], pause: tuple[str, str]) -> Data:
    return {
        "name": name,
        "active": True,
        "service_ids": list(service_ids),
        "working_hours": None,
        "breaks": {day: [_hours(*pause)] for day in WEEK},
    }


def _hours(start: str, end: str) -> Data:
    return {"start": start, "end": end}


def _customer_id(index: int) -> str:
    return _name(index).replace(" ", "-").lower()


def _name(index: int) -> str:
    return f"{FIRST_NAMES[index % len(FIRST_NAMES)]} {LAST_NAMES[index // len(FIRST_NAMES)]}"


def _customer(index: int, now: datetime) -> Data:
    visits = index * 7 % 23
    tier = "platinum" if index == 3 else "gold" if visits > 18 else "silver" if visits > 12 else "standard"
    return {
        "name": _name(index),
        "phone": f"+14165550{100 + index}",
        "loyalty_tier": tier,
        "visit_count": visits,
        "lifetime_value": visits * 70,
        "preferred_staff_ids": [list(STAFF)[index % len(STAFF)]],
        "sooner_opt_in": index % 5 == 0,
        "created_at": now - timedelta(days=100 + index),
        # One in ten never agreed to anything, one in ten only to messages about their own appointments.
        "consents": {"whatsapp": {"marketing": index % 10 < 8, "service": index % 10 != 9}},
    }


def _bookings(now: datetime) -> Iterator[tuple[str, Data]]:
    today = now.astimezone(ZONE).date()
    services = {service.id: service for service in SERVICES}
    visitors = cycle(Random(0).sample(range(CUSTOMERS - WAITING), CUSTOMERS - WAITING))
    for offset in range(-DAYS_BEFORE, DAYS_AFTER):
        day = today + timedelta(days=offset)
        random = Random(day.toordinal())
        for staff_id, (_, service_ids, pause) in STAFF.items():
            opening, closing = OPENING[WEEK[day.weekday()]]
            at, end = _minutes(opening), _minutes(closing)
            while True:
                service = services[random.choice(service_ids)]
                if at < _minutes(pause[1]) and at + service.minutes > _minutes(pause[0]):
                    at = _minutes(pause[1])
                if at + service.minutes + service.buffer_after > end:
                    break
                if random.random() < _filled(offset):
                    start = datetime.combine(day, time(at // 60, at % 60), ZONE).astimezone(UTC)
                    id = f"{day:%m%d}-{staff_id}-{at // 60:02}{at % 60:02}"
                    yield id, _booking(_customer_id(next(visitors)), staff_id, service, start, now, random)
                at += service.minutes + service.buffer_after


def _filled(offset: int) -> float:
    """The share of a day that is booked: a book is full today and thins out; long ago, only regulars are kept."""
    return 0.35 if offset < 0 else max(0.15, 0.85 - 0.12 * offset)


def _booking(
    customer_id: str, staff_id: str, service: Offering, start: datetime, now: datetime, random: Random
) -> Data:
    end = start + timedelta(minutes=service.minutes)
    created = min(start, now) - timedelta(hours=random.randint(20, 400))
    status = "confirmed" if end > now else "no_show" if random.random() < 0.03 else "completed"
    return {
        "customer_id": customer_id,
        "staff_id": staff_id,
        "service_ids": [service.id],
        "start_time": start,
        "end_time": end,
        "price": service.price,
        "source": "app",
        "status": status,
        "created_at": created,
        "confirmed_at": created,
        "updated_at": end if end < now else created,
    }


def _waitlist(now: datetime) -> Iterator[tuple[str, Data]]:
    anything = tuple(service.id for service in SERVICES)
    wishes = (("haircut", "blow_dry"), ("color", "highlights", "treatment"), ("manicure", "pedicure"), anything)
    for number in range(WAITING):
        index = CUSTOMERS - WAITING + number
        yield (
            f"wait-{_customer_id(index)}",
            {
                "customer_id": _customer_id(index),
                "service_ids": list(wishes[number % len(wishes)]),
                "staff_ids": [],
                "windows": [{"start": now, "end": now + timedelta(days=DAYS_AFTER)}],
                "minimum_notice_minutes": 45,
                "priority": 0,
                "status": "waiting",
                "created_at": now - timedelta(days=1 + number),
                "expires_at": now + timedelta(days=DAYS_AFTER),
            },
        )


def _minutes(wall_time: str) -> int:
    return int(wall_time[:2]) * 60 + int(wall_time[3:])
