from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from local import demo_salon
from shared.calendar.booking import Booking
from shared.calendar.service import Service
from shared.calendar.staff import StaffMember
from shared.customers.customer import Customer
from shared.customers.waitlist import WaitlistEntry
from shared.salon.salon import Salon

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
MODELS = {
    "services": Service,
    "staff": StaffMember,
    "customers": Customer,
    "bookings": Booking,
    "waitlist": WaitlistEntry,
}


@pytest.fixture
def found() -> dict[str, dict[str, object]]:
    models: dict[str, dict[str, object]] = {name: {} for name in MODELS}
    for path, data in demo_salon.documents(NOW):
        match path.split("/"):
            case [_, _, collection, id] if collection in MODELS:
                models[collection][id] = MODELS[collection].from_document(id, data)
    return models


def test_every_document_of_the_demo_salon_is_what_the_suite_understands(found: dict[str, dict[str, object]]) -> None:
    assert {name: len(documents) > 3 for name, documents in found.items()} == dict.fromkeys(MODELS, True)
    *_, (path, salon) = demo_salon.documents(NOW)
    assert path == "salons/demo"
    assert Salon.from_document("demo", salon).contacts[0].role == "owner"


def test_the_same_moment_gives_the_same_salon() -> None:
    assert list(demo_salon.documents(NOW)) == list(demo_salon.documents(NOW))
    assert list(demo_salon.documents(NOW)) != list(demo_salon.documents(NOW + timedelta(days=1)))


def test_nobody_in_the_demo_salon_is_booked_twice_at_once(found: dict[str, dict[str, object]]) -> None:
    bookings = sorted(found["bookings"].values(), key=lambda booking: booking.start_time)
    for who in ("staff_id", "customer_id"):
        for person in {getattr(booking, who) for booking in bookings}:
            own = [booking for booking in bookings if getattr(booking, who) == person]
            assert all(one.end_time <= other.start_time for one, other in pairwise(own))


def test_bookings_are_of_services_their_staff_member_performs(found: dict[str, dict[str, object]]) -> None:
    for booking in found["bookings"].values():
        assert set(booking.service_ids) <= set(found["staff"][booking.staff_id].service_ids)


def test_every_phone_of_the_demo_salon_is_kept_for_fiction_and_unique(found: dict[str, dict[str, object]]) -> None:
    phones = [customer.phone for customer in found["customers"].values()] + [demo_salon.OWNER_PHONE]
    assert all(phone.startswith("+14165550") and 100 <= int(phone[-3:]) <= 199 for phone in phones)
    assert len(set(phones)) == len(phones)


@pytest.mark.parametrize("hour", [0, 9, 14, 23])
def test_any_coming_booking_has_somebody_waiting_for_its_time(hour: int) -> None:
    now = NOW.replace(hour=hour)
    documents = dict(demo_salon.documents(now))
    waiting = [WaitlistEntry.from_document("w", data) for path, data in documents.items() if "/waitlist/" in path]
    coming = [
        Booking.from_document("b", data)
        for path, data in documents.items()
        if "/bookings/" in path and data["status"] == "confirmed"
    ]
    assert coming
    for booking in coming:
        if booking.start_time > now:
            assert any(
                set(booking.service_ids) <= set(entry.service_ids)
                and any(w.start <= booking.start_time and booking.end_time <= w.end for w in entry.windows)
                for entry in waiting
            )
