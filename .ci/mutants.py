"""Puts mistakes into what decides, one at a time, and says which of them no test notices: mutation testing, by mutmut.

Into the files that changed since BASE (the last commit), or with ALL into a sample of 3,000 drawn by SEED from every pure
file; or those that are named, again. Exits with 1 where a mistake goes unnoticed that docs/mutants.md does not argue, or
fewer than 90 % are noticed.
"""

import os
import random
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from mutmut import __main__ as mutmut
from mutmut import configuration
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.runners.harness import PytestRunner
from mutmut.stats import status_by_exit_code

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "mutants.md"
SAMPLE = 3_000
LEAST = 0.90
NEAREST = 150
"""So many tests are tried first: to gather the thousands that reach most of the code takes longer than nearly all mistakes need
to be noticed."""
NOTICED = {"killed", "timeout"}


def main() -> int:
    os.chdir(ROOT)
    files, named = pure_files(), sys.argv[1:]
    if not named and not os.environ.get("ALL"):
        changed = listed("git", "diff", "--name-only", os.environ.get("BASE", "HEAD~1"))
        files = sorted(set(files) & set(changed))
    if not files:
        print("no pure file has changed: ALL=1 for a sample of all")
        return 0
    configuration._config = replace(configuration._load_config(), only_mutate=files)
    PytestRunner.run_tests = nearest_first  # type: ignore[method-assign]
    names = generated(files)
    chosen = named or sample(names)
    mutmut._run(chosen, None)
    return report(chosen, files)


def pure_files() -> list[str]:
    """What decides from given facts alone."""
    # In a process of its own: the tests are imported from the copy with the mistakes.
    return listed(sys.executable, "-m", "tests.architecture.pure_files")


def listed(*command: str) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def generated(files: list[str]) -> list[str]:
    """The names of all mistakes that can be made in these files."""
    Path("mutants").mkdir(exist_ok=True)
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.setup_source_paths()
    mutmut.create_mutants(os.cpu_count() or 1)
    return sorted(name for file in files for name in verdicts(file))


def verdicts(file: str) -> dict[str, int | None]:
    data = SourceFileMutationData(path=file)
    data.load()
    return data.exit_code_by_key


every_test = PytestRunner.run_tests


def nearest_first(self: PytestRunner, *, mutant_name: str | None, tests: Iterable[str]) -> int:
    """Tries the tests of the mistake's own file, then of its folder, then the other short ones; the rest only where those notice
    nothing."""
    if mutant_name is None:
        return every_test(self, mutant_name=None, tests=tests)
    *folders, file, _ = mutant_name.split(".")
    folder = "/".join(["tests", *folders, ""])
    ordered = sorted(tests, key=lambda test: (not test.startswith(f"{folder}test_{file}"), not test.startswith(folder)))
    first, rest = ordered[:NEAREST], ordered[NEAREST:]
    failed = every_test(self, mutant_name=mutant_name, tests=first)
    return failed if failed or not rest else every_test(self, mutant_name=mutant_name, tests=rest)


def sample(names: list[str]) -> list[str]:
    seed = int(os.environ.get("SEED", "0"))
    chosen = random.Random(seed).sample(names, min(SAMPLE, len(names)))
    print(f"{len(chosen)} of {len(names)} mistakes, drawn by seed {seed}")
    return chosen


def report(chosen: list[str], files: list[str]) -> int:
    found = {name: status_by_exit_code[code] for file in files for name, code in verdicts(file).items()}
    unnoticed = [name for name in sorted(chosen) if found[name] not in NOTICED]
    argued = PAGE.read_text()
    new = [name for name in unnoticed if line(name) not in argued]
    for name in new:
        print(f"\n{name}: {found[name]}\n{line(name)}")
    score = 1 - len(unnoticed) / len(chosen)
    print(
        f"\n{len(chosen) - len(unnoticed)} of {len(chosen)} noticed ({score:.1%}), {len(unnoticed) - len(new)} argued"
    )
    return int(bool(new) or score < LEAST)


def line(name: str) -> str:
    """The function, what stood there and what stands there now: as docs/mutants.md names a mistake."""
    changes = [each for each in get_diff_for_mutant(name).splitlines()[2:] if each[:1] in "+-"]
    where = name.rpartition("__mutmut_")[0].replace(".x_", ".").replace("xǁ", "").replace("ǁ", ".")
    return "\n".join([f"# {where}", *(each[0] + " " + each[1:].strip() for each in changes)])


if __name__ == "__main__":
    sys.exit(main())
