"""Opening the same salon twice is done once: what was remembered is what opening it comes to."""

from local.in_process import Suite
from tests.stories.salon import NOW, ROOT, cancel, offers, open_salon


def test_a_suite_goes_on_where_another_was_when_it_was_dumped() -> None:
    with Suite(now=NOW) as first:
        open_salon(first)
        dumped = first.dumped()
        cancel(first)
    with Suite(now=NOW) as second:
        second.restore(dumped)
        cancel(second)
        assert second.list(f"{ROOT}/outreach") == first.list(f"{ROOT}/outreach")
        assert [message.text for message in offers(second)] == [message.text for message in offers(first)] != []


def test_a_watched_salon_is_opened_before_the_eyes_of_whoever_watches() -> None:
    with Suite(now=NOW) as remembered:
        open_salon(remembered)
    seen: list[str] = []
    with Suite(now=NOW) as watched:
        watched.on_change.append(lambda change: seen.append(change.path))
        open_salon(watched)
        assert watched.list(f"{ROOT}/gaps") == remembered.list(f"{ROOT}/gaps")
    assert f"{ROOT}/bookings/b1" in seen
