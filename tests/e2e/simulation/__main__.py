"""`--seed N` tells one run, `--runs N` makes many and prints what they went through."""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from multiprocessing import Pool

from tests.e2e.simulation.danger import unproven
from tests.e2e.simulation.rules import RULES
from tests.e2e.simulation.run import Result, shortest, simulate

AT_MOST = 5
ENOUGH = 5000
"""From so many runs on, a rule that was never in danger is an error: fewer may not have met it."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.e2e.simulation",
        description=__doc__,
        epilog="Ends with 1 if a run broke a rule, and, of at least 5,000 runs, also if a rule was in danger in none of them "
        "(unproven): that it held says nothing then.",
    )
    parser.add_argument("--seed", type=int, help="replay this run, step by step")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, nargs="+", help="these runs, and no others")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="processes; default: the cores")
    parser.add_argument("--shrink", action="store_true", help="look for the shortest history that still fails")
    parser.add_argument(
        "--stop", nargs="?", const="", metavar="RULE", help="at the first run that fails, or breaks RULE"
    )
    asked = parser.parse_args()
    if asked.seed is not None:
        result = simulate(asked.seed, tell=print)
        _broken(result)
        if result.broken and asked.shrink:
            _shortest(result)
        return int(bool(result.broken))
    started = time.perf_counter()
    results = []
    seeds = asked.seeds or range(asked.first, asked.first + asked.runs)
    for result in _simulated(seeds, asked.jobs):
        results.append(result)
        _progress(len(results), len(seeds))
        if result.broken:
            _broken(result)
            if asked.stop == "" or asked.stop in result.rules:
                break
    _summary(results, time.perf_counter() - started)
    failed = [result for result in results if result.broken]
    if failed and asked.shrink:
        _shortest(failed[0])
    return int(bool(failed) or _is_unproven(results))


def _simulated(seeds: Iterable[int], jobs: int) -> Iterator[Result]:
    """In the order of the seeds; a run is the same in whichever process."""
    if jobs == 1:
        yield from map(simulate, seeds)
        return
    with Pool(jobs) as pool:
        yield from pool.imap(simulate, seeds)


def _progress(done: int, runs: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {runs} runs", end="\n" if done == runs else "", file=sys.stderr, flush=True)


def _broken(result: Result) -> None:
    """The first few lines of each rule."""
    told = Counter[str]()
    for line in result.broken:
        told[line.partition(":")[0]] += 1
        if told[line.partition(":")[0]] <= AT_MOST:
            print(f"seed {result.seed}: {line}", file=sys.stderr, flush=True)


def _shortest(result: Result) -> None:
    events, without = shortest(result)
    print(f"the shortest history of seed {result.seed} that still fails, without {', '.join(sorted(without))}:")
    broken = simulate(result.seed, events, without=without, tell=print).broken
    print("\n".join([f"{len(events)} events", *broken]))


def _summary(results: list[Result], seconds: float) -> None:
    faults = sum((result.faults for result in results), Counter[str]())
    cpu = sum(result.seconds for result in results)
    print(f"{len(results)} runs in {seconds:.0f} s ({cpu / len(results):.2f} s of CPU each), ", end="")
    print(f"{sum(bool(result.broken) for result in results)} failed")
    print(f"{sum(r.acts for r in results):10,} acts of customers, owners and the app")
    print(f"{sum(r.deliveries for r in results):10,} steps: deliveries to functions")
    print(f"{sum(r.effects for r in results):10,} effects, each a point where machines die or others come in between")
    print(f"{sum(r.interleavings for r in results):10,} interleavings at such a point")
    print(f"{sum(r.commits for r in results):10,} commits, {sum(r.sold for r in results):,} of them sales")
    print("faults:")
    for kind, times in faults.most_common():
        print(f"{times:10,} {kind}")
    print(f"{len(RULES) * len(results):,} checks: {len(RULES)} rules over each whole history:")
    print("each with the runs in which it was in danger, for a suite without its guard would have decided otherwise:")
    dangers = Counter(name for result in results for name in result.dangers)
    for rule in RULES:
        print(
            f"{dangers[rule.__name__]:10,} {rule.__name__.replace('_', ' ')}{'' if dangers[rule.__name__] else ' (unproven)'}"
        )


def _is_unproven(results: list[Result]) -> bool:
    """Whether a rule held only because it was never put to the test, in so many runs that it should have been."""
    rules = unproven(result.dangers for result in results) if len(results) >= ENOUGH else []
    for rule in rules:
        print(f"unproven: {rule} was in danger in none of {len(results)} runs", file=sys.stderr)
    return bool(rules)


if __name__ == "__main__":
    sys.exit(main())
