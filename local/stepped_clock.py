"""A clock that tests and replays move."""

from datetime import datetime, timedelta


class SteppedClock:
    """Stands still until moved. Sleeping passes only on the `real` clock, so that leases and back-off end."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._slept = timedelta()

    def now(self) -> datetime:
        return self._now

    def real(self) -> datetime:
        return self._now + self._slept

    def sleep(self, seconds: float) -> None:
        self._slept += timedelta(seconds=seconds)

    def move_to(self, instant: datetime) -> None:
        if instant < self._now:
            raise ValueError(f"expected an instant not before {self._now}, found {instant}")
        self._now = instant
