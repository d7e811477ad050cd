from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from local import customers
from local.customers import Draws, Reaction, awake, due_again, react, reply_time

TORONTO = ZoneInfo("America/Toronto")
NOON = datetime(2026, 5, 5, 16, tzinfo=UTC)
MANY = 4000


def reactions(hours: float = 6, purpose: str = "service", **changes: object) -> list[Reaction]:
    told = {"circumstance": "waits_for_this", "purpose": purpose, "sent_at": NOON, "zone": TORONTO} | changes
    return [react(Draws(1, f"o{n}"), starts_at=NOON + timedelta(hours=hours), **told) for n in range(MANY)]


def share(reactions: list[Reaction], answer: str) -> float:
    delivered = [reaction for reaction in reactions if reaction.delivered]
    return sum(reaction.answer == answer for reaction in delivered) / len(delivered)


def test_the_same_seed_and_offer_give_the_same_reaction() -> None:
    assert reactions()[:50] == reactions()[:50]
    assert Draws(1, "o1").uniform("x") != Draws(2, "o1").uniform("x")


def test_most_messages_are_delivered() -> None:
    found = reactions()
    assert sum(reaction.delivered for reaction in found) / MANY == pytest.approx(0.93, abs=0.015)
    assert all(reaction.answer is None for reaction in found if not reaction.delivered)


@pytest.mark.parametrize(
    ("circumstance", "hours", "expected"),
    [("waits_for_this", 200, 0.30), ("other", 200, 0.024), ("due_again", 200, 0.096)],
)
def test_a_yes_depends_on_who_is_asked_and_how_soon_it_starts(circumstance: str, hours: float, expected: float) -> None:
    # So far ahead that every reply comes in time.
    assert share(reactions(hours, circumstance=circumstance), "accept") == pytest.approx(expected, abs=0.025)


def test_a_nearer_start_gets_fewer_yeses() -> None:
    factors = [customers.lead_factor(timedelta(hours=hours)) for hours in (0.9, 1, 3, 3.1, 24, 25)]
    assert factors == [0.4, 0.8, 0.8, 1.0, 1.0, 1.2]


def test_some_say_no_and_few_want_no_more() -> None:
    found = reactions(200, purpose="marketing")
    assert share(found, "decline") == pytest.approx(0.10, abs=0.015)
    assert share(found, "opt_out") < 0.01


def test_half_of_all_replies_come_within_the_median() -> None:
    times = [reply_time(Draws(3, str(n)).uniform("t"), "service") for n in range(MANY)]
    assert median(times) == pytest.approx(timedelta(minutes=20), rel=0.1)
    within = sum(time <= timedelta(minutes=15) for time in times) / MANY
    assert within == pytest.approx(0.43, abs=0.02)


def test_nobody_answers_at_night_or_after_the_start() -> None:
    evening = datetime(2026, 5, 6, 2, tzinfo=UTC)  # 22:00 in Toronto
    found = reactions(24, sent_at=evening)
    for reaction in found:
        if reaction.answers_at is not None:
            assert 7 <= reaction.answers_at.astimezone(TORONTO).hour < 23
            assert reaction.answers_at < NOON + timedelta(hours=24)
    assert any(reaction.answers_at for reaction in found)


def test_a_night_ends_in_the_first_hour_of_its_own_morning() -> None:
    for local_hour, day in ((23, 6), (0, 6), (6, 6)):
        night = datetime(2026, 5, 5 if local_hour == 23 else 6, local_hour, 30, tzinfo=TORONTO).astimezone(UTC)
        woken = awake(night, Draws(1, "x"), TORONTO).astimezone(TORONTO)
        assert (woken.day, woken.hour) == (day, 7)


def test_nobody_reads_after_having_answered() -> None:
    for reaction in reactions():
        if reaction.read_at and reaction.answers_at:
            assert reaction.reported_at <= reaction.read_at <= reaction.answers_at


@pytest.mark.parametrize(
    ("days_ago", "due"), [([], False), ([20], False), ([31], True), ([30, 20, 10], True), ([70, 40, 10], False)]
)
def test_somebody_is_due_again_by_their_own_interval(days_ago: list[int], due: bool) -> None:
    assert due_again([NOON - timedelta(days=days) for days in days_ago], NOON) is due
