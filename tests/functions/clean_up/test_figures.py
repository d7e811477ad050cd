"""What the figures of an agent mean, at the edges of the day, the hour and the last 24 hours."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from functions.clean_up.figures import Activity, day_began, figures, looked_at_from
from shared.asking.agent_figures import Figures
from shared.asking.breaker import Breaker
from shared.asking.decision import Decision, Outcome
from shared.asking.limits import AskCounters
from shared.asking.outreach import Outreach
from shared.messaging.outgoing import Delivery
from shared.salon.settings import LimitSettings, SalonSettings
from tests.shared.asking.test_decision import decision
from tests.shared.asking.test_promotion_pause import ask
from tests.zones import in_each_zone, utc_midnight, wall

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
AGENT = "gap_fill_agent"


def made(at: datetime, *, status: str = "sent", left: bool = True, **fields: Any) -> Outreach:
    delivery = Delivery(sent_at=at if left else None)
    return ask(0).changed(id=f"{at}{status}", created_at=at, status=status, **{"delivery": delivery, **fields})


def sold(at: datetime, amount: int = 50, **fields: Any) -> Decision:
    base = decision().changed(outcome=Outcome(status="success", completed_at=at), **fields)
    return base.changed(revenue_impact=base.revenue_impact.changed(actual=Decimal(amount)))


def shown(*asks: Outreach, now: datetime = NOW, zone: ZoneInfo = LONDON, **activity: Any) -> Figures:
    known = {"sold": [], "counters": AskCounters(), "last_execution": None, "next_scheduled": None, **activity}
    settings = SalonSettings(limits=LimitSettings(hourly_actions=5, daily_actions=7))
    breaker = Breaker(error_count=2)
    return figures(AGENT, Activity(asks=asks, **known), breaker=breaker, settings=settings, now=now, zone=zone)


def test_an_action_is_an_ask_that_left_or_failed_or_neither() -> None:
    counted = shown(
        made(NOW, status="read"),
        made(NOW, status="expired"),
        made(NOW, status="failed"),
        made(NOW, status="pending", left=False),
        made(NOW, status="expired", left=False),
    ).counters
    assert (counted.actions_taken, counted.actions_successful, counted.actions_failed) == (5, 2, 1)


def test_one_that_left_and_was_not_delivered_failed() -> None:
    assert shown(made(NOW, status="failed", left=True)).counters.actions_failed == 1


@in_each_zone
def test_the_day_is_the_salons(zone: ZoneInfo) -> None:
    """From its midnight on, whatever the date of UTC is meanwhile."""
    began, turn, ended = wall(zone, "00:00"), utc_midnight(zone), wall(zone, "24:00")
    counters = AskCounters().counted(AGENT, 3, now=began, zone=zone)
    for now in (began, turn - SECOND, turn, ended - SECOND):
        found = shown(
            made(began - SECOND), made(began), sold=[sold(began - SECOND, 9), sold(began)], counters=counters, now=now, zone=zone
        )  # fmt: skip
        counted = found.counters
        assert (counted.date, counted.actions_taken, counted.revenue_generated) == ("2026-11-23", 1, 50)
        assert found.rate_limits["daily_actions"].current == 3 and day_began(now, zone) == began
    evening = shown(made(turn), made(ended - SECOND), sold=[sold(ended - SECOND)], now=ended - SECOND, zone=zone)
    assert (evening.counters.actions_taken, evening.counters.revenue_generated) == (2, 50)
    tomorrow = shown(made(ended - SECOND), sold=[sold(ended - SECOND)], counters=counters, now=ended, zone=zone)
    assert (tomorrow.counters.date, tomorrow.counters.actions_taken) == ("2026-11-24", 0)
    assert tomorrow.counters.revenue_generated == 0 and tomorrow.rate_limits["daily_actions"].current == 0


def test_a_day_of_25_hours_is_read_whole() -> None:
    late = datetime(2026, 10, 25, 23, 59, tzinfo=UTC)
    began = datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert day_began(late, LONDON) == looked_at_from(late, LONDON) == began
    assert shown(made(began), now=late).counters.actions_taken == 1
    assert looked_at_from(NOW, LONDON) == NOW - 24 * HOUR


def test_revenue_is_what_was_sold_today_whenever_it_was_asked() -> None:
    yesterday = day_began(NOW, LONDON) - SECOND
    counted = shown(sold=[sold(NOW, 40), sold(NOW, 2), sold(yesterday, 9)]).counters
    assert counted.revenue_generated == 42


def test_what_has_not_been_sold_earns_nothing() -> None:
    failed = sold(NOW).changed(outcome=Outcome(status="failed", completed_at=NOW))
    assert shown(sold=[failed]).counters.revenue_generated == 0


def test_each_type_has_its_count_and_its_revenue_and_they_add_up() -> None:
    asks = [made(NOW), made(NOW + SECOND, outreach_type="rebooking"), made(NOW + 2 * SECOND)]
    counted = shown(*asks, sold=[sold(NOW, 40), sold(NOW, 2, decision_type="retention")]).counters
    assert {kind: (each.count, each.revenue) for kind, each in counted.by_type.items()} == {
        "gap_fill": (2, 40),
        "rebooking": (1, 0),
        "retention": (0, 2),
    }
    assert sum(each.count for each in counted.by_type.values()) == counted.actions_taken
    assert sum(each.revenue for each in counted.by_type.values()) == counted.revenue_generated


def test_the_limits_are_those_that_the_rounds_keep() -> None:
    counters = AskCounters().counted(AGENT, 3, now=NOW - HOUR, zone=LONDON).counted(AGENT, 2, now=NOW, zone=LONDON)
    limits = shown(counters=counters).rate_limits
    hourly, daily = limits["hourly_actions"], limits["daily_actions"]
    assert (hourly.limit, hourly.current, hourly.remaining) == (5, 2, 3)
    assert (daily.limit, daily.current, daily.remaining) == (7, 5, 2)


def test_what_is_left_is_never_less_than_nothing() -> None:
    counters = AskCounters().counted(AGENT, 30, now=NOW, zone=LONDON)
    assert shown(counters=counters).rate_limits["hourly_actions"].remaining == 0


def test_success_is_rated_over_24_hours_and_unknown_without_any() -> None:
    assert shown().health.success_rate_24h is None
    asks = [made(NOW - 24 * HOUR + SECOND, status="failed"), made(NOW), made(NOW - SECOND), made(NOW - 2 * SECOND)]
    assert shown(*asks, made(NOW - 24 * HOUR, status="failed")).health.success_rate_24h == 0.75


def test_the_response_time_is_the_providers() -> None:
    assert shown(made(NOW, left=False)).health.average_response_time_ms is None
    slow = made(NOW).changed(last_attempt_at=NOW - timedelta(milliseconds=300))
    fast = made(NOW - SECOND).changed(last_attempt_at=NOW - SECOND - timedelta(milliseconds=100))
    assert shown(slow, fast).health.average_response_time_ms == 200


def test_the_configuration_is_the_one_in_force() -> None:
    config = shown().config
    assert (config.max_hourly_actions, config.max_daily_actions, config.cooldown_minutes) == (5, 7, 5)
    assert shown().health.consecutive_failures == 2
    assert config.custom == {"mode": "dry_run"}
    live = SalonSettings.merged({"mode": "live", "agent_modes": {"upsell_agent": "dry_run"}})
    nothing = Activity([], [], AskCounters(), last_execution=NOW - HOUR, next_scheduled=NOW + HOUR)
    for agent, mode in ((AGENT, "live"), ("upsell_agent", "dry_run")):
        found = figures(agent, nothing, breaker=Breaker(), settings=live, now=NOW, zone=LONDON)
        assert found.config.custom == {"mode": mode}
        assert (found.last_execution, found.next_scheduled) == (NOW - HOUR, NOW + HOUR)
        assert found.health.last_heartbeat == NOW


def test_a_rate_has_four_digits_and_a_time_one() -> None:
    asks = [made(NOW), made(NOW - SECOND), made(NOW - 2 * SECOND, status="failed")]
    assert shown(*asks).health.success_rate_24h == 0.6667
    took = [
        made(NOW - n * SECOND).changed(last_attempt_at=NOW - n * SECOND - timedelta(milliseconds=ms))
        for n, ms in enumerate((100, 100, 101))
    ]
    assert shown(*took).health.average_response_time_ms == 100.3


def test_what_is_dated_ahead_of_the_clock_is_rated_when_its_time_has_come() -> None:
    assert shown(made(NOW + SECOND)).health.success_rate_24h is None
    assert shown(made(NOW)).health.success_rate_24h == 1
