"""What happens at one instant of a study happens in the suite's order: what people do, each with what follows from it; then the
hourly learning; then the minute's tick, which ends offers and finds the gaps that are due; and after the tick all that follows."""

import heapq
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

PEOPLE, HOURLY, OFFERS_END, GAPS_DUE = range(4)
MINUTE = timedelta(minutes=1)


class Agenda:
    """`follow` is called with the id of each gap that something has happened to, in the order it happened."""

    def __init__(self, begins: datetime) -> None:
        self.now = begins
        self._phase = PEOPLE
        self._heap: list[tuple[datetime, int, tuple[Any, ...], int, Callable[[], None]]] = []
        self._numbers = count()
        self._happened: deque[str] = deque()

    def run(self, until: datetime, follow: Callable[[str], None]) -> None:
        while self._heap and self._heap[0][0] < until:
            self.now, self._phase, *_, action = heapq.heappop(self._heap)
            action()
            while self._happened and not self._ticking():
                follow(self._happened.popleft())

    def at(self, at: datetime, action: Callable[[], None], phase: int = PEOPLE, *order: Any) -> None:
        heapq.heappush(self._heap, (at, phase, order, next(self._numbers), action))

    def by_the_minute(self, at: datetime, action: Callable[[], None], phase: int, id: str) -> None:
        """A tick a minute finds what is due, the longest due first. What falls due in a tick is found by the next."""
        tick = at.replace(second=0, microsecond=0)
        tick = tick if tick == at else tick + MINUTE
        if tick < self.now or (tick == self.now and self._phase >= phase):
            tick = self.now.replace(second=0, microsecond=0) + MINUTE
        self.at(tick, action, phase, at, id)

    def happened_to(self, gap_id: str) -> None:
        self._happened.append(gap_id)

    def _ticking(self) -> bool:
        """Whether this minute's tick has more to find."""
        if self._phase < OFFERS_END or not self._heap:
            return False
        at, phase, *_ = self._heap[0]
        return at == self.now and phase >= OFFERS_END
