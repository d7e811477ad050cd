"""Another answer than the first, by the link: it is kept for the owner as in the chat, and the page says what is true."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.accept_offer.pass_on_answer import AT_MOST
from local.in_process import ACCOUNT_SID, Suite
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SMS,
    booking,
    cancel,
    just_before,
    offer_link,
    offers,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    texts,
    write,
)

YES_AFTER_ALL = "we&#39;ve told the team that you&#39;d like this time after all"
CANNOT_COME = "We&#39;ve told the team that you can&#39;t come"
PASSED_ON = "we&#39;ve passed your answer on to the team"


def press(suite: Suite, answer: str) -> str:
    page = suite.request("POST", offer_link(suite, "c0"), form={"answer": answer})
    assert page.status_code == 200
    return page.get_data(as_text=True)


def look(suite: Suite) -> str:
    return suite.request("GET", offer_link(suite, "c0")).get_data(as_text=True)


def waiting(suite: Suite) -> list[tuple[str, bool]]:
    """Why what waits for the owner does, and whether it is about an offer."""
    found = suite.list(f"{ROOT}/conversations").values()
    return [(each["reason"], each["outreach_id"] is not None) for each in found]


def said_by_link(suite: Suite) -> list[str]:
    here = f"{ROOT}/conversations/{outreach_of(suite, 'c0')['address_key']}/inbound"
    found = [each for each in suite.list(here).values() if each["by_link"]]
    return [each["body"] for each in sorted(found, key=lambda each: each["received_at"])]


def declined_by_link(suite: Suite) -> None:
    press(suite, "decline")


def declined_in_the_chat(suite: Suite) -> None:
    suite.reply(offers(suite)[0], button=1)


def stopped(suite: Suite) -> None:
    write(suite, "STOP", sender=phone(0))


def cancelled_since(suite: Suite) -> None:
    press(suite, "accept")
    suite.run_until_idle()
    [sold] = [id for id, each in suite.list(f"{ROOT}/bookings").items() if each["source"] == "smart_fill"]
    cancel(suite, sold, by="salon")


@pytest.mark.parametrize("before", [declined_by_link, declined_in_the_chat, stopped, cancelled_since])
def test_a_yes_by_the_link_after_a_no_is_told_to_the_owner_and_books_nothing(before: Callable[[Suite], None]):
    with salon(waiting=1) as suite:
        cancel(suite)
        before(suite)
        suite.advance(minutes=1)
        booked = len(ours(suite))
        assert YES_AFTER_ALL in press(suite, "accept")
        suite.run_until_idle()
        assert waiting(suite) == [("another_answer", True)] and len(ours(suite)) == booked
        assert "a yes after all" in texts(suite, OWNER)[-1] and "Book it" in texts(suite, OWNER)[-1]
        assert purposes(suite, phone(0))[-1] == "holding_answer"
        assert YES_AFTER_ALL in look(suite) and 'value="accept"' not in look(suite)


def test_a_no_by_the_link_after_the_booking_asks_the_salon_to_cancel_and_the_booking_stands():
    with salon(waiting=1) as suite:
        cancel(suite)
        press(suite, "accept")
        suite.run_until_idle()
        page = press(suite, "decline")
        assert CANNOT_COME in page and "Until then your booking stands" in page
        suite.run_until_idle()
        assert [each["status"] for each in ours(suite)] == ["confirmed"]
        assert waiting(suite) == [("cannot_come", False)] and "not being able to come" in texts(suite, OWNER)[-1]
        assert purposes(suite, phone(0))[-1] == "cancel_request_received"
        assert CANNOT_COME in look(suite)
        [sold] = [id for id, each in suite.list(f"{ROOT}/bookings").items() if each["source"] == "smart_fill"]
        cancel(suite, sold, by="salon")
        assert "This booking has been cancelled." in look(suite)


@pytest.mark.parametrize(("first", "other"), [("accept", "decline"), ("decline", "accept")])
def test_a_change_of_mind_pressed_twice_is_one(first: str, other: str):
    with salon(waiting=1) as suite:
        cancel(suite)
        press(suite, first)
        suite.run_until_idle()
        left = len(texts(suite, OWNER))
        pages = {press(suite, other) for _ in range(3)}
        suite.advance(hours=1)
        pages |= {press(suite, other), look(suite)}
        suite.advance(hours=1)
        assert len(pages) == 1 and len(said_by_link(suite)) == 1 and len(texts(suite, OWNER)) == left + 1


def test_the_same_change_of_mind_in_two_tabs_at_once_is_one():
    with salon(waiting=1) as suite:
        cancel(suite)
        press(suite, "decline")

        def other_tab() -> None:
            press(suite, "accept")

        raced = just_before(suite, lambda write: "/inbound/" in write.path, other_tab)
        assert YES_AFTER_ALL in press(suite, "accept")
        suite.run_until_idle()
        assert raced and said_by_link(suite) == ["Book it"]


def test_a_yes_and_a_no_in_two_tabs_at_once_lose_neither():
    with salon(waiting=1) as suite:
        cancel(suite)
        link = offer_link(suite, "c0")

        def no() -> None:
            suite.request("POST", link, form={"answer": "decline"})

        raced = just_before(suite, lambda write: write.path.endswith(outreach_of(suite, "c0")["id"]), no)
        assert YES_AFTER_ALL in press(suite, "accept")
        suite.run_until_idle()
        assert raced and outreach_of(suite, "c0")["response"]["action"] == "declined" and ours(suite) == []
        assert waiting(suite) == [("another_answer", True)]


def test_whoever_changes_their_mind_again_and_again_is_read_each_time_up_to_a_limit():
    with salon(waiting=1) as suite:
        cancel(suite)
        press(suite, "decline")
        pages = []
        for answer in ["accept", "decline"] * AT_MOST:
            suite.advance(minutes=1)
            pages.append(press(suite, answer))
        assert said_by_link(suite) == ["Book it", "No, thanks"] * (AT_MOST // 2)
        assert YES_AFTER_ALL in pages[0] and PASSED_ON in pages[1]
        assert waiting(suite)[0][0] in ("needs_a_person", "another_answer") and ours(suite) == []


def test_a_no_after_a_refused_yes_takes_nothing_back():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/bookings/walk-in", booking(NOW.replace(hour=13, minute=0)))
        taken = press(suite, "accept")
        assert "no longer free" in taken and press(suite, "decline") == taken
        assert said_by_link(suite) == []


def test_the_link_opens_no_session_and_the_answer_goes_the_offers_way():
    """WhatsApp counts a message, not a press on our page."""
    sms: dict[str, Any] = {"account_sid": ACCOUNT_SID, "sms_from": SMS}
    with salon(waiting=1, messaging=sms) as suite:
        suite.update(f"{ROOT}/customers/c0", consents={"sms": {"marketing": True, "service": True}})
        cancel(suite)
        press(suite, "decline")
        press(suite, "accept")
        suite.run_until_idle()
        assert not any(each.get("last_inbound_at") for each in suite.list(f"{ROOT}/identities").values())
        assert [each.sending.channel for each in suite.outbox.messages if each.sending.to == phone(0)] == ["sms"] * 3
