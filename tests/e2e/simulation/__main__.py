"""`--seed N` tells one run, `--runs N` makes many and prints what they went through."""

import argparse
import sys
import time
from collections import Counter

from tests.e2e.simulation.rules import RULES
from tests.e2e.simulation.run import Result, shortest, simulate


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="replay this run, step by step")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--shrink", action="store_true", help="look for the shortest history that still fails")
    parser.add_argument("--stop", action="store_true", help="at the first run that fails")
    asked = parser.parse_args()
    if asked.seed is not None:
        result = simulate(asked.seed, tell=print)
        _broken(result)
        if result.broken and asked.shrink:
            _shortest(result)
        return int(bool(result.broken))
    started = time.perf_counter()
    results = []
    for seed in range(asked.first, asked.first + asked.runs):
        results.append(simulate(seed))
        if results[-1].broken:
            _broken(results[-1])
            if asked.stop:
                break
    _summary(results, time.perf_counter() - started)
    failed = [result for result in results if result.broken]
    if failed and asked.shrink:
        _shortest(failed[0])
    return int(bool(failed))


def _broken(result: Result) -> None:
    for line in result.broken[:20]:
        print(f"seed {result.seed}: {line}", file=sys.stderr)


def _shortest(result: Result) -> None:
    events, without = shortest(result)
    print(f"the shortest history of seed {result.seed} that still fails, without {', '.join(sorted(without))}:")
    broken = simulate(result.seed, events, without=without, tell=print).broken
    print("\n".join([f"{len(events)} events", *broken]))


def _summary(results: list[Result], seconds: float) -> None:
    faults = sum((result.faults for result in results), Counter[str]())
    print(f"{len(results)} runs in {seconds:.1f} s, {len([r for r in results if r.broken])} failed")
    print(f"{sum(r.deliveries for r in results)} deliveries, {sum(r.effects for r in results)} effects, each a crash")
    print(f"point, {sum(r.commits for r in results)} commits, {sum(r.sold for r in results)} sales")
    for kind, times in faults.most_common():
        print(f"{times:8} {kind}")
    print(f"{len(RULES)} rules checked over each whole history: {', '.join(rule.__name__ for rule in RULES)}")


if __name__ == "__main__":
    sys.exit(main())
