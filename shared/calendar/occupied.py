"""Which time bookings take, of a staff member and of a room.

A booking's own start and end are the truth: its services are laid in sequence from its start, the last one lasts
until its end. Of a service we do not know, and of all after it, nobody knows where in the booking they lie.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from shared.calendar.booking import Booking
from shared.calendar.service import Service
from shared.values.stretches import Stretch, merged, without

Services = Mapping[str, Service]


class Part(NamedTuple):
    """One service of a booking; `service` is None for the rest of a booking from its first unknown service on."""

    service: Service | None
    stretch: Stretch


def occupied(bookings: Iterable[Booking], services: Services) -> list[Stretch]:
    """The staff member's time that standing bookings take, with buffers and without processing. Bookings may
    overlap."""
    return merged(piece for booking in bookings if booking.occupies for piece in time_of(booking, services))


def time_of(booking: Booking, services: Services) -> list[Stretch]:
    """The staff member's time that this booking takes, whatever its status."""
    plain = [each for id in booking.service_ids if (each := services.get(id)) and each.processing is None]
    if plain and len(plain) == len(booking.service_ids):  # most bookings
        return [booking.stretch.widened(plain[0].buffer_before, plain[-1].buffer_after)]
    parts = parts_of(booking, services)
    first, last = parts[0].service, parts[-1].service
    whole = booking.stretch.widened(
        first.buffer_before if first else timedelta(), last.buffer_after if last else timedelta()
    )
    pieces: list[Stretch] = []
    start = whole.start
    # Services follow each other, so their processing does too.
    for part in parts:
        if part.service is None or part.service.processing is None:
            continue
        for free in _processing(part):
            if start < free.start:
                pieces.append(Stretch(start, free.start))
            start = free.end
    if start < whole.end:
        pieces.append(Stretch(start, whole.end))
    return pieces


def parts_of(booking: Booking, services: Services) -> list[Part]:
    """The services of a booking, laid one after the other."""
    parts: list[Part] = []
    at = booking.start_time
    for number, service_id in enumerate(booking.service_ids, start=1):
        service = services.get(service_id)
        if service is None:
            break
        end = booking.end_time
        if number < len(booking.service_ids):
            end = min(end, at + service.duration)
        parts.append(Part(service, Stretch(at, end)))
        at = end
    else:
        if parts:
            return parts
    return [*parts, Part(None, Stretch(at, booking.end_time))]


def resources_free(service: Service, slot: Stretch, bookings: Iterable[Booking], services: Services) -> bool:
    """Whether every room or chair that the service needs is free for the slot with its buffers."""
    wanted = slot.widened(service.buffer_before, service.buffer_after)
    return not any(taken.overlaps(wanted) for taken in resources_taken(service, bookings, services))


def resources_taken(service: Service, bookings: Iterable[Booking], services: Services) -> list[Stretch]:
    """When something that the service needs is in use. `bookings` are those of all staff, because a room is shared.
    Processing does not free a room, and buffers keep it for cleaning."""
    needed = set(service.resource_ids)
    return merged(
        taken for booking in bookings if booking.occupies for taken in resource_time(booking, needed, services)
    )


def resource_time(booking: Booking, resource_ids: set[str], services: Services) -> list[Stretch]:
    """When the booking uses one of these resources. Of a service after an unknown one nobody knows where it lies, so it
    counts for all of the rest."""
    listed = [services[service_id] for service_id in booking.service_ids if service_id in services]
    parts = parts_of(booking, services)
    used = [
        part.stretch.widened(part.service.buffer_before, part.service.buffer_after)
        for part in parts
        if part.service and resource_ids.intersection(part.service.resource_ids)
    ]
    placed = sum(part.service is not None for part in parts)
    if any(resource_ids.intersection(service.resource_ids) for service in listed[placed:]):
        used.append(parts[-1].stretch)
    return used


def double_booked(bookings: Sequence[Booking], services: Services) -> list[tuple[Booking, Booking]]:
    """Pairs of standing bookings of one staff member that need them at the same time, the earlier one first. Buffers
    may touch another booking and processing is free, so neither makes a pair."""
    standing = sorted((b for b in bookings if b.occupies), key=lambda b: (b.start_time, b.end_time, b.id))
    hands_on = {
        b.id: without([b.stretch], [f for p in parts_of(b, services) for f in _processing(p)]) for b in standing
    }
    pairs = []
    for index, booking in enumerate(standing):
        for other in standing[index + 1 :]:
            if other.start_time >= booking.end_time:
                break
            if any(mine.overlaps(theirs) for mine in hands_on[booking.id] for theirs in hands_on[other.id]):
                pairs.append((booking, other))
    return pairs


def _processing(part: Part) -> list[Stretch]:
    """When the staff member is free within this part: the processing time, cut where the booking was cut."""
    if part.service is None or part.service.processing is None:
        return []
    start = part.stretch.start + part.service.processing.after
    end = min(start + part.service.processing.duration, part.stretch.end)
    return [Stretch(start, end)] if start < end else []
