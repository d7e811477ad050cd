"""Whether the simulation notices: the suite with one promise broken on purpose must break a rule within so many runs.

`python -m tests.e2e.simulation.mutants [--runs N] [name ...]`, on copies in a temporary folder.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns

from tests.e2e.simulation.broken import MUTANTS, Mutant

ROOT = Path(__file__).parents[3]
COPIED = ("shared", "functions", "local", "tests")


@dataclass(frozen=True)
class Verdict:
    """`runs` until it was caught, or that it survived; `why` is the first line that tells of it."""

    mutant: Mutant
    caught: bool
    runs: int
    why: str


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.simulation.mutants", description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="mutants at once")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if not asked.names or mutant.name in asked.names]
    with ThreadPoolExecutor(asked.jobs) as pool:
        verdicts = []
        for tried in as_completed([pool.submit(_tried, mutant, asked.runs) for mutant in chosen]):
            verdict = tried.result()
            verdicts.append(verdict)
            how = f"run {verdict.runs:3}" if verdict.caught else "SURVIVED"
            print(f"{verdict.mutant.name:48} {how:8}  {verdict.why[:110]}", flush=True)
    caught = sum(verdict.caught for verdict in verdicts)
    print(f"{caught} of {len(verdicts)} broken promises were noticed within {asked.runs} runs")
    return int(caught < len(verdicts))


def _tried(mutant: Mutant, runs: int) -> Verdict:
    with tempfile.TemporaryDirectory() as folder:
        for name in COPIED:
            copytree(ROOT / name, Path(folder) / name, ignore=ignore_patterns("__pycache__"))
        file = Path(folder) / mutant.file
        text = file.read_text()
        for sound, broken in mutant.edits:
            if text.count(sound) != 1:
                raise LookupError(f"{mutant.name}: expected once in {mutant.file}, found otherwise: {sound!r}")
            text = text.replace(sound, broken)
        file.write_text(text)
        command = [sys.executable, "-m", "tests.e2e.simulation", "--runs", str(runs), "--stop", "--jobs", "1"]
        ended = subprocess.run(command, cwd=folder, env=_alone(), capture_output=True, text=True, check=False)
    if not ended.returncode:
        return Verdict(mutant, False, runs, "")
    told = re.search(r"^seed (\d+): (.*)$", ended.stderr, re.MULTILINE)
    if told is None:
        raise RuntimeError(f"{mutant.name}: expected a seed that fails, found {ended.stderr[-2000:]}")
    return Verdict(mutant, True, int(told[1]) + 1, told[2])


def _alone() -> dict[str, str]:
    """The copy's own modules, whatever the path says here."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


if __name__ == "__main__":
    sys.exit(main())
