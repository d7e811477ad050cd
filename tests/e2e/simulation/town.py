"""Two salons of two organizations, and the people of both. One person is a customer of both salons, and two
customers of each salon share a phone."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from local.in_process import ACCOUNT_SID, Suite
from shared.ports import Data

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OPEN_HOURS = range(10, 18)
SHARED = "+447700910000"
"""The phone of somebody whom both salons know."""


@dataclass(frozen=True)
class Place:
    id: str
    word: str
    """Begins every name in this salon: the other one must never see it."""
    digits: str

    @property
    def root(self) -> str:
        return f"salons/{self.id}"

    @property
    def sender(self) -> str:
        return f"+1415555{self.digits}000"

    @property
    def owner(self) -> str:
        return f"+4477009{self.digits}99"

    def phone(self, number: int) -> str:
        # The first two of its own are one household.
        return SHARED if number == 0 else f"+44770091{self.digits}{max(number, 2):02}"


CUSTOMERS = 9
"""Of a salon, at most."""
STAFF = ("ann", "ben")
PLACES = (Place("alpha", "Aurelia", "1"), Place("beta", "Bellamy", "2"))
SERVICES = {"cut": 60, "trim": 30, "colour": 90}


@dataclass(frozen=True)
class Size:
    """Of one run. Most are small, so that there can be many; the rest let one day touch the next."""

    days: int
    customers: int
    """Of each salon."""
    events: int


def size_of(seed: int) -> Size:
    dice = random.Random(f"{seed} size")
    return Size(dice.choice([1, 1, 1, 2]), dice.randint(4, CUSTOMERS), dice.randint(5, 18))


def build(suite: Suite, seed: int) -> None:
    """Nearly full days of both salons, and wishes for more."""
    dice, size = random.Random(f"{seed} town"), size_of(seed)
    for place in PLACES:
        _build(suite, place, size, dice)
    suite.run_until_idle()


def settings_of(dice: random.Random, days: int) -> Data:
    return {
        "mode": "live",
        "gap": {"settle_seconds": dice.choice([0, 90]), "horizon_days": days},
        "autonomy": {"gap_fill": dice.choice(["full_auto", "full_auto", "supervised"])},
        "limits": {
            "per_customer_hourly": dice.choice([1, 2]),
            "hourly_actions": dice.choice([3, 20]),
            "whatsapp_recipients_24h": dice.choice([3, 250, 250]),
        },
        "circuit_breaker": {"error_threshold": dice.choice([1, 5])},
        "discounts": {"later_round_percent": dice.choice([0, 10, 25]), "daily_budget": 100},
    }


def _build(suite: Suite, place: Place, size: Size, dice: random.Random) -> None:
    root = place.root
    suite.put(f"{root}/settings/current", settings_of(dice, size.days))
    for staff in STAFF:
        suite.put(f"{root}/staff/{staff}", {"name": f"{place.word} {staff}", "service_ids": list(SERVICES)})
    for service, minutes in SERVICES.items():
        suite.put(f"{root}/services/{service}", {"name": service, "duration_minutes": minutes, "price": minutes})
    for number in range(size.customers):
        both = {"marketing": dice.random() < 0.8, "service": True}
        channels: tuple[str, ...] = dice.choice([("whatsapp",), ("whatsapp", "sms"), ("whatsapp", "sms"), ("sms",)])
        suite.put(
            f"{root}/customers/c{number}",
            {
                "name": f"{place.word} {number}",
                "phone": place.phone(number),
                "consents": dict.fromkeys(channels, both),
                "sooner_opt_in": dice.random() < 0.3,
                "loyalty_tier": dice.choice(["standard", "gold", "platinum"]),
                "visit_count": dice.randrange(9),
            },
        )
        if dice.random() < 0.7:
            wish(suite, place, f"c{number}", dice)
    for day in range(size.days):
        for staff in STAFF:
            for hour in OPEN_HOURS:
                if dice.random() < 0.85:
                    start = START.replace(hour=hour) + timedelta(days=day)
                    book(suite, place, staff, start, 60, f"c{dice.randrange(size.customers)}", dice, "cut")
    suite.put(
        root,
        {
            "name": f"{place.word} House",
            "organization_id": f"org-{place.id}",
            "status": "active",
            "timezone": "Europe/London",
            "currency": "GBP",
            "locale": "en-GB",
            "address": "1 High Street",
            "opening_hours": {day: [{"start": "10:00", "end": "18:00"}] for day in ("mon", "tue")[: size.days]},
            "contacts": [{"name": f"{place.word} Olga", "role": "owner", "phone": place.owner}],
            "messaging": {"account_sid": ACCOUNT_SID, "whatsapp_from": place.sender, "sms_from": place.sender + "1"},
            "created_at": START,
            "updated_at": START,
        },
    )


def wish(suite: Suite, place: Place, customer: str, dice: random.Random) -> None:
    suite.put(
        f"{place.root}/waitlist/w{dice.getrandbits(40)}",
        {
            "customer_id": customer,
            "service_ids": dice.sample(list(SERVICES), dice.choice([1, 2])),
            "staff_ids": dice.choice([[], [], [STAFF[0]]]),
            "windows": [],
            "status": "waiting",
            "created_at": suite.clock.now(),
        },
    )


def book(
    suite: Suite,
    place: Place,
    staff: str,
    start: datetime,
    minutes: int,
    customer: str,
    dice: random.Random,
    service: str,
    source: str = "app",
) -> None:
    now = suite.clock.now()
    suite.put(
        f"{place.root}/bookings/b{dice.getrandbits(40)}",
        {
            "customer_id": customer,
            "staff_id": staff,
            "service_ids": [service],
            "start_time": start,
            "end_time": start + timedelta(minutes=minutes),
            "price": 50,
            "source": source,
            "status": "confirmed",
            "created_at": now,
            "updated_at": now,
        },
    )


def place_of(path: str) -> Place:
    return next(place for place in PLACES if path.startswith(f"{place.root}/"))
