from decimal import Decimal

import pytest
from pydantic import ValidationError

from shared.calendar.booking import Booking, sold
from shared.calendar.service import Service
from shared.calendar.staff import StaffMember
from shared.customers.customer import Customer
from shared.customers.waitlist import WaitlistEntry
from shared.salon.salon import Salon
from tests.shared.calendar.schedules import a_booking, a_salon, at, between

SALON = {"name": "A", "timezone": "Asia/Kolkata", "currency": "INR"}


def test_a_missing_field_takes_its_default_and_null_counts_as_missing():
    salon = Salon.from_document("s1", {**SALON, "closures": None, "contacts": None, "address": None})
    assert (salon.closures, salon.contacts, salon.address, salon.opening_hours) == ([], [], "", {})
    assert (salon.status, salon.organization_id) == ("active", "s1")
    staff = StaffMember.from_document("t1", {"name": "T"})
    assert staff.working_hours is None and staff.active
    customer = Customer.from_document("c1", {"name": "C"})
    assert customer.minimum_notice_minutes == 45 and not customer.consents.allows("whatsapp", "marketing")


def test_fields_of_the_app_are_ignored_and_the_id_is_the_documents_name():
    salon = Salon.from_document("s1", {**SALON, "theme": "dark", "id": "other"})
    assert salon.id == "s1" and "id" not in salon.stored()
    assert Salon.from_document("s1", salon.stored()) == salon


def test_an_unknown_zone_is_an_error_that_says_what_was_found():
    for name in ("Mars/Olympus", "", "../etc/passwd", "Asia"):
        with pytest.raises(ValidationError, match=f"found '{name}'"):
            Salon.from_document("s1", {**SALON, "timezone": name})


def test_hours_are_read_as_pairs_and_as_maps():
    pairs = a_salon(opening_hours={"mon": [["10:00", "13:00"], ["14:00", "24:00"]]})
    maps = a_salon(opening_hours={"mon": [{"start": "10:00", "end": "13:00"}, {"start": "14:00", "end": "24:00"}]})
    assert pairs == maps


@pytest.mark.parametrize(
    "fields",
    [
        {"opening_hours": {"monday": [["10:00", "18:00"]]}},
        {"opening_hours": {"mon": [["22:00", "02:00"]]}},
        {"opening_hours": {"mon": [["10:00"]]}},
        {"special_hours": {"2026-02-30": []}},
        {"special_hours": {"20261108": []}},
        {"closures": [{"start": at("12:00"), "end": at("10:00")}]},
        {"currency": "rupees"},
        {"status": "closed"},
    ],
)
def test_what_cannot_be_understood_is_never_guessed(fields: dict[str, object]):
    with pytest.raises(ValidationError):
        a_salon(**fields)


def test_whole_numbers_may_come_as_doubles():
    service = Service.from_document("x", {"name": "X", "duration_minutes": 45.0, "price": 99.5, "margin": 1})
    assert (service.duration_minutes, service.price, service.margin) == (45, Decimal("99.5"), 1.0)
    with pytest.raises(ValidationError):
        Service.from_document("x", {"name": "X", "duration_minutes": 45.5, "price": 1})


def test_processing_lies_within_its_service():
    with pytest.raises(ValidationError, match="within its 60 minutes"):
        Service.from_document(
            "x",
            {"name": "X", "duration_minutes": 60, "price": 1, "processing": {"after_minutes": 40, "minutes": 30}},
        )


def test_a_booking_ends_after_it_starts_and_needs_no_customer():
    with pytest.raises(ValidationError, match="to end after it starts"):
        a_booking("11:00", "11:00")
    assert a_booking("11:00", "12:00", customer_id=None).occupies


def test_a_booking_of_ours_is_cancelled_only_once():
    booking = sold(
        id="b1", customer_id="c", staff_id="t", service_ids=["cut"], stretch=between("11:00", "12:00"),
        price=Decimal(400), outreach_id="o", gap_id="g", now=at("10:00"),
    )  # fmt: skip
    assert (booking.source, booking.status) == ("smart_fill", "confirmed")
    assert Booking.from_document("b1", booking.stored()) == booking
    cancelled = booking.cancelled(by="customer", reason="ill", now=at("10:30"))
    assert (cancelled.status, cancelled.cancelled_by, cancelled.cancelled_at) == ("cancelled", "customer", at("10:30"))
    with pytest.raises(ValueError, match="found it cancelled"):
        cancelled.cancelled(by="salon", reason="ill", now=at("11:00"))


def an_entry(**fields: object) -> WaitlistEntry:
    return WaitlistEntry.from_document("w1", {"customer_id": "c", "service_ids": ["cut"], **fields})


def test_a_waitlist_entry_is_offered_again_after_an_offer_that_ended():
    assert an_entry().offered().waiting_again().offered().booked().status == "booked"


@pytest.mark.parametrize("end", ["booked", "expired", "cancelled"])
def test_a_waitlist_entry_that_ended_stays_so(end: str):
    ended = an_entry(status=end)
    assert not ended.standing
    for change in (ended.offered, ended.waiting_again, ended.booked):
        with pytest.raises(ValueError, match=f"found it {end}"):
            change()


def test_a_waitlist_entry_is_over_when_its_last_window_or_its_expiry_is():
    windows = [{"start": at("10:00"), "end": at("12:00")}, {"start": at("14:00"), "end": at("15:00")}]
    assert not an_entry(windows=windows).over(at("14:59"))
    assert an_entry(windows=windows).over(at("15:00"))
    assert an_entry(expires_at=at("11:00")).over(at("11:00"))
    assert not an_entry().over(at("11:00"))
