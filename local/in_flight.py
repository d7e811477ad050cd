"""How many pieces of work are under way. Exact, because whoever hands work on counts it before letting go of it."""

import threading
import time


class InFlight:
    """`begun` only grows: two readings that are equal say that nothing began in between."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._begun = 0

    @property
    def count(self) -> int:
        with self._changed:
            return self._count

    @property
    def begun(self) -> int:
        with self._changed:
            return self._begun

    def begin(self) -> None:
        with self._changed:
            self._count += 1
            self._begun += 1

    def end(self) -> None:
        with self._changed:
            if self._count == 0:
                raise RuntimeError("expected work that ends to have begun, found none under way")
            self._count -= 1
            self._changed.notify_all()

    def wait_for_none(self, deadline: float) -> bool:
        """False when the deadline (of time.monotonic) passed first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count == 0, max(0.0, deadline - time.monotonic()))
