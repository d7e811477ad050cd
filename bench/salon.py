"""A salon to count on: ten stylists who all do ten services, a fortnight of working days, made up by a seed."""

import random
from datetime import UTC, datetime, time, timedelta
from typing import Any

from functions.apply_settings.accept_settings import apply_settings
from functions.scan_gaps.scan_salon import scan_gaps
from local.memory.memory import MemoryDatabase, MemoryStore
from shared.ports import SALON, Data, Documents, Put, Query

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
STAFF = 10
DAYS = 14
DAILY = {f"{day}": [{"start": "10:00", "end": "20:00"}] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


class StandingClock:
    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def real(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Nobody else is there to wait for."""


def booking(staff_id: str, start: datetime, minutes: int, **fields: Any) -> Data:
    return {
        "customer_id": "c1",
        "staff_id": staff_id,
        "service_ids": ["service1"],
        "start_time": start,
        "end_time": start + timedelta(minutes=minutes),
        "price": 500,
        "status": "confirmed",
        "updated_at": NOW - timedelta(days=2),
        **fields,
    }


def documents_of(salon_id: str, bookings_a_day: int) -> Documents:
    """Written, with its settings accepted and its gaps found, without a single event."""
    database = MemoryDatabase(now=lambda: NOW)
    documents = MemoryStore(database).salon(salon_id)
    documents.commit(
        Put(SALON, {"name": "S", "timezone": "UTC", "currency": "INR", "opening_hours": DAILY}),
        Put("settings/current", {"mode": "live", "gap": {"horizon_days": DAYS - 1}}),
        *(Put(f"staff/staff{n}", {"name": f"Staff {n}", "service_ids": _services()}) for n in range(STAFF)),
        *(Put(f"services/{id}", {"name": id, "duration_minutes": 30, "price": 500}) for id in _services()),
    )
    clock = StandingClock()
    apply_settings(documents=documents, clock=clock)
    chance = random.Random(salon_id)
    for staff in range(STAFF):
        for day in range(DAYS):
            opens = datetime.combine(NOW.date(), time(10), UTC) + timedelta(days=day)
            hours = sorted(chance.sample(range(20), bookings_a_day))
            documents.commit(
                *(
                    Put(f"bookings/b{staff}-{day}-{hour}", booking(f"staff{staff}", opens + hour * HALF_HOUR, 30))
                    for hour in hours
                )
            )
    scan_gaps(documents=documents, clock=clock)
    return documents


def copy_of(template: Documents, salon_id: str) -> Documents:
    """The same salon again, in a database of its own."""
    documents = MemoryStore(MemoryDatabase(now=lambda: NOW)).salon(salon_id)
    singles = template.get_all([SALON, "settings/accepted", "settings/v1", "counters/scan"])
    found = [*singles, *(each for name in COLLECTIONS for each in template.query(Query(name)))]
    documents.commit(*(Put(snapshot.path, snapshot.data) for snapshot in found))
    return documents


HALF_HOUR = timedelta(minutes=30)
COLLECTIONS = ("staff", "services", "bookings", "gaps")


def _services() -> list[str]:
    return [f"service{number}" for number in range(10)]
