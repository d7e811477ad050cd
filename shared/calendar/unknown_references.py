"""Bookings that name a service or a staff member who is not there."""

from collections.abc import Container

from shared.calendar.booking import Booking
from shared.records.problem import Problem


def unknown_staff(booking: Booking) -> Problem:
    about = f"staff member {booking.staff_id} is unknown"
    return Problem("booking", booking.id, about, f"{about}: the booking takes nobody's time", "unknown_staff")


def unknown_services(booking: Booking, known: Container[str]) -> list[Problem]:
    return [
        Problem(
            "booking",
            booking.id,
            f"service {service_id} is unknown",
            f"service {service_id} is unknown: the booking takes its time without buffers or processing",
            "unknown_service",
        )
        for service_id in booking.service_ids
        if service_id not in known
    ]
