"""A time is named as it is when it is read: what is tomorrow in the evening is today in the morning."""

from datetime import timedelta

from local.in_process import Suite
from tests.stories.salon import NOW, ROOT, booking, cancel, offer_link, ours, phone, purposes, salon, texts, write

TWO_DAYS = {day: [{"start": "10:00", "end": "18:00"}] for day in ("mon", "tue")}
TOMORROW = NOW.replace(hour=15) + timedelta(days=1)


def offered_tomorrow(suite: Suite) -> None:
    suite.put(f"{ROOT}/bookings/x", booking(TOMORROW))
    suite.run_until_idle()
    cancel(suite, "x")
    assert "tomorrow at 15:30" in texts(suite, phone(0))[0]


def test_the_page_behind_the_link_names_the_day_as_it_is_when_it_is_opened():
    with salon(waiting=1, opening_hours=TWO_DAYS) as suite:
        offered_tomorrow(suite)
        link = offer_link(suite, "c0")
        assert "tomorrow at 15:30" in suite.request("GET", link).get_data(as_text=True)
        suite.advance(hours=23)
        assert "today at 15:30" in suite.request("GET", link).get_data(as_text=True)


def test_a_no_names_the_day_as_it_is_when_it_is_said():
    with salon(waiting=1, opening_hours=TWO_DAYS) as suite:
        offered_tomorrow(suite)
        for hour in range(10, 18):
            suite.put(f"{ROOT}/bookings/y{hour}", booking(TOMORROW.replace(hour=hour)))
        suite.run_until_idle()
        suite.advance(hours=23, minutes=45)
        write(suite, "yes", sender=phone(0))
        suite.run_until_idle()
        assert purposes(suite, phone(0))[-1] == "slot_taken" and "today at 15:30" in texts(suite, phone(0))[-1]


def test_a_confirmation_that_waits_for_the_morning_names_the_day_as_it_is_then():
    with salon(waiting=1, opening_hours=TWO_DAYS) as suite:
        offered_tomorrow(suite)
        suite.advance_to(NOW.replace(hour=21))
        suite.update(ROOT, status="paused", updated_at=suite.clock.now())
        write(suite, "yes", sender=phone(0))
        suite.advance(hours=2)
        assert len(ours(suite)) == 1 and purposes(suite, phone(0)) == ["slot_offer"]
        suite.update(ROOT, status="active", updated_at=suite.clock.now())
        suite.advance_to(NOW + timedelta(days=1))
        assert "See you today at 15:30" in texts(suite, phone(0))[-1]
