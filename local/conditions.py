"""What may happen to an event on its way to a function, in one process: the calm, or what a simulation puts in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from local.functions import Function

Fate = Literal["once", "twice", "lost", "crash_before", "crash_after"]


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one function."""

    number: int
    function: Function
    about: str
    headers: Mapping[str, str]
    body: bytes
    retried: bool = True
    attempt: int = 1


@dataclass(frozen=True)
class Dead:
    """A delivery that failed as often as the platform tries."""

    delivery: Delivery
    error: Exception


class Conditions(Protocol):
    """What the platform may do to deliveries. A simulation replaces the calm by its own."""

    def next(self, waiting: Sequence[Delivery]) -> int:
        """Which of those waiting is delivered now."""
        ...

    def fate(self, delivery: Delivery) -> Fate:
        """`lost` loses this attempt only; a crash is an attempt that fails before or after its work."""
        ...


class Calm:
    """First in, first out, each once."""

    def next(self, waiting: Sequence[Delivery]) -> int:
        return 0

    def fate(self, delivery: Delivery) -> Fate:
        return "once"


class Crash(Exception):
    """The machine a function ran on is gone."""
