"""What the page of an offer says when it is over, before anybody presses anything; and that a late yes can still be given."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from local.in_process import Suite
from tests.html import answers, read_page, told
from tests.stories.busy_day import everything
from tests.stories.salon import (
    NOW,
    ROOT,
    booking,
    cancel,
    offer_link,
    ours,
    phone,
    salon,
    write,
)

START = NOW.replace(hour=13, minute=0)
TAKEN = "Sorry, this time is no longer free. You haven't been booked."
LATE = "Sorry, it's too late to book this time. You haven't been booked."
BUSY = "You already have another booking at this time, so we haven't booked this one."
STOPPED = "Done - you won't get any more offers from us."


def three_days_later(suite: Suite) -> None:
    suite.advance(days=3)


def too_short_before(suite: Suite) -> None:
    suite.advance_to(START - timedelta(minutes=29))


def somebody_else_takes_it(suite: Suite) -> None:
    suite.request("POST", offer_link(suite, "c1"), form={"answer": "accept"})
    suite.run_until_idle()


def the_app_sells_it(suite: Suite) -> None:
    suite.put(f"{ROOT}/bookings/walk-in", booking(START))
    suite.run_until_idle()


def the_app_sells_it_a_moment_ago(suite: Suite) -> None:
    """Nothing has noticed it yet."""
    suite.put(f"{ROOT}/bookings/walk-in", booking(START))


def she_is_away(suite: Suite) -> None:
    away = [{"start": START, "end": START + timedelta(hours=1)}]
    suite.update(f"{ROOT}/staff/mia", time_off=away, updated_at=NOW + timedelta(seconds=1))
    suite.advance(minutes=6)


def they_are_booked_elsewhere(suite: Suite) -> None:
    suite.put(f"{ROOT}/bookings/own", booking(START, customer_id="c0", staff_id="noah"))
    suite.run_until_idle()


def they_stop(suite: Suite) -> None:
    write(suite, "STOP", sender=phone(0))
    suite.run_until_idle()


def they_stop_when_it_has_expired(suite: Suite) -> None:
    suite.advance(hours=1)
    they_stop(suite)


OVER: dict[Callable[[Suite], None], str] = {
    three_days_later: LATE,
    too_short_before: LATE,
    somebody_else_takes_it: TAKEN,
    the_app_sells_it: TAKEN,
    the_app_sells_it_a_moment_ago: TAKEN,
    she_is_away: TAKEN,
    they_are_booked_elsewhere: BUSY,
    they_stop: STOPPED,
    they_stop_when_it_has_expired: STOPPED,
}


@pytest.mark.parametrize("happens", OVER, ids=lambda happens: happens.__name__)
def test_the_page_of_an_offer_that_is_over_says_so_and_asks_nothing(happens: Callable[[Suite], None]):
    with salon(waiting=2) as suite:
        cancel(suite)
        link = offer_link(suite, "c0")
        happens(suite)
        waiting, before = list(suite.waiting), everything(suite)
        shown = read_page(suite.request("GET", link).get_data(as_text=True))
        assert shown.all("h1")[0].text == OVER[happens]
        assert not {"accept", "decline"} & set(answers(shown))
        assert not [each for each in told(shown) if "first served" in each]
        assert everything(suite) == before and suite.waiting == waiting, "looking writes nothing"
        suite.waiting.clear()


@pytest.mark.parametrize(
    "happens",
    [three_days_later, somebody_else_takes_it, she_is_away, they_are_booked_elsewhere],
    ids=lambda each: each.__name__,
)
def test_who_presses_all_the_same_reads_what_they_read_before(happens: Callable[[Suite], None]):
    with salon(waiting=2) as suite:
        cancel(suite)
        link = offer_link(suite, "c0")
        happens(suite)
        booked = len(ours(suite))
        shown = suite.request("GET", link).get_data(as_text=True)
        assert suite.request("POST", link, form={"answer": "accept"}).get_data(as_text=True) == shown
        assert len(ours(suite)) == booked


def test_a_late_yes_can_still_be_given_while_the_time_is_free():
    with salon(waiting=1) as suite:
        cancel(suite)
        link = offer_link(suite, "c0")
        suite.advance(hours=2)
        shown = read_page(suite.request("GET", link).get_data(as_text=True))
        assert {"accept", "decline"} <= set(answers(shown))
        assert "It's still free: first come, first served" in told(shown)
        suite.request("POST", link, form={"answer": "accept"})
        assert [each["customer_id"] for each in ours(suite)] == ["c0"]


def test_the_page_says_where_and_how_long():
    with salon(waiting=1) as suite:
        cancel(suite)
        shown = read_page(suite.request("GET", offer_link(suite, "c0")).get_data(as_text=True))
        assert told(shown)[:4] == [
            "Cut · 60 minutes · £50.00",
            "today at 13:00",
            "with Mia",
            "Salon One, 1 High Street",
        ]
