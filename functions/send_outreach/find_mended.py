"""Finds out whether what the owner is to be told has been mended since: then it is not said any more."""

from collections.abc import Mapping
from typing import Any

from shared.asking.outreach import Outreach
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.calendar.service import Service
from shared.calendar.staff import StaffMember
from shared.customers.customer import Customer
from shared.messaging.message import Message
from shared.ports import SALON, Reader
from shared.records.read_documents import readable, readable_one
from shared.salon.salon import Salon


def mended(alert: Message, documents: Reader) -> bool:
    """Whether the trouble that this alert tells of is over. What is not known to be over is told."""
    if alert.purpose != "owner_alert":
        return False
    record = documents.get(f"audit_logs/{alert.about}")
    return record is not None and _is_over(record.data["details"], record.data["resource_id"], documents)


def _is_over(details: Mapping[str, Any], about: str, documents: Reader) -> bool:
    id = details.get("example")
    match details.get("problem"):
        case "unreadable_booking":
            return _is_readable(Booking, f"bookings/{id}", documents)
        case "unreadable_staff":
            return _is_readable(StaffMember, f"staff/{id}", documents)
        case "unreadable_service":
            return _is_readable(Service, f"services/{id}", documents)
        case "unreadable_salon":
            return _is_readable(Salon, SALON, documents)
        case "unreadable_customer":
            return _is_readable(Customer, f"customers/{id}", documents)
        case "unreadable_phone":
            customer = readable_one(Customer, documents.get(f"customers/{id}"))
            salon = readable_one(Salon, documents.get(SALON))
            return salon is not None and (customer is None or bool(customer.dialled_in(salon.country).phone))
        case "no_hours":
            salon = readable_one(Salon, documents.get(SALON))
            return salon is not None and bool(salon.opening_hours or salon.special_hours)
        case "unknown_staff" | "unknown_service":
            return not any(_names_nobody(each, documents) for each in _standing([str(id)], documents))
        case "away":
            there = [each for each in _standing(details["booking_ids"], documents) if each.staff_id == about]
            return not [each for each in there if _on(each, details["date"], documents)]
        case "overlap":
            both = _standing([details["booking_id"], details["other_id"]], documents)
            return (
                len(both) < 2 or both[0].staff_id != both[1].staff_id or not both[0].stretch.overlaps(both[1].stretch)
            )
        case "sale_in_doubt":
            return not any(_in_doubt(each, documents) for each in _standing(details["booking_ids"], documents))
        case "sale_unheard":
            return not _standing(details["booking_ids"], documents)
    return False


def _is_readable(model: type[Booking | StaffMember | Service | Customer | Salon], path: str, documents: Reader) -> bool:
    """Whether it can be read, or is gone."""
    found = documents.get(path)
    return found is None or readable_one(model, found) is not None


def _standing(ids: list[str], documents: Reader) -> list[Booking]:
    found = readable(Booking, documents.get_all([f"bookings/{id}" for id in ids]))
    return [booking for booking in found if booking.occupies]


def _names_nobody(booking: Booking, documents: Reader) -> bool:
    named = [f"staff/{booking.staff_id}", *(f"services/{id}" for id in booking.service_ids)]
    return len(documents.get_all(named)) < len(set(named))


def _in_doubt(booking: Booking, documents: Reader) -> bool:
    gap = readable_one(Gap, documents.get(f"gaps/{booking.gap_id}"))
    offer = readable_one(Outreach, documents.get(f"outreach/{booking.outreach_id}"))
    return gap is None or gap.filled_by != booking.id or offer is None or offer.response.booking_id != booking.id


def _on(booking: Booking, date: str, documents: Reader) -> bool:
    """Whether the booking is on this date on the salon's wall."""
    salon = readable_one(Salon, documents.get(SALON))
    return salon is None or salon.date_of(booking.start_time).isoformat() == date
