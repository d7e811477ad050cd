"""What is the same for all staff-days of a salon."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.calendar.service import Service
from shared.records.problem import Problem
from shared.salon.salon import Salon
from shared.salon.settings import SalonSettings


@dataclass(frozen=True)
class Calendar:
    """The salon, its services and its settings. `problems` are the services that had to be left out."""

    salon: Salon
    services: Mapping[str, Service]
    settings: SalonSettings
    problems: tuple[Problem, ...] = ()

    def bounds(self, first: date, last: date | None = None) -> tuple[datetime, datetime]:
        """The instants at which these days begin and end. A day has 23 or 25 hours where the clocks change."""
        start, end = first, (last or first) + timedelta(days=1)
        return self._midnight(start), self._midnight(end)

    def days(self, now: datetime) -> list[date]:
        """The days of the horizon, today first."""
        today = self.salon.date_of(now)
        return [today + timedelta(days=ahead) for ahead in range(self.settings.gap.horizon_days + 1)]

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.salon.zone).astimezone(UTC)

    @property
    def widest_buffers(self) -> tuple[timedelta, timedelta]:
        """How far the time of a booking may reach beyond it at most, before and after."""
        none = timedelta()
        services = self.services.values()
        return (
            max((service.buffer_before for service in services), default=none),
            max((service.buffer_after for service in services), default=none),
        )
