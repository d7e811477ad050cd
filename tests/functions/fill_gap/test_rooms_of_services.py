"""A room that two stylists share is never promised twice by us."""

from typing import Any

from local.in_process import Suite
from local.outbox import Message
from tests.stories.calendar import ROOT, at, booked, cancelled, open_calendar
from tests.stories.salon import NOW


def with_one_chair(suite: Suite, **options: Any) -> None:
    open_calendar(suite, **options)
    suite.update(f"{ROOT}/services/cut", resource_ids=["chair"])


def offers(suite: Suite) -> list[Message]:
    return [message for message in suite.outbox.messages if message.purpose == "slot_offer"]


def ours(suite: Suite) -> list[dict[str, Any]]:
    return [b for b in suite.list(f"{ROOT}/bookings").values() if b["source"] == "smart_fill"]


def test_time_is_not_offered_while_another_stylist_has_the_room() -> None:
    with Suite(now=NOW) as suite:
        with_one_chair(suite)
        booked(suite, "z13", at(12, 30), staff_id="zoe")
        cancelled(suite, "b1")
        suite.run_until_idle()
        assert offers(suite) == []


def test_time_is_offered_when_the_room_is_free() -> None:
    with Suite(now=NOW) as suite:
        with_one_chair(suite)
        cancelled(suite, "b1")
        suite.run_until_idle()
        assert offers(suite) != []


def test_a_yes_is_refused_kindly_when_the_room_has_gone_meanwhile() -> None:
    with Suite(now=NOW) as suite:
        with_one_chair(suite)
        cancelled(suite, "b1")
        suite.run_until_idle()
        booked(suite, "z13", at(13, 30), 30, staff_id="zoe")
        suite.run_until_idle()
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert ours(suite) == [] and suite.failures == []
        assert suite.outbox.messages[-1].purpose in ("slot_taken", "slot_taken_another")


def test_of_two_sales_of_one_room_at_one_time_one_is_made() -> None:
    with Suite(now=NOW) as suite:
        with_one_chair(suite, waiting=12)
        suite.delete(f"{ROOT}/bookings/z14")
        cancelled(suite, "b14")
        suite.run_until_idle()
        suite.update(f"{ROOT}/services/cut", resource_ids=[])
        booked(suite, "y", at(14), staff_id="zoe")
        cancelled(suite, "y")
        suite.run_until_idle()
        suite.update(f"{ROOT}/services/cut", resource_ids=["chair"])
        for offer in offers(suite):
            suite.reply(offer, button=0)
            suite.run_until_idle()
        at_two = [b for b in ours(suite) if b["start_time"] < at(15) and b["end_time"] > at(14)]
        assert len({o["slot"]["staff_id"] for o in suite.list(f"{ROOT}/outreach").values()}) == 2
        assert len(at_two) == 1
