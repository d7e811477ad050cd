"""Why a person may not be asked, in words; whom WhatsApp counts as reached; and that every day is the salon's."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.asking.limits import NEW_AGAIN_AFTER, AskCounters, PastAsk, Reached, contact_limit, past_asks
from shared.messaging.outgoing import Delivery
from shared.salon.settings import LimitSettings
from tests.shared.messaging.test_outgoing import outreach
from tests.zones import in_each_zone, utc_midnight, wall

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KOLKATA = ZoneInfo("Asia/Kolkata")
LIMITS = LimitSettings(
    per_customer_hourly=1, per_customer_daily=2, marketing_per_customer_weekly=3, marketing_hours_between=24
)


def past(*ago: timedelta, marketing: bool = True) -> list[PastAsk]:
    return [PastAsk(NOW - each, marketing) for each in ago]


HOURLY, DAILY = "asked 1 time(s) within the hour already", "asked 2 time(s) today already"
WEEKLY, BETWEEN = "3 promotional asks within seven days already", "a promotional ask less than 24 hours ago"
WHY: list[tuple[list[PastAsk], dict[str, Any], str | None]] = [
    (past(HOUR - SECOND), {}, HOURLY),
    (past(HOUR - SECOND), {"answering": True}, None),
    (past(HOUR), {}, None),
    (past(HOUR, 2 * HOUR), {}, DAILY),
    (past(MINUTE, 2 * HOUR), {"answering": True}, DAILY),
    (past(DAY, 2 * DAY, 7 * DAY - SECOND), {"marketing": True}, WEEKLY),
    (past(DAY, 2 * DAY, 7 * DAY), {"marketing": True}, None),
    (past(DAY - SECOND), {"marketing": True}, BETWEEN),
    (past(2 * DAY, DAY - SECOND), {"marketing": True}, BETWEEN),
    (past(DAY - SECOND, marketing=False), {"marketing": True}, None),
    (past(DAY - SECOND), {}, None),
]


@pytest.mark.parametrize(("asks", "how", "why"), WHY)
def test_the_reason_why_somebody_may_not_be_asked_is_said(asks: list[PastAsk], how: dict[str, Any], why: str | None):
    assert contact_limit(asks, limits=LIMITS, now=NOW, zone=KOLKATA, **{"marketing": False} | how) == why


@in_each_zone
def test_the_asks_to_a_person_are_counted_in_the_salons_day(zone: ZoneInfo):
    turn, midnight = utc_midnight(zone), wall(zone, "24:00")
    asks = [PastAsk(turn - 2 * MINUTE, False), PastAsk(turn + MINUTE, False)]
    limits = LimitSettings(per_customer_hourly=9, per_customer_daily=2)
    why = [contact_limit(asks, marketing=False, limits=limits, now=now, zone=zone) for now in (turn + 2 * MINUTE, midnight - SECOND, midnight)]  # fmt: skip
    assert why == [DAILY, DAILY, None]


@in_each_zone
def test_what_was_given_away_and_when_asking_may_go_on_is_of_the_salons_day(zone: ZoneInfo):
    turn, midnight = utc_midnight(zone), wall(zone, "24:00")
    limits = LimitSettings(hourly_actions=9, daily_actions=3)
    counters = AskCounters().counted("a", 2, now=turn - MINUTE, zone=zone).gave_away(Decimal(5), turn - MINUTE, zone)
    counters = counters.counted("a", 1, now=turn + MINUTE, zone=zone).gave_away(Decimal(2), turn + MINUTE, zone)
    assert [counters.given_away_on(now, zone) for now in (turn, midnight - SECOND, midnight)] == [7, 7, 0]
    again = counters.next_free_at("a", limits=limits, now=turn + MINUTE, zone=zone)
    assert again == midnight and again.tzinfo is turn.tzinfo


def test_what_was_given_away_stays_while_more_are_asked_and_ends_with_the_day():
    counters = AskCounters().gave_away(Decimal(5), NOW, KOLKATA)
    assert counters.counted("a", 1, now=NOW, zone=KOLKATA).given_away == 5
    assert counters.counted("a", 1, now=NOW + DAY, zone=KOLKATA).given_away == 0


def test_without_any_ask_the_hour_is_free_in_an_hour():
    none = LimitSettings(hourly_actions=0)
    assert AskCounters().next_free_at("a", limits=none, now=NOW, zone=KOLKATA) == NOW + HOUR


REACHED = [Reached(key="over", until=NOW), Reached(key="here", until=NOW + SECOND), Reached(key="long", until=NOW + 9 * DAY)]  # fmt: skip


def test_whom_whatsapp_counts_as_reached_is_counted_once_until_a_day_after_the_last_deadline():
    counters = AskCounters(reached=REACHED, day="2026-11-23", given_away=Decimal(5))
    soon = NOW + 30 * MINUTE
    after = counters.reaching({"here": soon, "long": soon, "new": soon}, NOW)
    assert after == counters.changed(
        reached=[
            Reached(key="here", until=soon + DAY),
            Reached(key="long", until=NOW + 9 * DAY),
            Reached(key="new", until=soon + DAY),
        ]
    )
    assert DAY == NEW_AGAIN_AFTER


def test_what_may_have_bothered_somebody_is_counted_by_when_and_for_what_it_was_asked():
    sent = Delivery(sent_at=NOW)
    asks = [
        outreach(created_at=NOW - HOUR, consent_purpose="marketing", delivery=sent),
        outreach(created_at=NOW - DAY, consent_purpose="service", delivery=sent),
        outreach(status="expired"),
    ]
    assert past_asks(asks) == [PastAsk(NOW - HOUR, True), PastAsk(NOW - DAY, False)]
