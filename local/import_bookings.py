"""`python -m local import`: a salon made from a booking export (docs/import.md says of what file, and what is made up)."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from statistics import median_low
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import is_currency

from local import documents
from local.booking_export import ExportedBooking, NotAnExport, Problem, lines_of, read_bookings
from local.front import Front, NotReached, Refused
from shared.ports import Data
from shared.values.money import rounded
from shared.values.wall_time import WEEKDAYS, weekday_of

SALON_ID = "imported"
MINUTES_A_DAY = 24 * 60
SYNTHETIC = ["name", "phone", "consents"]
"""What the export does not have and the replay needs. A document lists what of it is made up."""


@dataclass(frozen=True)
class Import:
    """`documents` by whole path, in an order in which every document comes after those it names."""

    documents: dict[str, Data]
    problems: list[Problem]
    bookings: list[ExportedBooking]


def read_export(lines: Iterable[str], timezone: str, currency: str, *, salon_id: str = SALON_ID) -> Import:
    """Pure and the same every time: ids are those of the export, so importing twice writes the same documents."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise NotAnExport(f"expected an IANA timezone such as America/Toronto, found {timezone!r}") from error
    if not is_currency(currency):
        raise NotAnExport(f"expected an ISO 4217 currency such as CAD, found {currency!r}")
    bookings, problems = read_bookings(lines, zone)
    root = f"salons/{salon_id}"
    made = dict(_documents(bookings, zone, currency)) if bookings else {}
    found = {f"{root}/{path}": data for path, data in made.items()}
    if bookings:
        # Last: only then do the functions know the salon, and find it complete.
        found[root] = _salon(bookings, zone, currency, salon_id)
    return Import(found, problems, bookings)


def fictional_phone(index: int) -> str:
    """Numbers 555-0100 to 555-0199 of every area code belong to nobody and are kept for fiction."""
    area, line = divmod(index, 100)
    codes = [f"{a}{b}{c}" for a in range(2, 10) for b in range(9) for c in range(10) if (b, c) != (1, 1)]
    if area >= len(codes):
        raise NotAnExport(f"expected at most {len(codes) * 100} customers, found more")
    return f"+1{codes[area]}5550{100 + line}"


def _documents(bookings: Sequence[ExportedBooking], zone: ZoneInfo, currency: str) -> Iterator[tuple[str, Data]]:
    for service_id in _in_order(booking.service_id for booking in bookings):
        yield (
            f"services/{service_id}",
            _service(service_id, [b for b in bookings if b.service_id == service_id], currency),
        )
    for staff_id in _in_order(booking.staff_id for booking in bookings):
        yield f"staff/{staff_id}", _staff(staff_id, [b for b in bookings if b.staff_id == staff_id], zone)
    history: dict[str, list[ExportedBooking]] = {}
    for booking in bookings:
        history.setdefault(booking.customer_id, []).append(booking)
    for index, (customer_id, own) in enumerate(history.items()):
        yield f"customers/{customer_id}", _customer(index, own, currency)
    for booking in bookings:
        yield f"bookings/{booking.id}", booking_document(booking, currency)


def _in_order(ids: Iterable[str]) -> list[str]:
    return sorted(set(ids))


def _salon(bookings: Sequence[ExportedBooking], zone: ZoneInfo, currency: str, salon_id: str) -> Data:
    first = min(booking.created_at for booking in bookings)
    return {
        "name": "Imported salon",
        "organization_id": salon_id,
        "status": "active",
        "timezone": zone.key,
        "currency": currency,
        "locale": "en",
        "address": "",
        "opening_hours": _envelope(bookings, zone),
        "contacts": [],
        # No number to send from: nothing leaves before somebody enters one and switches the salon live.
        "messaging": {},
        "created_at": first,
        "updated_at": first,
        "synthetic": ["name"],
    }


def _envelope(bookings: Iterable[ExportedBooking], zone: ZoneInfo) -> Data:
    """Of each weekday, the time from the earliest start to the latest end. Past midnight counts as midnight."""
    hours: dict[str, tuple[int, int]] = {}
    for booking in bookings:
        start = booking.start.astimezone(zone)
        opens = start.hour * 60 + start.minute
        closes = min(opens + booking.minutes, MINUTES_A_DAY)
        day = weekday_of(start.date())
        known = hours.get(day, (opens, closes))
        hours[day] = (min(known[0], opens), max(known[1], closes))
    return {
        day: [{"start": _wall_time(hours[day][0]), "end": _wall_time(hours[day][1])}]
        for day in WEEKDAYS
        if day in hours
    }


def _wall_time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _service(service_id: str, bookings: Sequence[ExportedBooking], currency: str) -> Data:
    return {
        "name": service_id.replace("_", " ").capitalize(),
        "category": service_id,
        "duration_minutes": median_low(booking.minutes for booking in bookings),
        "price": _amount(median_low(booking.price for booking in bookings), currency),
        "active": True,
    }


def _staff(staff_id: str, bookings: Sequence[ExportedBooking], zone: ZoneInfo) -> Data:
    return {
        "name": f"Stylist {staff_id}",
        "active": True,
        "service_ids": _in_order(booking.service_id for booking in bookings),
        # Somebody never seen on a Monday does not work on Mondays, whatever the salon's hours.
        "working_hours": _envelope(bookings, zone),
        "synthetic": ["name"],
    }


def _customer(index: int, bookings: Sequence[ExportedBooking], currency: str) -> Data:
    visits = [booking for booking in bookings if booking.status == "completed"]
    return {
        "name": f"Customer {index + 1}",
        "phone": fictional_phone(index),
        "visit_count": len(visits),
        "lifetime_value": _amount(sum((booking.price for booking in visits), Decimal(0)), currency),
        "created_at": min(booking.created_at for booking in bookings),
        "consents": {"whatsapp": {"marketing": True, "service": True}},
        "synthetic": SYNTHETIC,
    }


def booking_document(booking: ExportedBooking, currency: str, *, as_of: datetime | None = None) -> Data:
    """As the export tells it in the end, or as the booking app had it at a moment of its life."""
    document: Data = {
        "customer_id": booking.customer_id,
        "staff_id": booking.staff_id,
        "service_ids": [booking.service_id],
        "start_time": booking.start,
        "end_time": booking.end,
        "price": _amount(booking.price, currency),
        "source": "import",
        "status": "confirmed",
        "created_at": booking.created_at,
        "confirmed_at": booking.created_at,
        "updated_at": booking.created_at,
    }
    if booking.cancelled_at is not None and (as_of is None or booking.cancelled_at <= as_of):
        # The export does not say who cancelled; a salon's own cancellations are few.
        document |= {"cancelled_at": booking.cancelled_at, "cancelled_by": "customer"}
        document |= {"status": "cancelled", "updated_at": booking.cancelled_at}
    elif booking.cancelled_at is None and (as_of is None or booking.end <= as_of):
        document |= {"status": booking.status, "updated_at": max(booking.created_at, booking.end)}
    return document


def _amount(value: Decimal, currency: str) -> int | float:
    amount = rounded(value, currency)
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("import", help="make a salon from a booking export", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--timezone", required=True, help="the salon's IANA zone: the times of the file are local")
    parser.add_argument("--currency", required=True, help="ISO 4217, such as CAD")
    parser.add_argument("--salon", default=SALON_ID, help="the salon's id (default: %(default)s)")
    parser.add_argument("--url", help="base_url of a running local cloud to import into")
    parser.add_argument(
        "--output", type=Path, help="else a JSON file of all documents (default: the salon's id .salon.json)"
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """0: all of the file is imported; 1: all but the lines that were set aside; 2: it is not imported."""
    try:
        made = read_export(lines_of(options.file), options.timezone, options.currency, salon_id=options.salon)
    except NotAnExport as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    for problem in made.problems:
        print(f"{options.file}: {problem}", file=sys.stderr)
    if not made.bookings:
        print(f"{options.file}: expected at least one booking that can be understood, found none", file=sys.stderr)
        return 1
    try:
        target = _put(made, options.url) if options.url else _write(made, options.output or _output(options.salon))
    except (NotReached, Refused) as error:
        print(f"not written: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"not written: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print(
        f"{len(made.bookings)} bookings imported as salon {options.salon!r} into {target};"
        f" {len(made.problems)} lines set aside"
    )
    return 1 if made.problems else 0


def _output(salon_id: str) -> Path:
    """Where it is written unless somebody says so; git does not see it."""
    return Path(f"{salon_id}.salon.json")


def _put(made: Import, url: str) -> str:
    """Into a running local cloud, as its booking app would."""
    front = Front(url)
    front.now()
    for path, data in made.documents.items():
        front.put(path, documents.to_json(data))
    return url


def _write(made: Import, file: Path) -> str:
    content = {path: documents.to_json(data) for path, data in made.documents.items()}
    file.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
    return str(file)
