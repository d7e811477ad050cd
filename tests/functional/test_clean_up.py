"""Nothing of ours is kept longer than its time, and no run does unbounded work."""

from datetime import timedelta

from local.in_process import Suite
from shared.domain.retention import RETENTION, YEAR
from shared.use_cases.clean_up import DELETED_AT_ONCE, clean_up
from tests.functional.salon import NOW, ROOT, SALON, salon


def tidy(suite: Suite) -> int:
    return clean_up(documents=suite.store.salon(SALON), clock=suite.clock).deleted


def test_each_collection_is_kept_for_its_time_and_no_longer() -> None:
    with salon(waiting=0) as suite:
        for kept in RETENTION:
            now = suite.clock.real() if kept.field == "until" else NOW
            for name, age in (("old", timedelta(seconds=1)), ("kept", -timedelta(hours=1))):
                suite.put(f"{ROOT}/{kept.collection}/{name}", {kept.field: now - kept.period - age})
        assert tidy(suite) == len(RETENTION)
        for kept in RETENTION:
            assert suite.get(f"{ROOT}/{kept.collection}/old") is None
            assert suite.get(f"{ROOT}/{kept.collection}/kept") is not None


def test_a_run_deletes_a_bounded_number_and_the_next_goes_on() -> None:
    with salon(waiting=0) as suite:
        for number in range(DELETED_AT_ONCE + 1):
            suite.put(f"{ROOT}/approvals/a{number}", {"created_at": NOW - 2 * YEAR})
        assert (tidy(suite), tidy(suite), tidy(suite)) == (DELETED_AT_ONCE, 1, 0)
