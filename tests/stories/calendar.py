"""A salon with two stylists for tests of its calendar, what happens to its bookings, and events that go astray."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from local.conditions import Delivery, Fate
from local.in_process import Suite
from tests.stories.salon import NOW, SALON, booking, open_salon

ROOT = f"salons/{SALON}"


class Losing:
    """Every event of these functions is lost, however often it is delivered; what comes due still comes."""

    def __init__(self, *functions: str) -> None:
        self.functions = set(functions)

    def next(self, waiting: Sequence[Delivery]) -> int:
        return 0

    def fate(self, delivery: Delivery) -> Fate:
        lost = delivery.function.name in self.functions and not delivery.about.startswith("collection=")
        return "lost" if lost else "once"


def at(hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


def open_calendar(suite: Suite, **options: Any) -> None:
    """Mia is booked from 10:00 to 18:00 but for nothing; Zoe at 11:00, 14:00 and 16:00. The calendar was scanned once."""
    suite.put(f"{ROOT}/staff/zoe", {"name": "Zoe", "service_ids": ["cut"]})
    for hour in (11, 14, 16):
        suite.put(f"{ROOT}/bookings/z{hour}", booking(at(hour), staff_id="zoe"))
    open_salon(suite, **options)
    scan(suite)


def scan(suite: Suite) -> None:
    suite.tick("gap_scan")
    suite.run_until_idle()


def write(suite: Suite, booking_id: str, **fields: Any) -> None:
    """As the booking app does: with the time of the write."""
    suite.update(f"{ROOT}/bookings/{booking_id}", updated_at=suite.clock.now(), **fields)


def cancelled(suite: Suite, booking_id: str, by: str = "customer") -> None:
    write(suite, booking_id, status="cancelled", cancelled_at=suite.clock.now(), cancelled_by=by)


def moved(suite: Suite, booking_id: str, to: datetime, minutes: int = 60, staff_id: str = "mia") -> None:
    write(suite, booking_id, start_time=to, end_time=to + timedelta(minutes=minutes), staff_id=staff_id)


def booked(suite: Suite, booking_id: str, start: datetime, minutes: int = 60, **fields: Any) -> None:
    now = suite.clock.now()
    suite.put(f"{ROOT}/bookings/{booking_id}", booking(start, minutes, created_at=now, **{"updated_at": now, **fields}))


def gaps(suite: Suite, **wanted: Any) -> list[dict[str, Any]]:
    found = sorted(suite.list(f"{ROOT}/gaps").values(), key=lambda gap: (gap["start_time"], gap["staff_id"], gap["id"]))
    return [gap for gap in found if all(gap[name] == value for name, value in wanted.items())]


def free(suite: Suite, **wanted: Any) -> list[tuple[str, str, str, str]]:
    """The open gaps: whose, from when, until when, where from."""
    return [
        (gap["staff_id"], f"{gap['start_time']:%d %H:%M}", f"{gap['end_time']:%d %H:%M}", gap["origin"])
        for gap in gaps(suite, status="open", **wanted)
    ]


def records(suite: Suite, **wanted: Any) -> list[dict[str, Any]]:
    found = sorted(suite.list(f"{ROOT}/audit_logs").values(), key=lambda record: (record["created_at"], record["id"]))
    return [record for record in found if all(record[name] == value for name, value in wanted.items())]


def alerts(suite: Suite, about: str = "") -> list[str]:
    told = records(suite, announces="ALERT_TRIGGERED")
    found = [str((record["details"] | record["payload"])["reason"]) for record in told]
    return [reason for reason in found if about in reason]


Change = Callable[[Suite], None]
