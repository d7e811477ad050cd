"""Values of the command line, each refused with what was expected and what was found."""

from argparse import ArgumentTypeError
from datetime import date, datetime

from local.documents import NotStorable, parse_instant


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a day such as 2026-05-01, found {text!r}") from None


def instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except NotStorable as error:
        raise ArgumentTypeError(str(error)) from None


def speed(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise ArgumentTypeError(f"expected a speed of 0 or more, such as 60, found {text!r}")
    return found


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 2**16):
        raise ArgumentTypeError(f"expected a port from 0 (any free one) to {2**16 - 1}, found {text!r}")
    return int(text)
