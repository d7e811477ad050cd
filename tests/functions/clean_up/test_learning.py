"""Each offer teaches once, however many have their time at once and whichever share a deadline."""

from datetime import timedelta

import pytest

from functions.clean_up import learn_acceptance as room
from functions.clean_up.learn_acceptance import LATE_YES, learn_acceptance
from local.in_process import Suite
from tests.stories.salon import NOW, ROOT, SALON, arrive, cancel, outreach_of, salon

MINUTE, MICROSECOND = timedelta(minutes=1), timedelta(microseconds=1)


def made(suite: Suite, *ends: int) -> None:
    """Offers that arrived, by the minutes after NOW at which they ended, and no other."""
    cancel(suite)
    arrive(suite)
    model = outreach_of(suite, "c0")
    suite.delete(f"{ROOT}/outreach/{model['id']}")
    for number, minutes in enumerate(ends):
        offer = {**model, "id": f"o{number}", "expires_at": NOW + minutes * MINUTE, "due_at": None, "status": "expired"}
        suite.put(f"{ROOT}/outreach/o{number}", offer)
    suite.waiting.clear()


def learn(suite: Suite) -> int:
    return learn_acceptance(suite.store.salon(SALON), suite.clock.now())


@pytest.mark.parametrize(
    ("ends", "runs"),
    [
        ([0, 1, 2], [2, 1, 0]),
        ([0, 1, 2, 2, 3], [2, 2, 1, 0]),
        ([0, 0, 1, 1, 2, 2, 3], [2, 2, 2, 1, 0]),
        ([0, 1], [2, 0]),
    ],
)
def test_page_by_page_each_offer_is_counted_once(
    ends: list[int], runs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LEARNT_AT_ONCE", 3)
    with salon(waiting=1) as suite:
        made(suite, *ends)
        suite.clock.move_to(NOW + timedelta(hours=5))
        assert [learn(suite) for _ in runs] == runs
        [tally] = suite.list(f"{ROOT}/counters")["learned"]["tallies"].values()
        assert tally["asked"] == len(ends)


def test_what_ends_later_is_counted_by_a_later_run() -> None:
    with salon(waiting=1) as suite:
        made(suite, 0, 30)
        for at, learned in ((LATE_YES - MICROSECOND, 0), (LATE_YES, 1), (LATE_YES + 30 * MINUTE, 1)):
            suite.clock.move_to(NOW + at)
            assert learn(suite) == learned
