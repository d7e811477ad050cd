from pathlib import Path

import pytest

from tests.e2e.simulation.broken import MUTANTS, Mutant
from tests.e2e.simulation.rules import RULES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_promise_can_still_be_broken(mutant: Mutant) -> None:
    """The patch fits the code as it is, and what it leaves is still Python: else the simulation would prove nothing."""
    for name, text in mutant.patched(ROOT).items():
        compile(text, name, "exec")


def test_each_rule_has_a_promise_that_it_has_to_notice() -> None:
    assert {mutant.rule for mutant in MUTANTS} == {rule.__name__ for rule in RULES}
