"""The days of a salon, and how far a booking may reach beyond its own time."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from shared.calendar.calendar import Calendar
from shared.calendar.service import Service
from shared.salon.salon import Salon
from shared.salon.settings import GapSettings, SalonSettings

NEW_YORK = Salon(id="s1", name="One", organization_id="o1", timezone="America/New_York", currency="USD")
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
HOUR = timedelta(hours=1)


def calendar(*services: Service, horizon: int = 2) -> Calendar:
    settings = SalonSettings(gap=GapSettings(horizon_days=horizon))
    return Calendar(NEW_YORK, {each.id: each for each in services}, settings)


def service(id: str, before: int, after: int) -> Service:
    return Service(
        id=id, name=id, duration_minutes=60, price=Decimal(1), buffer_before_minutes=before, buffer_after_minutes=after
    )


def test_a_day_lasts_from_midnight_to_midnight_on_the_salons_wall() -> None:
    opens, closes = calendar().bounds(SPRING)
    assert (opens, closes - opens) == (datetime(2026, 3, 8, 5, tzinfo=UTC), 23 * HOUR)
    opens, closes = calendar().bounds(AUTUMN)
    assert (opens, closes - opens) == (datetime(2026, 11, 1, 4, tzinfo=UTC), 25 * HOUR)
    assert calendar().bounds(SPRING, SPRING + timedelta(days=2))[1] == datetime(2026, 3, 11, 4, tzinfo=UTC)


def test_the_horizon_holds_today_and_so_many_days_after_it() -> None:
    late = datetime(2026, 11, 24, 4, 59, tzinfo=UTC)
    assert calendar().days(late) == [date(2026, 11, day) for day in (23, 24, 25)]
    assert calendar(horizon=1).days(late + timedelta(minutes=1)) == [date(2026, 11, day) for day in (24, 25)]


def test_the_widest_buffers_are_those_of_any_service() -> None:
    assert calendar().widest_buffers == (timedelta(), timedelta())
    one, other = service("cut", 5, 20), service("wash", 10, 0)
    assert calendar(one, other).widest_buffers == (timedelta(minutes=10), timedelta(minutes=20))
