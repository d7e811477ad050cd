"""120 simulated runs, `make simulate RUNS=2000` makes as many as wanted. A class is what the workers share out."""

import pytest

from tests.e2e.simulation.events import plan
from tests.e2e.simulation.run import simulate

RUNS = 120
CLASSES = 8


class EveryPromiseHoldsUnderFaults:
    def test_in_each_run(self, seed: int) -> None:
        assert simulate(seed).broken == (), f"replay: python -m tests.e2e.simulation --seed {seed}"


def _runs(part: int) -> type:
    whole = type(f"TestPart{part}", (EveryPromiseHoldsUnderFaults,), {"__module__": __name__})
    size = RUNS // CLASSES
    return pytest.mark.parametrize("seed", range(part * size, (part + 1) * size))(whole)


TestPart0, TestPart1, TestPart2, TestPart3, TestPart4, TestPart5, TestPart6, TestPart7 = map(_runs, range(CLASSES))


def test_a_seed_tells_the_same_story_again() -> None:
    told: list[list[str]] = [[], []]
    for story in told:
        simulate(3, plan(3)[:40], tell=story.append)
    assert told[0] == told[1] != []
