"""A booking app that writes over our sale cannot be stopped, but is noticed, and nothing of ours makes it worse."""

from datetime import timedelta

import pytest

from local.in_process import Suite
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    booking,
    cancel,
    freed_gaps,
    offers,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    texts,
)

START = NOW.replace(hour=13, minute=0)


def sell(suite: Suite) -> str:
    """The hour at one is sold; the path of our booking."""
    cancel(suite)
    suite.reply(offers(suite)[0], button=0)
    suite.run_until_idle()
    [id] = [id for id, each in suite.list(f"{ROOT}/bookings").items() if each["source"] == "smart_fill"]
    return f"{ROOT}/bookings/{id}"


def alerts(suite: Suite) -> list[str]:
    return [text for text in texts(suite, OWNER) if "overlap" in text]


@pytest.mark.parametrize("minutes", [0, 30, -30])
def test_a_booking_over_our_sale_is_told_the_owner_once_and_both_stand(minutes: int):
    with salon(waiting=1) as suite:
        sale = sell(suite)
        suite.put(f"{ROOT}/bookings/over", booking(START + timedelta(minutes=minutes)))
        suite.run_until_idle()
        suite.update(f"{ROOT}/bookings/over", price=60)
        suite.advance(hours=2)
        assert len(alerts(suite)) == 1
        assert [suite.get(path)["status"] for path in (sale, f"{ROOT}/bookings/over")] == ["confirmed"] * 2  # type: ignore[index]
        assert purposes(suite, phone(0)) == ["slot_offer", "booking_confirmed"]


@pytest.mark.parametrize("minutes", [60, -60])
def test_a_booking_beside_our_sale_is_no_conflict(minutes: int):
    with salon(waiting=1) as suite:
        sell(suite)
        suite.put(f"{ROOT}/bookings/b{13 + minutes // 60}", booking(START + timedelta(minutes=minutes)))
        suite.advance(hours=1)
        assert alerts(suite) == []


def test_a_cancelled_booking_over_our_sale_is_no_conflict():
    with salon(waiting=1) as suite:
        sell(suite)
        suite.put(f"{ROOT}/bookings/over", booking(START, status="cancelled", cancelled_by="customer"))
        suite.run_until_idle()
        assert alerts(suite) == []
        assert [gap["status"] for gap in freed_gaps(suite)] == ["filled"]


def test_two_salesmen_at_the_same_moment_make_one_sale_and_one_alert():
    """The app writes its booking while ours is being made: neither saw the other."""
    with salon(waiting=1) as suite:
        cancel(suite)
        made = suite.store.salon("s1")
        real = made.transact

        def written_between(work):  # type: ignore[no-untyped-def]
            outcome = real(work)
            suite.put(f"{ROOT}/bookings/over", booking(START))
            return outcome

        class Between:
            def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
                return written_between if name == "transact" else getattr(made, name)

        suite.store.salon = lambda salon_id: Between()  # type: ignore[method-assign,assignment,return-value]
        try:
            suite.reply(offers(suite)[0], button=0)
            suite.run_until_idle()
        finally:
            del suite.store.salon  # type: ignore[method-assign]
        suite.advance(minutes=5)
        assert len(ours(suite)) == 1 and len(alerts(suite)) == 1


def test_a_booking_that_is_already_there_is_seen_by_the_sale_itself():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/bookings/over", booking(START + timedelta(minutes=59)))
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert ours(suite) == [] and outreach_of(suite, "c0")["response"]["action"] == "slot_taken"
        assert alerts(suite) == []


def test_our_sale_that_is_cancelled_is_offered_to_others_again():
    with salon(waiting=2, settings={"offers": {"max_wave_size": 1}}) as suite:
        sale = sell(suite)
        suite.advance(minutes=5)
        cancel(suite, sale.rpartition("/")[2])
        assert [offer.sending.to for offer in offers(suite)] == [phone(0), phone(1)]
        suite.reply(offers(suite)[1], button=0)
        suite.run_until_idle()
        assert [(b["customer_id"], b["status"]) for b in sorted(ours(suite), key=lambda b: str(b["customer_id"]))] == [
            ("c0", "cancelled"),
            ("c1", "confirmed"),
        ]
        assert [gap["ordinal"] for gap in sorted(freed_gaps(suite), key=lambda gap: gap["ordinal"])] == [1, 2]


def test_our_sale_that_the_app_moves_frees_its_hour_and_stays_the_customers():
    with salon(waiting=2, settings={"offers": {"max_wave_size": 1}}) as suite:
        sale = sell(suite)
        suite.delete(f"{ROOT}/bookings/b17")
        suite.update(sale, start_time=START.replace(hour=17), end_time=START.replace(hour=18), updated_at=NOW)
        suite.run_until_idle()
        assert [offer.sending.to for offer in offers(suite)] == [phone(0), phone(1)]
        suite.reply(offers(suite)[1], button=0)
        suite.run_until_idle()
        assert sorted((b["start_time"].hour, b["customer_id"]) for b in ours(suite)) == [(13, "c1"), (17, "c0")]
        assert alerts(suite) == []


def test_a_sold_booking_that_the_app_deletes_is_time_again():
    with salon(waiting=2, settings={"offers": {"max_wave_size": 1}}) as suite:
        sale = sell(suite)
        suite.delete(sale)
        suite.run_until_idle()
        assert [offer.sending.to for offer in offers(suite)] == [phone(0), phone(1)]
