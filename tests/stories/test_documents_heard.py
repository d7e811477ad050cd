"""What each document that is written brings about where it is heard, at once and with nothing that could make up for it; and
what becomes of the work when its machine dies on the way."""

from collections.abc import Callable

import pytest

from local.conditions import Calm, Delivery, Fate
from local.in_process import Suite
from tests.stories.approvals import ask, carrying, standing
from tests.stories.one_way_in import never_woken, only_way_in
from tests.stories.salon import ROOT, SMS, cancel, customer, freed_gaps, offers, ours, phone, salon, settle, write
from tests.stories.shared_number import open_branch

CLOCK = ("apply_settings", "follow_waitlist", "scan_gaps", "repair_salon", "reconnect_salons")
"""Whoever mends, by the clock, what a lost event has left."""


class FirstOneDies(Calm):
    """The first delivery to that function dies with its machine."""

    def __init__(self, function: str) -> None:
        self._function = function
        self.died = False

    def fate(self, delivery: Delivery) -> Fate:
        if self.died or delivery.function.name != self._function:
            return "once"
        self.died = True
        return "crash_before"


def a_salon_that_was_written_is_connected(suite: Suite) -> bool:
    messaging = {**(suite.get(ROOT) or {})["messaging"], "sms_from": SMS}
    suite.update(ROOT, messaging=messaging)
    suite.run_until_idle()
    return any(route["number"] == SMS for route in suite.list("channel_routes").values())


def settings_that_were_written_are_accepted(suite: Suite) -> bool:
    settle(suite, offers={"max_wave_size": 3})
    return (suite.get(f"{ROOT}/settings/accepted") or {})["version"] == 2


def a_booking_that_was_cancelled_is_a_gap(suite: Suite) -> bool:
    cancel(suite)
    return len(freed_gaps(suite)) == 1


def a_wish_that_leaves_everything_out_waits(suite: Suite) -> bool:
    suite.put(f"{ROOT}/waitlist/bare", {"customer_id": "c0"})
    suite.run_until_idle()
    return (suite.get(f"{ROOT}/waitlist/bare") or {}).get("status") == "waiting"


def what_is_recorded_is_announced(suite: Suite) -> bool:
    cancel(suite)
    return len(offers(suite)) == 1


def an_answer_that_an_app_wrote_into_an_approval_is_taken_in(suite: Suite) -> bool:
    with carrying():
        id = ask(suite, run=False)
        suite.update(f"{ROOT}/approvals/{id}", status="rejected")
        suite.run_until_idle()
        return standing(suite, id) == ("rejected", "rejected", "rejected")


def what_a_customer_wrote_is_answered(suite: Suite) -> bool:
    cancel(suite)
    suite.reply(offers(suite)[0], button=0)
    suite.run_until_idle()
    return len(ours(suite)) == 1


def what_was_written_to_a_shared_number_comes_to_the_salon_it_is_for(suite: Suite) -> bool:
    open_branch(suite)
    cancel(suite)
    write(suite, "BOOK", sender=phone(0))
    suite.run_until_idle()
    return len(ours(suite)) == 1


def a_customer_that_was_written_is_known_at_their_number(suite: Suite) -> bool:
    suite.put(f"{ROOT}/customers/new", customer(20))
    suite.run_until_idle()
    return ["new"] in [identity["customer_ids"] for identity in suite.list(f"{ROOT}/identities").values()]


Story = Callable[[Suite], bool]
"""Lives through it, and returns whether it has ended as it should."""
TRIED_AGAIN: dict[str, Story] = {
    "connect_salon": a_salon_that_was_written_is_connected,
    "apply_settings": settings_that_were_written_are_accepted,
    "follow_customer": a_customer_that_was_written_is_known_at_their_number,
    "follow_waitlist": a_wish_that_leaves_everything_out_waits,
    "detect_gaps": a_booking_that_was_cancelled_is_a_gap,
    "relay_events": what_is_recorded_is_announced,
    "resolve_approval": an_answer_that_an_app_wrote_into_an_approval_is_taken_in,
}
LEFT_TO_THE_CLOCK: dict[str, Story] = {
    "answer_message": what_a_customer_wrote_is_answered,
    "choose_branch": what_was_written_to_a_shared_number_comes_to_the_salon_it_is_for,
}
"""What people wrote is worked on in its order: a message comes again when it is due, and not whenever the platform tries."""
STORIES = TRIED_AGAIN | LEFT_TO_THE_CLOCK
DOCUMENTS = {
    "connect_salon": "salons/{salon_id} written",
    "apply_settings": "salons/{salon_id}/settings/current written",
    "follow_customer": "salons/{salon_id}/customers/{customer_id} written",
    "follow_waitlist": "salons/{salon_id}/waitlist/{entry_id} written",
    "detect_gaps": "salons/{salon_id}/bookings/{booking_id} written",
    "relay_events": "salons/{salon_id}/audit_logs/{log_id} created",
    "resolve_approval": "salons/{salon_id}/approvals/{approval_id} updated",
    "answer_message": "salons/{salon_id}/conversations/{conversation_id}/inbound/{message_id} created",
    "choose_branch": "channel_routes/{route_id}/inbound/{message_id} created",
}


@pytest.mark.parametrize("function", DOCUMENTS)
def test_a_document_that_is_written_is_heard_at_once(function: str) -> None:
    with salon(waiting=1) as suite:
        never_woken(suite, *(name for name in CLOCK if name != function))
        only_way_in(suite, function, DOCUMENTS[function])
        assert STORIES[function](suite)


@pytest.mark.parametrize("function", TRIED_AGAIN)
def test_what_died_on_the_way_is_tried_again_at_once(function: str) -> None:
    with salon(waiting=1, conditions=Calm()) as suite:
        never_woken(suite, *(name for name in CLOCK if name != function))
        suite.conditions = FirstOneDies(function)
        assert TRIED_AGAIN[function](suite)
        assert [name for name, _ in suite.failures] == [function]


@pytest.mark.parametrize("function", LEFT_TO_THE_CLOCK)
def test_what_people_wrote_comes_again_when_it_is_due(function: str) -> None:
    with salon(waiting=1, conditions=Calm()) as suite:
        suite.conditions = FirstOneDies(function)
        assert not LEFT_TO_THE_CLOCK[function](suite)
        suite.advance(minutes=2)
        assert len(ours(suite)) == 1
