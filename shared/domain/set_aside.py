"""What the booking app wrote and nobody can understand, or that names what does not exist. It is set aside and said, never
guessed; a reason names fields and ids, and nothing about people."""

from collections.abc import Container
from dataclasses import dataclass

from pydantic import ValidationError

from shared.domain.booking import Booking


@dataclass(frozen=True)
class Problem:
    """`kind` is the same for all of a sort: the owner hears of a sort, the audit log of each."""

    resource_type: str
    resource_id: str
    kind: str
    reason: str


def unreadable(resource_type: str, resource_id: str, error: ValidationError) -> Problem:
    found = [(".".join(map(str, each["loc"])) or resource_type, each) for each in error.errors()]
    kind = "; ".join(f"{where}: {each['type']}" for where, each in found)
    return Problem(
        resource_type,
        resource_id,
        f"{resource_type} cannot be understood ({kind})",
        # Which field and what was expected, never what it held.
        "; ".join(f"{where}: {each['msg']}" for where, each in found),
    )


def unknown_staff(booking: Booking) -> Problem:
    about = f"staff member {booking.staff_id} is unknown"
    return Problem("booking", booking.id, about, f"{about}: the booking takes nobody's time")


def unknown_services(booking: Booking, known: Container[str]) -> list[Problem]:
    return [
        Problem(
            "booking",
            booking.id,
            f"service {service_id} is unknown",
            f"service {service_id} is unknown: the booking takes its time without buffers or processing",
        )
        for service_id in booking.service_ids
        if service_id not in known
    ]
