"""Cloud Scheduler's part: what is due by business time is published on the topic `ticks`."""

import threading
from collections.abc import Iterable
from datetime import datetime

from local import cron
from local.clock import BusinessTime
from local.documents import instant
from local.memory.memory import MemoryScheduler
from local.routes import Schedule
from shared.ports import Bus, Published


class Schedules:
    """Each schedule fires once however often it came due since the last look, for its last due time: as in a jump, so
    also when the clock runs faster than the machine."""

    def __init__(self, schedules: Iterable[Schedule], clock: BusinessTime, bus: Bus) -> None:
        self._schedules = tuple(schedules)
        self._clock = clock
        self._bus = bus
        self.switch = MemoryScheduler(
            {schedule.name: schedule.cron for schedule in self._schedules},
            run=lambda name: self.fire_now(name, clock.now()),
        )
        """As in the cloud, what comes due while it is paused is not made up for."""
        self._moved = threading.Condition()
        self._since = clock.now()
        self._stopping = False

    @property
    def names(self) -> list[str]:
        return sorted({schedule.name for schedule in self._schedules})

    def run(self) -> None:
        """Fires what comes due until stopped."""
        with self._moved:
            while not self._stopping:
                self._fire(self._clock.now())
                upcoming = [cron.next_after(schedule.cron, self._since) for schedule in self._schedules]
                wait = self._clock.real_seconds_until(min(upcoming)) if upcoming else None
                self._moved.wait(wait)

    def stop(self) -> None:
        with self._moved:
            self._stopping = True
            self._moved.notify_all()

    def jump(self, to: datetime) -> None:
        """Moves the clock and fires what came due by that; what runs every minute runs at the end of every jump, be it
        shorter than a minute."""
        with self._moved:
            self._fire(self._clock.move(to), minutely_anyway=True)
            self._moved.notify_all()

    def fire_now(self, name: str, at: datetime) -> bool:
        """Moves no clock. False when nothing has that name."""
        found = next((schedule for schedule in self._schedules if schedule.name == name), None)
        if found is None:
            return False
        self._publish(found, at)
        return True

    def _fire(self, until: datetime, *, minutely_anyway: bool = False) -> None:
        since, self._since = self._since, max(self._since, until)
        due = []
        for schedule in self._schedules:
            at = cron.last_until(schedule.cron, until)
            if self.switch.is_paused(schedule.name):
                continue
            if at > since:
                due.append((at, schedule))
            elif minutely_anyway and schedule.cron == cron.EVERY_MINUTE:
                due.append((until, schedule))
        for at, schedule in sorted(due, key=lambda item: (item[0], item[1].name)):
            self._publish(schedule, at)

    def _publish(self, schedule: Schedule, at: datetime) -> None:
        self._bus.publish(Published("ticks", {"at": instant(at)}, schedule.attributes))
