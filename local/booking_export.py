"""The lines of a booking export, understood or set aside with their number and a reason. See docs/import.md."""

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path
from typing import Literal, TypeVar, get_args
from zoneinfo import ZoneInfo

Status = Literal["completed", "no_show", "cancelled"]
T = TypeVar("T")

COLUMNS = (
    "booking_id",
    "customer_id",
    "staff_id",
    "service_id",
    "start_time",
    "duration_minutes",
    "price",
    "status",
    "created_at",
    "cancelled_at",
)
LONGEST_MINUTES = 24 * 60
ID = re.compile(r"(?!\.{1,2}$)(?!__.*__$)[^/\x00-\x1f]{1,200}")


class NotAnExport(Exception):
    """The file as a whole is not a booking export; nothing of it can be imported."""


class _Unclear(NotAnExport):
    """A value that cannot be understood; says which column, what was expected and what was found."""


@dataclass(frozen=True)
class ExportedBooking:
    """What became of a booking in the end. Instants are UTC."""

    id: str
    customer_id: str
    staff_id: str
    service_id: str
    start: datetime
    minutes: int
    price: Decimal
    status: Status
    created_at: datetime
    cancelled_at: datetime | None

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Problem:
    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def lines_of(file: Path) -> list[str]:
    """Raises NotAnExport, with the line, where the file is not UTF-8; OSError where it cannot be read."""
    content = file.read_bytes()
    try:
        return list(StringIO(content.decode("utf-8-sig"), newline=""))
    except UnicodeDecodeError as error:
        line, found = content.count(b"\n", 0, error.start) + 1, content[error.start]
        raise NotAnExport(
            f"line {line}: expected UTF-8, found the byte 0x{found:02x}: save it as UTF-8, which spreadsheets call CSV UTF-8"
        ) from None


def read_bookings(lines: Iterable[str], zone: ZoneInfo) -> tuple[list[ExportedBooking], list[Problem]]:
    """Every line that can be understood, in the order of the file, and the others as problems. Raises NotAnExport when
    a column is missing: then no line means anything."""
    numbered = enumerate(lines, 1)
    first = next(numbered, (1, ""))[1].removeprefix("\ufeff")
    header = _values(first)
    if len(header) == 1 and len(apart := re.split(r"[;\t|]", first)) > 1:
        raise NotAnExport(
            f"expected values with commas between them, found a header of {len(apart)} parted otherwise: {first.strip()[:60]}"
        )
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise NotAnExport(f"expected the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}")
    bookings: dict[str, ExportedBooking] = {}
    problems: list[Problem] = []
    for number, line in numbered:
        if not line.strip():
            continue
        try:
            values = _values(line)
            if len(values) != len(header):
                raise _Unclear(f"expected {len(header)} values, found {len(values)}")
            booking = _booking(dict(zip(header, values, strict=True)), zone)
            if booking.id in bookings:
                raise _Unclear(f"booking_id: expected each id once, found {booking.id!r} again")
            bookings[booking.id] = booking
        except _Unclear as unclear:
            problems.append(Problem(number, str(unclear)))
    return list(bookings.values()), problems


def _values(line: str) -> list[str]:
    # Line by line: one stray quote must not swallow the rest of the file.
    try:
        return [value.strip() for value in next(csv.reader([line.rstrip("\r\n")], strict=True), [])]
    except csv.Error as error:
        raise _Unclear(f"expected comma-separated values, found {error}") from None


def _booking(row: dict[str, str], zone: ZoneInfo) -> ExportedBooking:
    status: Status = _read(row, "status", _status, f"one of {', '.join(get_args(Status))}")
    booking = ExportedBooking(
        id=_id(row, "booking_id"),
        customer_id=_id(row, "customer_id"),
        staff_id=_id(row, "staff_id"),
        service_id=_id(row, "service_id"),
        start=_time(row, "start_time", zone),
        minutes=_read(row, "duration_minutes", _minutes, f"whole minutes from 1 to {LONGEST_MINUTES}"),
        price=_read(row, "price", _price, "an amount of at least 0"),
        status=status,
        created_at=_time(row, "created_at", zone),
        cancelled_at=_time(row, "cancelled_at", zone) if status == "cancelled" else None,
    )
    if status != "cancelled" and row["cancelled_at"]:
        raise _Unclear(f"cancelled_at: expected nothing for a booking that is {status}, found {row['cancelled_at']!r}")
    if booking.created_at > booking.start:
        raise _Unclear(f"created_at: expected a time not after start_time, found {row['created_at']!r}")
    if booking.cancelled_at is not None and booking.cancelled_at < booking.created_at:
        raise _Unclear(f"cancelled_at: expected a time after created_at, found {row['cancelled_at']!r}")
    return booking


def _read(row: dict[str, str], column: str, parse: Callable[[str], T | None], expected: str) -> T:
    found = parse(row[column])
    if found is None:
        raise _Unclear(f"{column}: expected {expected}, found {_shown(row[column])}")
    return found


def _shown(text: str) -> str:
    return repr(text) if text else "nothing"


def _id(row: dict[str, str], column: str) -> str:
    return _read(row, column, lambda text: text if ID.fullmatch(text) else None, "an id without /")


def _time(row: dict[str, str], column: str, zone: ZoneInfo) -> datetime:
    return _read(row, column, lambda text: _instant(text, zone), f"a time such as 2026-05-01T14:30 in {zone.key}")


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    """When the salon's clock showed that time: the first instant where it did so twice, None where it never did."""
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d", text):
        return None
    try:
        wall = datetime.fromisoformat(text)
        instant = wall.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if wall.tzinfo is not None:
        return None
    return instant if instant.astimezone(zone).replace(tzinfo=None) == wall else None


def _status(text: str) -> Status | None:
    statuses: tuple[Status, ...] = get_args(Status)
    return next((status for status in statuses if status == text), None)


def _minutes(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= LONGEST_MINUTES else None


def _price(text: str) -> Decimal | None:
    try:
        price = Decimal(text)
    except InvalidOperation:
        return None
    return price if price.is_finite() and price >= 0 else None
