"""Loads when the rooms, chairs and machines are in use that a service needs besides its staff member. Nothing is read
for a service that needs none."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from shared.calendar.booking import LONGEST_BOOKING, Booking
from shared.calendar.occupied import resources_free, resources_taken
from shared.calendar.service import Service
from shared.ports import Query, Reader
from shared.records.read_documents import readable
from shared.values.stretches import Stretch


def rooms_taken(wanted: Iterable[Service], within: Stretch, reader: Reader) -> dict[str, tuple[Stretch, ...]]:
    """When something that a service needs is in use, by service."""
    needy = [service for service in wanted if service.resource_ids]
    if not needy:
        return {}
    services = all_services(reader)
    bookings = bookings_around(within, services, reader)
    return {service.id: tuple(resources_taken(service, bookings, services)) for service in needy}


def rooms_free(service: Service, slot: Stretch, services: Mapping[str, Service], reader: Reader) -> bool:
    """Whether all that the service needs is free for the slot."""
    return resources_free(service, slot, bookings_around(slot, services, reader), services)


def all_services(reader: Reader) -> dict[str, Service]:
    """The services of the salon by id, inactive ones too."""
    return {service.id: service for service in readable(Service, reader.query(Query("services")))}


def bookings_around(within: Stretch, services: Mapping[str, Service], reader: Reader) -> list[Booking]:
    """The bookings of all staff members that may take time in this stretch: a room is shared."""
    none = timedelta()
    # Those of the other service and of the one that is wanted.
    before = 2 * max((service.buffer_before for service in services.values()), default=none)
    after = 2 * max((service.buffer_after for service in services.values()), default=none)
    query = Query(
        "bookings",
        where=(
            ("end_time", ">", within.start - before - after),
            ("end_time", "<", within.end + before + after + LONGEST_BOOKING),
            ("start_time", "<", within.end + before + after),
        ),
    )
    return readable(Booking, reader.query(query))
