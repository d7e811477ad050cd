"""Each function redelivered each of its events three times, in random order, leaves what one calm delivery leaves."""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from local.conditions import Delivery, Fate
from local.in_process import Suite
from tests.stories.busy_day import State, busy_day, everything, in_other_words, records, state_documents

SEEDS = range(8)


class ThreeTimes:
    """Every event is done three times: after the first and the second the acknowledgement is lost, so that it comes again
    among all others, in an order of chance."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)

    def next(self, waiting: Sequence[Delivery]) -> int:
        return self._chance.randrange(len(waiting))

    def fate(self, delivery: Delivery) -> Fate:
        return "crash_after" if delivery.attempt < 3 else "once"


@pytest.fixture(scope="module")
def calm() -> Suite:
    return busy_day()


def what_stands(suite: Suite) -> State:
    """Every document but the audit log and the marks of its chain: how often a gap was looked at before it changed is
    nothing anybody could tell from it."""
    return {
        path: {name: value for name, value in in_other_words(suite, data).items() if name not in ("revision", "due_at")}
        for path, data in everything(suite).items()
        if "/audit_logs/" not in path and "/locks/" not in path
    }


def said(suite: Suite) -> list[tuple[Any, ...]]:
    return sorted(
        (m.at, m.sending.channel, m.sending.to, m.purpose or "", m.text, m.sending.reference)
        for m in suite.outbox.messages
    )


def told(suite: Suite) -> list[tuple[str, ...]]:
    """What the audit says happened."""
    return sorted((r["resource_type"], r["resource_id"], r["event_type"], r["action"]) for r in records(suite).values())


@pytest.mark.parametrize("seed", SEEDS)
def test_three_deliveries_in_any_order_are_as_good_as_one(seed: int, calm: Suite):
    stormy = busy_day(ThreeTimes(seed), each=3)
    assert stormy.dead == []
    assert {type(error).__name__ for _, error in stormy.failures} == {"Crash"}
    assert said(stormy) == said(calm)
    standing, expected = what_stands(stormy), what_stands(calm)
    assert {path: standing.get(path) for path in expected} == expected
    assert standing.keys() == expected.keys()
    assert told(stormy) == told(calm)
    assert {path: data["revision"] for path, data in state_documents(stormy).items()} == {
        path: data["revision"] for path, data in state_documents(calm).items()
    }
