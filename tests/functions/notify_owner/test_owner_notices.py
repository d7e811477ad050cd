"""What the owner hears in the course of a day, and what never reaches them."""

import re

import pytest

from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    booking,
    cancel,
    offers,
    phone,
    purposes,
    run_without,
    salon,
    settle,
    texts,
    write,
)


def test_each_sale_is_told_and_nothing_of_what_was_only_tried():
    with salon(waiting=3) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=1)
        suite.report(offers(suite)[1], "undelivered", error_code=63024)
        suite.run_until_idle()
        assert purposes(suite, OWNER) == []
        suite.reply(offers(suite)[2], button=0)
        suite.advance(hours=2)
        assert purposes(suite, OWNER) == ["owner_sold"]


@pytest.mark.parametrize("meanwhile", [{"status": "cancelled"}, {"source": "app"}, {"gap_id": "another"}])
def test_a_sale_that_is_none_any_more_when_it_is_heard_of_is_not_told(meanwhile: dict[str, str]):
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        run_without(suite, "notify_owner")
        [sale] = [id for id, each in suite.list(f"{ROOT}/bookings").items() if each["source"] == "smart_fill"]
        suite.update(f"{ROOT}/bookings/{sale}", **meanwhile)
        suite.run_until_idle()
        assert "owner_sold" not in purposes(suite, OWNER)


def test_time_that_the_app_filled_by_itself_is_no_sale_of_ours():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/bookings/again", booking(NOW.replace(hour=13, minute=0)))
        suite.advance(hours=1)
        assert purposes(suite, OWNER) == []


def test_settings_that_were_refused_are_said_and_why():
    with salon(waiting=0) as suite:
        settle(suite, offers={"max_wave_size": 0})
        assert purposes(suite, OWNER) == ["owner_alert"]
        assert "max_wave_size" in texts(suite, OWNER)[0]


def test_only_a_notice_of_what_a_customer_wrote_says_how_to_reach_them():
    with salon(waiting=3) as suite:
        cancel(suite)
        write(suite, "call me at +44 7700 900100 or I'll go elsewhere", sender=phone(0))
        suite.reply(offers(suite)[1], button=0)
        suite.run_until_idle()
        suite.put(f"{ROOT}/bookings/over", booking(NOW.replace(hour=13, minute=0), customer_id=None))
        suite.advance(hours=2)
        notices = texts(suite, OWNER)
        assert len(notices) >= 3
        [written] = [notice for notice in notices if re.search(r"\+44|7700", notice)]
        assert phone(0) in written and "call me at +44 7700 900100 or" in written


def test_a_salon_without_an_owner_to_reach_goes_on_selling():
    with salon(waiting=1, contacts=[]) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert purposes(suite, phone(0)) == ["slot_offer", "booking_confirmed"]


def test_the_owner_who_is_a_customer_too_is_asked_as_one():
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/customers/c0", phone=OWNER)
        cancel(suite)
        [offer] = offers(suite)
        assert offer.sending.to == OWNER
        suite.reply(offer, button=0)
        suite.run_until_idle()
        assert purposes(suite, OWNER) == ["slot_offer", "booking_confirmed", "owner_sold"]
