"""How many asks may still be made, at the edges of every window."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.asking.limits import Ask, AskCounters, bothered, contact_limit, past_asks
from shared.asking.outreach import Outreach, Response
from shared.messaging.outgoing import Delivery
from shared.salon.settings import LimitSettings
from tests.shared.messaging.test_outgoing import outreach
from tests.zones import in_each_zone, utc_midnight, wall

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
LIMITS = LimitSettings()
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AGENT = "gap_fill_agent"


def counted(*asks: tuple[datetime, int], agent: str = AGENT) -> AskCounters:
    counters = AskCounters()
    for at, count in asks:
        counters = counters.counted(agent, count, now=at, zone=LONDON)
    return counters


def left(counters: AskCounters, now: datetime, agent: str = AGENT, limits: LimitSettings = LIMITS) -> int:
    return counters.left(agent, limits=limits, now=now, zone=LONDON)


def test_the_hour_rolls():
    counters = counted((NOW, 15), (NOW + 30 * MINUTE, 5))
    assert left(counters, NOW + 30 * MINUTE) == 0
    assert left(counters, NOW + HOUR - SECOND) == 0
    assert left(counters, NOW + HOUR) == 15
    assert left(counters, NOW + 90 * MINUTE) == 20


def test_the_day_is_the_salons_and_may_have_25_hours():
    limits = LimitSettings(hourly_actions=1000, daily_actions=10)
    # London's clocks go back on 25 October 2026: that day lasts from 23:00 to 24:00 UTC of the next.
    morning = datetime(2026, 10, 24, 23, tzinfo=UTC)
    counters = counted((morning, 10))
    assert left(counters, morning + 24 * HOUR + 59 * MINUTE, limits=limits) == 0
    assert left(counters, morning + 25 * HOUR, limits=limits) == 10
    assert counters.next_free_at(AGENT, limits=limits, now=morning + HOUR, zone=LONDON) == morning + 25 * HOUR


def test_the_hour_and_the_day_allow_their_number_and_not_one_more():
    assert left(counted((NOW, 19)), NOW) == 1
    assert left(counted((NOW, 20)), NOW) == 0
    hours = [(NOW + number * HOUR, 20) for number in range(5)]
    assert left(counted(*hours[:4], (NOW + 4 * HOUR, 19)), NOW + 5 * HOUR) == 1
    assert left(counted(*hours), NOW + 5 * HOUR) == 0


def test_a_new_day_begins_with_nothing_counted():
    limits = LimitSettings(hourly_actions=1000, daily_actions=10)
    evening, midnight = NOW.replace(hour=23, minute=59), NOW.replace(hour=0) + DAY
    counters = counted((evening, 10), (midnight, 3))
    assert (left(counted((evening, 10)), evening, limits=limits), left(counters, midnight, limits=limits)) == (0, 7)


def test_the_asks_of_one_day_add_up_however_far_apart():
    limits = LimitSettings(hourly_actions=1000, daily_actions=10)
    assert left(counted((NOW, 4), (NOW + 5 * HOUR, 5)), NOW + 5 * HOUR, limits=limits) == 1


def test_only_the_asks_of_the_last_hour_are_kept_one_by_one():
    assert [ask.at for ask in counted((NOW, 1), (NOW + SECOND, 1), (NOW + HOUR, 1)).asks] == [NOW + SECOND, NOW + HOUR]


def test_the_hour_is_free_again_when_the_first_ask_of_this_agent_leaves_it():
    counters = counted((NOW - 2 * HOUR, 1), (NOW, 5)).counted("other", 9, now=NOW + MINUTE, zone=LONDON)
    counters = counters.counted(AGENT, 15, now=NOW + 2 * MINUTE, zone=LONDON)
    again = counters.next_free_at(AGENT, limits=LIMITS, now=NOW + 3 * MINUTE, zone=LONDON)
    assert again == NOW + HOUR
    assert (left(counters, again - SECOND), left(counters, again)) == (0, 5)
    others = [Ask(at=NOW - HOUR, agent=AGENT, count=1), Ask(at=NOW - 30 * MINUTE, agent="other", count=1)]
    mine = AskCounters(asks=[*others, Ask(at=NOW - MINUTE, agent=AGENT, count=20)])
    assert mine.next_free_at(AGENT, limits=LIMITS, now=NOW, zone=LONDON) == NOW + 59 * MINUTE


def test_the_days_budget_of_discounts_adds_up_and_is_new_at_midnight():
    counters = AskCounters().gave_away(Decimal(5), NOW, LONDON).gave_away(Decimal("2.50"), NOW + HOUR, LONDON)
    assert AskCounters().given_away_on(NOW, LONDON) == 0
    assert counters.given_away_on(NOW + HOUR, LONDON) == Decimal("7.50")
    assert counters.counted(AGENT, 1, now=NOW + HOUR, zone=LONDON).given_away_on(NOW, LONDON) == Decimal("7.50")
    assert counters.given_away_on(NOW.replace(hour=23, minute=59, second=59), LONDON) == Decimal("7.50")
    assert counters.given_away_on(NOW.replace(hour=0) + DAY, LONDON) == 0


def test_what_was_planned_before_midnight_and_counted_after_it_takes_nothing_from_the_new_day():
    limits = LimitSettings(hourly_actions=1000, daily_actions=10)
    midnight = NOW.replace(hour=0) + DAY
    late = midnight - SECOND
    counters = counted((midnight, 4)).gave_away(Decimal(5), midnight, LONDON)
    assert left(counters, late, limits=limits) == 6 and counters.given_away_on(late, LONDON) == 5
    counters = counters.counted(AGENT, 3, now=late, zone=LONDON).gave_away(Decimal(2), late, LONDON)
    assert left(counters, midnight, limits=limits) == 3 and counters.given_away_on(midnight, LONDON) == 7


def test_each_agent_has_its_own():
    counters = counted((NOW, 20)).counted("retention_agent", 3, now=NOW, zone=LONDON)
    assert (left(counters, NOW), left(counters, NOW, "retention_agent")) == (0, 17)
    a_day = LimitSettings(hourly_actions=1000, daily_actions=25)
    assert [left(counters, NOW, agent, a_day) for agent in (AGENT, "retention_agent", "upsell_agent")] == [5, 22, 25]


def test_a_limit_that_was_lowered_meanwhile_leaves_nothing_and_never_less():
    assert left(counted((NOW, 20)), NOW, limits=LimitSettings(hourly_actions=5)) == 0
    assert left(AskCounters(), NOW, limits=LimitSettings(hourly_actions=0)) == 0


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 8)), max_size=20), st.integers(0, 300))
def test_whatever_was_asked_no_sixty_minutes_hold_more_than_the_limit(asks: list[tuple[int, int]], later: int):
    """Asking as many as are left, whenever."""
    counters, made = AskCounters(), []
    for minute, wanted in sorted(asks):
        at = NOW + minute * MINUTE
        allowed = min(wanted, left(counters, at))
        if allowed:
            counters = counters.counted(AGENT, allowed, now=at, zone=LONDON)
            made.append((at, allowed))
    end = NOW + later * MINUTE
    assert sum(count for at, count in made if end - HOUR < at <= end) <= LIMITS.hourly_actions
    assert sum(count for _, count in made) <= LIMITS.daily_actions


@pytest.mark.parametrize("daily", [100, 30])
@given(st.lists(st.tuples(st.integers(0, 59), st.integers(1, 20)), max_size=6))
def test_at_the_time_it_names_something_is_free_again_and_a_second_before_nothing(
    daily: int, asks: list[tuple[int, int]]
):
    limits, counters = LimitSettings(daily_actions=daily), AskCounters()
    now = NOW + 59 * MINUTE
    # In the end all that is left, so that nothing is.
    for at, wanted in [*((NOW + minute * MINUTE, count) for minute, count in sorted(asks)), (now, 20)]:
        if allowed := min(wanted, left(counters, at, limits=limits)):
            counters = counters.counted(AGENT, allowed, now=at, zone=LONDON)
    again = counters.next_free_at(AGENT, limits=limits, now=now, zone=LONDON)
    assert left(counters, now, limits=limits) == 0
    assert left(counters, again - SECOND, limits=limits) == 0 < left(counters, again, limits=limits)


def test_idle_time_uses_a_fifth_of_the_hour_and_is_counted_with_the_rest():
    counters = counted((NOW, 3)).counted_for_idle(AGENT, 3, now=NOW, zone=LONDON)
    assert counters.left_for_idle(AGENT, limits=LIMITS, now=NOW, zone=LONDON) == 1
    assert left(counters, NOW) == 17
    generous = LimitSettings(hourly_actions=1000, daily_actions=1000)
    assert AskCounters().left_for_idle(AGENT, limits=generous, now=NOW, zone=LONDON) == 200
    full = counted((NOW, 20))
    assert full.left_for_idle(AGENT, limits=LIMITS, now=NOW, zone=LONDON) == 0


@in_each_zone
def test_what_idle_time_uses_is_counted_in_the_salons_day(zone: ZoneInfo):
    """Two before the date of UTC changes, two after it, and five a day."""
    limits, turn, midnight = (
        LimitSettings(hourly_actions=1000, daily_actions=5),
        utc_midnight(zone),
        wall(zone, "24:00"),
    )
    counters = AskCounters()
    for now in (turn - MINUTE, turn + MINUTE):
        counters = counters.counted(AGENT, 2, now=now, zone=zone).counted_for_idle(AGENT, 2, now=now, zone=zone)
    left = [
        counters.left_for_idle(AGENT, limits=limits, now=now, zone=zone)
        for now in (turn + 2 * MINUTE, midnight - SECOND, midnight)
    ]
    assert left == [1, 1, 5]


def ask(ago: timedelta, purpose: str = "service") -> Outreach:
    return outreach(
        created_at=NOW - ago, consent_purpose=purpose, status="expired", delivery=Delivery(sent_at=NOW - ago)
    )


def why(asks: list[Outreach], *, marketing: bool = False, limits: LimitSettings = LIMITS) -> str | None:
    return contact_limit(past_asks(asks), marketing=marketing, limits=limits, now=NOW, zone=LONDON)


@pytest.mark.parametrize(
    ("asks", "marketing", "may"),
    [
        ([], True, True),
        ([ask(HOUR - SECOND)], False, False),
        ([ask(HOUR)], False, True),
        ([ask(HOUR), ask(2 * HOUR), ask(3 * HOUR)], False, False),
        ([ask(HOUR), ask(2 * HOUR), ask(10 * HOUR)], False, False),
        ([ask(HOUR), ask(2 * HOUR), ask(10 * HOUR + SECOND)], False, True),
        ([ask(2 * HOUR, "marketing")], False, True),
        ([ask(DAY - SECOND, "marketing")], True, False),
        ([ask(DAY, "marketing")], True, True),
        ([ask(3 * DAY, "marketing"), ask(DAY - SECOND, "marketing")], True, False),
        ([ask(3 * DAY, "marketing"), ask(DAY, "marketing")], True, True),
        ([ask(2 * HOUR)], True, True),
        ([ask(days * DAY, "marketing") for days in (2, 4, 6)], True, False),
        ([ask(2 * DAY, "marketing"), ask(4 * DAY, "marketing"), ask(7 * DAY, "marketing")], True, True),
        ([ask(days * DAY) for days in (2, 4, 6)], True, True),
    ],
)
def test_nobody_is_asked_too_often(asks: list[Outreach], marketing: bool, may: bool):
    assert (why(asks, marketing=marketing) is None) is may


def test_a_limit_of_none_forbids_all():
    assert why([], limits=LimitSettings(per_customer_hourly=0)) is not None
    assert why([], marketing=True, limits=LimitSettings(marketing_per_customer_weekly=0)) is not None
    assert why([], limits=LimitSettings(marketing_per_customer_weekly=0)) is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "pending"}, True),
        ({"status": "unknown", "attempts": 1}, True),
        ({"status": "responded", "attempts": 1}, True),
        ({"status": "responded", "attempts": 0, "response": Response(received=True, action="booked")}, True),
        ({"status": "responded", "attempts": 1, "response": Response(received=True, action="opted_out")}, True),
        ({"status": "responded", "attempts": 0, "response": Response(received=True, action="opted_out")}, False),
        ({"status": "expired", "attempts": 0}, False),
        ({"status": "expired", "attempts": 1}, True),
        ({"status": "expired", "attempts": 1, "delivery": Delivery(error="20429")}, False),
        ({"status": "failed", "attempts": 1, "delivery": Delivery(error="21211")}, False),
        ({"status": "failed", "attempts": 1, "delivery": Delivery(sent_at=NOW, error="63024")}, True),
        ({"status": "failed", "attempts": 1, "delivery": Delivery(former_id="SM1", error="21211")}, True),
        ({"status": "expired", "attempts": 0, "delivery": Delivery(former_id="SM1")}, True),
    ],
)
def test_only_what_surely_never_left_bothered_nobody(fields: dict[str, object], expected: bool):
    assert bothered(outreach(**fields)) is expected
