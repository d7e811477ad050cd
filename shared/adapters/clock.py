"""Time, read in this one file. The local cloud replaces `clock` by one whose business time is simulated."""

import time
from datetime import UTC, datetime
from functools import cache

from shared.ports import Clock


class SystemClock:
    """Business time is the machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def real(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@cache
def clock() -> Clock:
    return SystemClock()
