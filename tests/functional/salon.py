"""A small made-up salon for tests: one stylist, one service, a waitlist, everything at whole hours in UTC+0 winter time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from local.in_process import ACCOUNT_SID, Suite

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday, 09:30 in London
SALON = "s1"
WHATSAPP = "+14155238886"
OWNER = "+447700900999"


def customer(number: int, **fields: Any) -> dict[str, Any]:
    both = {"marketing": True, "service": True}
    return {
        "name": f"Customer {number}",
        "phone": f"+4477009001{number:02}",
        "consents": {"whatsapp": both},
        **fields,
    }


def booking(start: datetime, minutes: int = 60, **fields: Any) -> dict[str, Any]:
    return {
        "customer_id": "holder",
        "staff_id": "mia",
        "service_ids": ["cut"],
        "start_time": start,
        "end_time": start + timedelta(minutes=minutes),
        "price": 50,
        "source": "app",
        "status": "confirmed",
        "created_at": NOW - timedelta(days=3),
        "updated_at": NOW - timedelta(days=3),
        **fields,
    }


def open_salon(suite: Suite, *, waiting: int = 3, settings: dict[str, Any] | None = None, **salon: Any) -> datetime:
    """A salon with a full afternoon and `waiting` customers on the waitlist; returns the start of the booking `b1` that
    a test may cancel (13:00, three and a half hours ahead)."""
    start = NOW.replace(hour=13, minute=0)
    root = f"salons/{SALON}"
    suite.put(f"{root}/settings/current", {"mode": "live", "gap": {"settle_seconds": 0}, **(settings or {})})
    suite.put(f"{root}/staff/mia", {"name": "Mia", "service_ids": ["cut"]})
    suite.put(f"{root}/services/cut", {"name": "Cut", "duration_minutes": 60, "price": 50})
    suite.put(f"{root}/customers/holder", customer(99, name="Holder"))
    for number in range(waiting):
        suite.put(f"{root}/customers/c{number}", customer(number))
        suite.put(f"{root}/waitlist/w{number}", waitlist_entry(f"c{number}", NOW - timedelta(hours=10 - number)))
    for hour in range(10, 18):
        suite.put(f"{root}/bookings/b{hour}", booking(start.replace(hour=hour)))
    suite.delete(f"{root}/bookings/b13")
    suite.put(f"{root}/bookings/b1", booking(start))
    suite.put(
        root,
        {
            "name": "Salon One",
            "organization_id": "org1",
            "status": "active",
            "timezone": "Europe/London",
            "currency": "GBP",
            "locale": "en-GB",
            "address": "1 High Street",
            "opening_hours": {"mon": [{"start": "10:00", "end": "18:00"}]},
            "contacts": [{"name": "Olga", "role": "owner", "phone": OWNER}],
            "messaging": {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP},
            "created_at": NOW,
            "updated_at": NOW,
            **salon,
        },
    )
    suite.run_until_idle()
    return start


def waitlist_entry(customer_id: str, created_at: datetime, **fields: Any) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "service_ids": ["cut"],
        "windows": [],
        "status": "waiting",
        "created_at": created_at,
        **fields,
    }


def cancel(suite: Suite, booking_id: str = "b1", by: str = "customer") -> None:
    now = suite.clock.now()
    suite.update(
        f"salons/{SALON}/bookings/{booking_id}", status="cancelled", cancelled_at=now, cancelled_by=by, updated_at=now
    )
    suite.run_until_idle()
