"""Business time, simulated: it starts where one likes, runs at any speed or stands still, and jumps forward."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class BusinessTime:
    """The one clock of a local cloud; it lives in the control process and the workers ask it. It stands still until it
    is told to run, so that starting up takes no business time."""

    def __init__(self, start: datetime) -> None:
        self.speed = 0.0
        self._lock = threading.Lock()
        self._set_to = start.astimezone(UTC)
        self._set_at = time.monotonic()

    def now(self) -> datetime:
        with self._lock:
            return self._now()

    def run(self, speed: float) -> None:
        with self._lock:
            self._set_to, self._set_at = self._now(), time.monotonic()
            self.speed = speed

    def move(self, to: datetime) -> datetime:
        """Forward to that instant; where that has passed already, to nowhere. What time it is then."""
        with self._lock:
            self._set_to, self._set_at = max(to.astimezone(UTC), self._now()), time.monotonic()
            return self._set_to

    def real_seconds_until(self, instant: datetime) -> float | None:
        """None: never by itself."""
        with self._lock:
            if self.speed == 0:
                return None
            return max(0.0, (instant - self._now()).total_seconds() / self.speed)

    def _now(self) -> datetime:
        return self._set_to + timedelta(seconds=(time.monotonic() - self._set_at) * self.speed)


class Now(Protocol):
    def now(self) -> datetime: ...


class LocalClock:
    """The Clock port in the local cloud: business time from BusinessTime (or a proxy of it), waiting in real time."""

    def __init__(self, business: Now) -> None:
        self._business = business

    def now(self) -> datetime:
        return self._business.now()

    def real(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
