"""What came of the offers makes the next ones better aimed: each counts once, when it has had its time."""

from datetime import timedelta
from typing import Any

from functions.clean_up.clean_salon import CleanedUp, clean_up
from local.in_process import Suite
from tests.stories.salon import NOW, ROOT, SALON, arrive, cancel, offers, outreach_of, salon


def tidy(suite: Suite) -> CleanedUp:
    return clean_up(SALON, store=suite.store, clock=suite.clock)


def tallies(suite: Suite) -> dict[str, Any]:
    found = suite.get(f"{ROOT}/counters/learned")
    return dict(found["tallies"]) if found else {}


def test_an_ignored_offer_and_a_yes_are_counted_once_each_after_their_time() -> None:
    with salon(waiting=2) as suite:
        cancel(suite)
        arrive(suite)
        asked = len(offers(suite))
        suite.reply(offers(suite)[0], button=1)
        suite.run_until_idle()
        assert tidy(suite).learned == 0, "a late yes may still come"
        suite.advance(hours=3)
        [tally] = tallies(suite).values()
        assert tally == {"asked": asked, "accepted": 0}
        assert tidy(suite).learned == 0 and list(tallies(suite).values()) == [tally]


def test_silence_about_a_time_that_was_sold_counts_as_a_late_yes_to_it_does() -> None:
    """They were not told. If only the yeses counted, everybody would look readier with each sale."""
    with salon(waiting=3) as suite:
        cancel(suite)
        arrive(suite)
        assert len(offers(suite)) == 3
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        suite.reply(offers(suite)[1], button=0)
        suite.advance(hours=3)
        assert list(tallies(suite).values()) == [{"asked": 3, "accepted": 2}]


def test_who_is_reported_to_have_it_only_when_the_time_was_sold_counts_as_well() -> None:
    with salon(waiting=3) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        arrive(suite)
        suite.advance(hours=3)
        assert list(tallies(suite).values()) == [{"asked": 3, "accepted": 1}]


def test_an_offer_that_cannot_be_understood_stops_no_other_and_no_cleaning() -> None:
    with salon(waiting=2) as suite:
        cancel(suite)
        arrive(suite)
        suite.advance(minutes=90)
        suite.update(f"{ROOT}/outreach/{outreach_of(suite, 'c0')['id']}", segment=None)
        suite.put(f"{ROOT}/approvals/old", {"forget_at": suite.clock.now(), "salon_id": SALON})
        suite.clock.move_to(NOW + timedelta(hours=3))
        assert tidy(suite).learned == 1
        assert suite.get(f"{ROOT}/approvals/old") is None
        assert tidy(suite).learned == 0


def test_what_never_arrived_teaches_nothing() -> None:
    with salon(waiting=2) as suite:
        cancel(suite)
        suite.advance(hours=4)
        assert tallies(suite) == {}
