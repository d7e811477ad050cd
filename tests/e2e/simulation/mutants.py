"""Whether the simulation notices: the suite with one promise broken on purpose must break the rule that guards the promise
within so many runs. The runs that put this rule to the test are made first: the suite as it is says which they are.

`python -m tests.e2e.simulation.mutants [--runs N] [name ...]`, on copies in a temporary folder.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from shutil import copytree, ignore_patterns

from tests.e2e.simulation.broken import MUTANTS, Mutant
from tests.e2e.simulation.run import simulate

ROOT = Path(__file__).parents[3]
BROKE = re.compile(r"^seed (\d+): (\w+): (.*)$", re.MULTILINE)
COPIED = ("shared", "functions", "local", "tests")


@dataclass(frozen=True)
class Verdict:
    """`seed` is the run in which its own rule noticed it, none if it survived; `why` is the first line by which that rule tells
    of it. `others` are the rules that noticed it in a run made before that one, or in the same."""

    mutant: Mutant
    seed: int | None
    why: str
    others: tuple[str, ...]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.simulation.mutants", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="mutants at once")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if not asked.names or mutant.name in asked.names]
    with Pool(asked.jobs) as processes:
        dangers = [result.dangers for result in processes.imap(simulate, range(asked.runs))]
    with ThreadPoolExecutor(asked.jobs) as pool:
        verdicts = []
        for tried in as_completed([pool.submit(_tried, mutant, dangers) for mutant in chosen]):
            verdict = tried.result()
            verdicts.append(verdict)
            how = "SURVIVED" if verdict.seed is None else f"seed {verdict.seed:3}"
            print(f"{verdict.mutant.name:58} {how:8}  {verdict.why[:110]}", flush=True)
            if verdict.others:
                print(f"{'':58} also, or before, by {', '.join(verdict.others)}", flush=True)
    noticed = sum(verdict.seed is not None for verdict in verdicts)
    print(f"{noticed} of {len(verdicts)} broken promises were noticed by their rules within {asked.runs} runs")
    return int(noticed < len(verdicts))


def _tried(mutant: Mutant, dangers: Sequence[frozenset[str]]) -> Verdict:
    seeds = sorted(range(len(dangers)), key=lambda seed: mutant.rule not in dangers[seed])
    with tempfile.TemporaryDirectory() as folder:
        for name in COPIED:
            copytree(ROOT / name, Path(folder) / name, ignore=ignore_patterns("__pycache__"))
        for name, text in mutant.patched(ROOT).items():
            (Path(folder) / name).write_text(text)
        command = [sys.executable, "-m", "tests.e2e.simulation", "--jobs", "1", "--stop", mutant.rule, "--seeds"]
        command += map(str, seeds)
        ended = subprocess.run(command, cwd=folder, env=_alone(), capture_output=True, text=True, check=False)
    if ended.returncode and not BROKE.search(ended.stderr):
        raise RuntimeError(f"{mutant.name}: expected a seed that fails, found {ended.stderr[-2000:]}")
    broke = BROKE.findall(ended.stderr)
    others = tuple(dict.fromkeys(rule for _, rule, _ in broke if rule != mutant.rule))
    own = next(((int(seed), what) for seed, rule, what in broke if rule == mutant.rule), (None, ""))
    return Verdict(mutant, *own, others)


def _alone() -> dict[str, str]:
    """The copy's own modules, whatever the path says here."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


if __name__ == "__main__":
    sys.exit(main())
