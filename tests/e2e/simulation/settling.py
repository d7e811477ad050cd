"""The town as it is founded: nearly full days of both salons, and wishes for more."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from local.in_process import ACCOUNT_SID, Suite
from shared.ports import Data
from shared.salon.channel_route import route_path
from shared.values.wall_time import weekday_of
from tests.e2e.simulation.town import ELSEWHERES, ONE_BASIN, OPEN_HOURS, SERVICES, STAFF, Place, Town

OF_AN_HOUR = (("cut",), ("cut",), ("cut",), ("trim", "wash"))
"""What is booked, one or several services."""


def settle(suite: Suite, town: Town, seed: int) -> None:
    dice = random.Random(f"{seed} town")
    suite.put(
        route_path(ACCOUNT_SID, ELSEWHERES),
        {
            "account_sid": ACCOUNT_SID,
            "number": ELSEWHERES,
            "organization_id": "elsewhere",
            "salon_ids": ["elsewhere"],
            "holders": {"elsewhere": town.start},
        },
    )
    for place in town.places:
        _settle(suite, town, place, dice)
    suite.run_until_idle()


def settings_of(dice: random.Random, town: Town) -> Data:
    return {
        "mode": "live",
        "gap": {"settle_seconds": dice.choice([0, 90]), "horizon_days": len(town.days)},
        "autonomy": {"gap_fill": dice.choice(["full_auto", "full_auto", "supervised"])},
        "limits": {
            "per_customer_hourly": dice.choice([1, 2]),
            "hourly_actions": dice.choice([3, 20]),
            "whatsapp_recipients_24h": dice.choice([3, 250, 250]),
        },
        "offers": {"candidate_pool": 60 if town.crowd else 40},
        "circuit_breaker": {"error_threshold": dice.choice([1, 5])},
        "discounts": {"later_round_percent": dice.choice([0, 10, 25]), "daily_budget": 100},
    }


def messaging_of(place: Place, sms_from: str | None = None) -> Data:
    numbers = {"whatsapp_from": place.number, "sms_from": sms_from or place.number + "1"}
    return {"account_sid": ACCOUNT_SID, **numbers}


def _settle(suite: Suite, town: Town, place: Place, dice: random.Random) -> None:
    root, crowd = place.root, town.crowd if place is town.places[0] else None
    suite.put(f"{root}/settings/current", settings_of(dice, town))
    for staff in STAFF:
        suite.put(f"{root}/staff/{staff}", {"name": f"{place.word} {staff}", "service_ids": list(SERVICES)})
    for service, minutes in SERVICES.items():
        needs = [ONE_BASIN] if service in town.needs_basin else []
        suite.put(
            f"{root}/services/{service}",
            {"name": service, "duration_minutes": minutes, "price": minutes, "resource_ids": needs},
        )
    # Who stands first in a crowd can hardly be asked, so that it matters what is known of those behind the first thirty.
    first = sorted(f"c{number}" for number in range(place.customers))[:30] if crowd else []
    for number in range(place.customers):
        _customer(suite, town, place, number, dice, likely=0.05 if f"c{number}" in first else 0.9 if crowd else 0.8)
        if dice.random() < (0.95 if crowd == "wishes" else 0.7):
            wish(suite, place, f"c{number}", dice)
        if crowd == "regulars" or dice.random() < 0.2:
            _past_visits(suite, town, place, f"c{number}", dice)
    for day in town.days:
        for staff in STAFF:
            for hour in OPEN_HOURS:
                if dice.random() < 0.85:
                    customer = f"c{dice.randrange(place.customers)}"
                    book(suite, place, staff, place.at(day, hour), 60, customer, dice, dice.choice(OF_AN_HOUR))
    suite.put(
        root,
        {
            "name": place.house,
            "organization_id": place.organization_id,
            "status": "active",
            "timezone": place.zone_name,
            "currency": "GBP",
            "locale": "en-GB",
            "address": "1 High Street",
            "opening_hours": {weekday_of(day): [{"start": "10:00", "end": "18:00"}] for day in town.days},
            "contacts": [{"name": f"{place.word} Olga", "role": "owner", "phone": place.owner}],
            "messaging": messaging_of(place),
            "created_at": town.start,
            "updated_at": town.start,
        },
    )


def _customer(suite: Suite, town: Town, place: Place, number: int, dice: random.Random, *, likely: float) -> None:
    both = {"marketing": dice.random() < likely, "service": likely > 0.5 or dice.random() < likely}
    channels: tuple[str, ...] = dice.choice([("whatsapp",), ("whatsapp", "sms"), ("whatsapp", "sms"), ("sms",)])
    customer: Data = {
        "name": f"{place.word} {number}",
        "phone": place.phone(number),
        "consents": dict.fromkeys(channels, both),
        "sooner_opt_in": dice.random() < 0.3,
        "loyalty_tier": dice.choice(["standard", "gold", "platinum"]),
        "visit_count": dice.randrange(9),
    }
    if dice.random() < 0.1:
        customer["timezone"] = dice.choice(town.places).zone_name
    suite.put(f"{place.root}/customers/c{number}", customer)


def _past_visits(suite: Suite, town: Town, place: Place, customer: str, dice: random.Random) -> None:
    """Two of them, to one staff member: a regular."""
    staff = dice.choice(STAFF)
    for weeks in (5, 10):
        start = place.at(town.days[0] - timedelta(weeks=weeks), dice.choice(OPEN_HOURS))
        book(suite, place, staff, start, 60, customer, dice, ("cut",), status="completed")


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
    services: Sequence[str],
    *,
    source: str = "app",
    status: str = "confirmed",
) -> None:
    now = suite.clock.now()
    suite.put(
        f"{place.root}/bookings/b{dice.getrandbits(40)}",
        {
            "customer_id": customer,
            "staff_id": staff,
            "service_ids": list(services),
            "start_time": start,
            "end_time": start + timedelta(minutes=minutes),
            "price": 50,
            "source": source,
            "status": status,
            "created_at": now,
            "updated_at": now,
        },
    )
