"""Who comes to mind for a freed time, at the edges of how far one looks."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from local.in_process import Suite
from tests.functions.fill_gap.test_exclusions import who_was_asked
from tests.stories.salon import NOW, ROOT, booking, cancel, customer, decisions, regular, salon, waits
from tests.zones import EAST, HALF_HOURS, WEST, wall

START, END = NOW.replace(hour=13, minute=0), NOW.replace(hour=14, minute=0)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def considered(suite: Suite) -> dict[str, str]:
    """Who was, and as what."""
    return {each["customer_id"]: each["source"] for each in decisions(suite)[-1]["considered"]}


def score(suite: Suite, customer_id: str, number: int, due: str, **preferences: Any) -> None:
    suite.put(f"{ROOT}/customers/{customer_id}", customer(number))
    made = {"id": customer_id, "salon_id": "s1", "created_at": NOW, "updated_at": NOW, "customer_id": customer_id}
    frequency = {"total_visits": 5, "average_days_between": 30, "next_predicted": due}
    preferred = {"preferred_services": ["cut"], **preferences}
    suite.put(f"{ROOT}/customer_scores/{customer_id}", {**made, "visit_frequency": frequency, "preferences": preferred})


def test_no_more_are_considered_than_the_pool_holds_and_the_waitlist_comes_first() -> None:
    with salon(waiting=3, settings={"offers": {"candidate_pool": 4}}) as suite:
        for name in ("r1", "r2"):
            regular(suite, name)
        cancel(suite)
        assert considered(suite) == {"c0": "waitlist_exact", "c1": "waitlist_exact", "c2": "waitlist_exact", "r1": "regular"}  # fmt: skip


@pytest.mark.parametrize(("ago", "known"), [(120 * DAY - SECOND, True), (120 * DAY, False)])
def test_who_came_twice_in_120_days_is_a_regular(ago: timedelta, known: bool) -> None:
    with salon(waiting=1) as suite:
        regular(suite, "r")
        suite.update(f"{ROOT}/bookings/r-1", start_time=NOW - ago, end_time=NOW - ago + timedelta(hours=1))
        cancel(suite)
        assert ("r" in considered(suite)) is known


@pytest.mark.parametrize(
    ("start", "known"),
    [(END, False), (END + SECOND, True), (END + 21 * DAY - SECOND, True), (END + 21 * DAY, False)],
)
def test_who_has_a_booking_in_the_three_weeks_after_may_want_to_come_sooner(start: datetime, known: bool) -> None:
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/customers/m", customer(40, sooner_opt_in=True))
        suite.put(f"{ROOT}/customers/n", customer(41, sooner_opt_in=False))
        for name in ("m", "n"):
            suite.put(f"{ROOT}/bookings/{name}", booking(start, customer_id=name, staff_id="noah"))
        suite.run_until_idle()
        cancel(suite)
        assert considered(suite) == {"c0": "waitlist_exact", **({"m": "sooner"} if known else {})}


def test_who_is_due_by_the_day_of_the_gap_is_asked_back_and_nobody_before() -> None:
    with salon(waiting=1) as suite:
        score(suite, "late", 40, "2026-11-01")
        score(suite, "today", 41, "2026-11-23")
        score(suite, "tomorrow", 42, "2026-11-24")
        score(suite, "hers", 43, "2026-11-23", preferred_staff=["mia"])
        score(suite, "his", 44, "2026-11-23", preferred_staff=["noah"])
        cancel(suite)
        assert considered(suite) == {"c0": "waitlist_exact", "late": "overdue", "today": "overdue", "hers": "overdue"}


@pytest.mark.parametrize(("zone", "freed"), [(EAST, "b10"), (WEST, "b17"), (HALF_HOURS, "b1")], ids=str)
def test_the_day_of_the_gap_is_the_salons(zone: ZoneInfo, freed: str) -> None:
    """Where the time begins on another day in UTC."""
    with salon(zone=zone, now=wall(zone, "09:05"), waiting=0) as suite:
        for number, (name, due) in enumerate([("today", "2026-11-23"), ("tomorrow", "2026-11-24")]):
            score(suite, name, number, due)
        cancel(suite, freed)
        assert considered(suite) == {"today": "overdue"}


@pytest.mark.parametrize(("ago", "factor"), [(14 * DAY - SECOND, 0.9), (14 * DAY, 1)])
def test_an_ask_ignored_in_the_last_14_days_makes_the_next_less_likely_to_be_taken(
    ago: timedelta, factor: float
) -> None:
    with salon(waiting=0) as suite:
        ignored = {"status": "expired", "delivery": {"sent_at": NOW - ago}, "consent_purpose": "service"}
        who_was_asked(ago, **ignored)(suite)
        waits(suite, "c1", 1)
        cancel(suite)
        found = {each["customer_id"]: each["probability"] for each in decisions(suite)[-1]["considered"]}
        assert found["c0"] == pytest.approx(found["c1"] * factor)
