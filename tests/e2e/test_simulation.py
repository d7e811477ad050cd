"""A modest number of simulated days; `make simulate RUNS=2000` makes as many as wanted."""

import pytest

from tests.e2e.simulation.run import EVENTS, simulate
from tests.e2e.simulation.town import plan

RUNS = 8


@pytest.mark.parametrize("seed", range(RUNS))
def test_every_promise_holds_under_faults(seed: int) -> None:
    assert simulate(seed).broken == (), f"replay: python -m tests.e2e.simulation --seed {seed}"


def test_a_seed_tells_the_same_story_again() -> None:
    told: list[list[str]] = [[], []]
    for story in told:
        simulate(3, plan(3, EVENTS)[:40], tell=story.append)
    assert told[0] == told[1] != []
