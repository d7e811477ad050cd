"""A place on the waitlist that was offered something is never forgotten: booked, or waiting as before."""

from collections.abc import Callable

import pytest

from local.in_process import Suite
from shared.ports import Refused, Update
from tests.stories.salon import NOW, ROOT, asked, booking, cancel, just_before, offers, outreach_of, salon


def place(suite: Suite, number: int = 0) -> str:
    return str(suite.list(f"{ROOT}/waitlist")[f"w{number}"]["status"])


def fail_delivery(suite: Suite) -> None:
    suite.report(offers(suite)[0], "undelivered", error_code=63024)


def decline(suite: Suite) -> None:
    suite.reply(offers(suite)[0], button=1)


def stop(suite: Suite) -> None:
    suite.reply(offers(suite)[0], body="STOP")


def book_over_it_and_accept(suite: Suite) -> None:
    # Before anything else hears of it, so that the yes itself meets the booking.
    suite.put(f"{ROOT}/bookings/walk-in", booking(NOW.replace(hour=13, minute=0), source="walk_in"))
    suite.reply(offers(suite)[0], button=0)


def let_it_expire(suite: Suite) -> None:
    suite.advance(minutes=31)


@pytest.mark.parametrize("ending", [fail_delivery, decline, stop, book_over_it_and_accept, let_it_expire])
def test_whoever_is_offered_a_time_and_does_not_get_it_waits_as_before(ending: Callable[[Suite], None]):
    with salon(waiting=1) as suite:
        cancel(suite)
        assert place(suite) == "offered"
        ending(suite)
        suite.run_until_idle()
        assert place(suite) == "waiting"


def test_whom_the_provider_cannot_reach_waits_as_before_and_is_not_tried_again():
    with salon(waiting=1) as suite:
        suite.outbox.answers.append(Refused(21211, "no such number", retry=False, provider_fault=False))
        cancel(suite)
        suite.advance(hours=2)
        assert place(suite) == "waiting"
        assert asked(suite) == ["c0"]


def test_whose_offer_is_dropped_before_it_is_sent_waits_as_before():
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/bookings/b1", status="cancelled", cancelled_by="customer", cancelled_at=NOW)
        while not suite.list(f"{ROOT}/outreach"):
            suite._deliver(suite.waiting.pop(0))
        suite.update(f"{ROOT}/customers/c0", blocked=True)
        suite.run_until_idle()
        assert offers(suite) == []
        assert place(suite) == "waiting"


def test_a_no_to_an_offer_that_is_over_does_not_let_go_of_the_next_one():
    with salon(waiting=1, settings={"offers": {"response_deadline_minutes": 10}}) as suite:
        cancel(suite)
        suite.advance(minutes=61)
        cancel(suite, "b15")
        first, second = offers(suite)
        assert (asked(suite), place(suite)) == (["c0", "c0"], "offered")
        suite.reply(first, button=1)
        suite.run_until_idle()
        assert place(suite) == "offered"
        suite.reply(second, button=1)
        suite.run_until_idle()
        assert place(suite) == "waiting"


def test_a_place_may_be_used_again_after_it_was_booked():
    """The salon puts the customer back on the list; the next sale is a sale like any other."""
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.advance(minutes=61)
        suite.update(f"{ROOT}/waitlist/w0", status="waiting")
        cancel(suite, "b15")
        suite.reply(offers(suite)[1], button=0)
        suite.run_until_idle()
        assert place(suite) == "booked"
        assert [b["status"] for b in suite.list(f"{ROOT}/bookings").values() if b["source"] == "smart_fill"] == [
            "confirmed",
            "confirmed",
        ]


def test_a_place_the_app_has_taken_back_is_not_offered():
    with salon(waiting=2) as suite:
        suite.update(f"{ROOT}/waitlist/w0", status="cancelled")
        cancel(suite)
        assert asked(suite) == ["c1"]
        assert place(suite) == "cancelled"


def test_a_wish_that_the_app_cancels_while_its_offer_ends_stays_cancelled():
    with salon(waiting=1) as suite:
        cancel(suite)
        raced = just_before(
            suite,
            lambda write: isinstance(write, Update) and write.fields.get("status") == "waiting",
            lambda: suite.update(f"{ROOT}/waitlist/w0", status="cancelled"),
        )
        suite.reply(offers(suite)[0], button=1)
        suite.run_until_idle()
        entry, ask = suite.get(f"{ROOT}/waitlist/w0"), outreach_of(suite, "c0")
        assert raced and entry is not None and entry["status"] == "cancelled"
        assert ask["response"]["action"] == "declined"
