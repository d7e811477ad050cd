"""`python -m bench.policy_study`: whom to ask, how many at once, how soon again. Salon months that never happened, under
three policies that meet the same cancellations and the same people. docs/policy.md keeps its last full run and says what it assumes."""

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import isnan, nan
from multiprocessing import get_context
from typing import Any

from bench.policy_answers import Assumption, People
from bench.policy_month import POLICIES, Freed, Month, Policy, busiest, daytime, far
from bench.policy_world import WISHES_PER_FORTNIGHT, world
from bench.table import show

Job = tuple[Assumption, int, float]
Tally = dict[str, float]
SOON = timedelta(minutes=30)
DAYS = 30
BOUND = "bound by "
STRATA: dict[str, Callable[[Freed], bool]] = {
    "daytime, within 24 h": daytime,
    "all": lambda freed: True,
    "further away": far,
}


@dataclass(frozen=True)
class Found:
    """Of one month: tallies by policy and stratum."""

    assumption: Assumption
    seed: int
    wishes: float
    tallies: dict[tuple[Policy, str], Tally]


@dataclass(frozen=True)
class Estimate:
    """With the half-width of its 95 % interval over months; of a single month there is none."""

    value: float
    half: float

    def shown(self, scale: float = 1.0, digits: int = 2) -> str:
        half = "" if isnan(self.half) else f" ± {self.half * scale:.{digits}f}"
        return f"{self.value * scale:.{digits}f}{half}"


def month(job: Job) -> Found:
    assumption, seed, wishes = job
    made = world(seed, wishes=wishes)
    tallies: dict[tuple[Policy, str], Tally] = {}
    for policy in POLICIES:
        outcome = Month(made, policy, People(seed, assumption, made.salon)).run()
        per_day = Counter(ask.at.date() for ask in outcome.asks)
        for name, belongs in STRATA.items():
            # What movers gave up is offered as well, but is no cancellation that every policy meets.
            freed = [one for one in outcome.freed if belongs(one) and not one.given_up]
            filled = [one for one in freed if one.filled_at is not None]
            tallies[policy, name] = {
                "gaps": len(freed),
                "soon": sum(one.filled_at - one.cancelled_at <= SOON for one in filled if one.filled_at),
                "filled": len(filled),
                "asks": sum(one.asks for one in freed),
                "disappointed": sum(one.disappointed for one in freed),
                "revenue": float(outcome.revenue),
                "no_time": sum(not one.sellable for one in freed),
                "asks_all": len(outcome.asks),
                "busiest_day": max(per_day.values(), default=0),
                "busiest_customer": busiest(outcome),
                "opt_outs": outcome.opt_outs,
                "months": 1,
                "rounds": sum(one.predicted is not None for one in freed),
                "predicted": sum(one.predicted or 0.0 for one in freed),
                **Counter(f"{BOUND}{reason}" for one in freed for reason in one.bound_by),
            }
    return Found(assumption, seed, wishes, tallies)


def ratio(above: Sequence[float], below: Sequence[float]) -> Estimate:
    """Of two sums over months, with the months as the sample (delta method)."""
    n, total = len(above), sum(below)
    if not total or n < 2:
        return Estimate(sum(above) / total if total else nan, nan)
    value = sum(above) / total
    spread = sum((a - value * b) ** 2 for a, b in zip(above, below, strict=True)) * n / (n - 1)
    return Estimate(value, 1.96 * spread**0.5 / total)


class Study:
    def __init__(self, found: Iterable[Found]) -> None:
        self._by_assumption: dict[Assumption, list[Found]] = defaultdict(list)
        for one in sorted(found, key=lambda one: one.seed):
            self._by_assumption[one.assumption].append(one)

    def months(self, assumption: Assumption) -> int:
        return len(self._by_assumption[assumption])

    def values(self, assumption: Assumption, policy: Policy, stratum: str, name: str) -> list[float]:
        return [one.tallies[policy, stratum].get(name, 0.0) for one in self._by_assumption[assumption]]

    def rate(self, assumption: Assumption, policy: Policy, stratum: str, name: str, of: str) -> Estimate:
        return ratio(
            self.values(assumption, policy, stratum, name),
            self.values(assumption, policy, stratum, of),
        )

    def against(self, assumption: Assumption, one: Policy, other: Policy, stratum: str, name: str, of: str) -> Estimate:
        """How many times as large a rate is under one policy as under another, the same months compared."""
        first = self.rate(assumption, one, stratum, name, of)
        second = self.rate(assumption, other, stratum, name, of)
        pairs = zip(*(self._deviations(assumption, policy, stratum, name, of) for policy in (one, other)), strict=True)
        value = first.value / second.value if second.value else nan
        spread = sum((a / first.value - b / second.value) ** 2 for a, b in pairs) if first.value and second.value else 0
        return Estimate(value, nan if self.months(assumption) < 2 else 1.96 * value * spread**0.5)

    def _deviations(self, assumption: Assumption, policy: Policy, stratum: str, name: str, of: str) -> list[float]:
        above, below = (self.values(assumption, policy, stratum, each) for each in (name, of))
        rate = sum(above) / sum(below)
        return [(a - rate * b) / sum(below) for a, b in zip(above, below, strict=True)]

    def tell(self, assumptions: Sequence[Assumption]) -> None:
        for assumption in assumptions:
            for stratum in STRATA:
                gaps = sum(self.values(assumption, "adaptive", stratum, "gaps"))
                no_time = sum(self.values(assumption, "adaptive", stratum, "no_time"))
                show(
                    f"{assumption}: {stratum} ({self.months(assumption)} months, {gaps:,.0f} cancellations, "
                    f"{no_time:,.0f} too late to sell)",
                    ("policy", "filled in 30 min, %", "by start, %", "asks per gap", "disappointed per fill"),
                    [
                        (
                            policy,
                            self.rate(assumption, policy, stratum, "soon", "gaps").shown(100, 1),
                            self.rate(assumption, policy, stratum, "filled", "gaps").shown(100, 1),
                            self.rate(assumption, policy, stratum, "asks", "gaps").shown(),
                            self.rate(assumption, policy, stratum, "disappointed", "filled").shown(),
                        )
                        for policy in POLICIES
                    ],
                )
            show(
                f"{assumption}: a month ({self.months(assumption)} months)",
                ("policy", "asks a day", "busiest day", "busiest customer", "opt-outs", "revenue"),
                [
                    (
                        policy,
                        self._mean(assumption, policy, "asks_all", 1 / DAYS),
                        f"{max(self.values(assumption, policy, 'all', 'busiest_day')):.0f}",
                        self._mean(assumption, policy, "busiest_customer")
                        + f", at most {max(self.values(assumption, policy, 'all', 'busiest_customer')):.0f}",
                        self._mean(assumption, policy, "opt_outs"),
                        self._mean(assumption, policy, "revenue", digits=0),
                    )
                    for policy in POLICIES
                ],
            )
        self._tell_bounds(assumptions)
        self._tell_acceptance(assumptions)

    def _tell_bounds(self, assumptions: Sequence[Assumption]) -> None:
        first = next(iter(STRATA))
        months = [one for assumption in assumptions for one in self._by_assumption[assumption]]
        names = sorted({name for one in months for name in one.tallies["adaptive", first] if name.startswith(BOUND)})
        rows = [
            (name.removeprefix(BOUND), *(self._share(each, first, name, 100) for each in assumptions)) for name in names
        ]
        predicted = ("mean predicted chance", *(self._share(each, first, "predicted") for each in assumptions))
        show(
            f"what keeps the first round of adaptive from its target ({first}), % of first rounds",
            ("bound by", *assumptions),
            [*rows, predicted],
        )

    def _share(self, assumption: Assumption, stratum: str, name: str, scale: float = 1.0) -> str:
        return self.rate(assumption, "adaptive", stratum, name, "rounds").shown(scale, 2 if scale == 1 else 0)

    def _mean(self, assumption: Assumption, policy: Policy, name: str, scale: float = 1.0, digits: int = 1) -> str:
        return self.rate(assumption, policy, "all", name, "months").shown(scale, digits)

    def _tell_acceptance(self, assumptions: Sequence[Assumption]) -> None:
        soon, first = ("soon", "gaps"), next(iter(STRATA))
        late = ("disappointed", "filled")
        rows = []
        for assumption in assumptions:
            rows.append(
                (
                    assumption,
                    self.against(assumption, "adaptive", "sequential", first, *soon).shown(),
                    self.against(assumption, "adaptive", "blast", first, *late).shown(),
                    self.against(assumption, "adaptive", "blast", "all", *late).shown(),
                    self.against(assumption, "adaptive", "blast", first, "asks", "gaps").shown(),
                    self.against(assumption, "adaptive", "blast", "all", "asks", "gaps").shown(),
                )
            )
        show(
            "adaptive against the others (times as many; the same months compared)",
            (
                "answers",
                "fills in 30 min / sequential, daytime",
                "disappointed per fill / blast, daytime",
                "the same, all",
                "asks per gap / blast, daytime",
                "the same, all",
            ),
            rows,
        )


def jobs(base: int, others: int, wishes: float) -> list[Job]:
    """In an order of which every beginning holds its share of each assumption."""
    each: dict[Assumption, int] = {"base": base, "low": others, "high": others}
    ordered = sorted(
        ((seed + 0.5) / many, assumption, seed) for assumption, many in each.items() for seed in range(many)
    )
    return [(assumption, seed, wishes) for _, assumption, seed in ordered]


def run(wanted: Sequence[Job], processes: int, minutes: float | None = None) -> Iterator[Found]:
    """As many as fit into the time, in their order."""
    until = time.monotonic() + 60 * minutes if minutes else float("inf")
    with get_context("fork").Pool(processes) as pool:
        waiting: list[Any] = []
        for job in wanted:
            if time.monotonic() >= until:
                break
            waiting.append(pool.apply_async(month, (job,)))
            while len(waiting) > processes:
                yield waiting.pop(0).get()
        for result in waiting:
            yield result.get()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.policy_study", description=__doc__)
    parser.add_argument("--base", type=int, default=100, help="months at base")
    parser.add_argument("--others", type=int, default=30, help="months at low, and at high")
    parser.add_argument("--quick", action="store_true", help="a few months, within a minute")
    parser.add_argument("--minutes", type=float, help="begin no further month after so many minutes")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--wishes", type=float, default=WISHES_PER_FORTNIGHT, help="who joins the waitlist a fortnight")
    said = parser.parse_args(arguments)
    base, others = (2, 1) if said.quick else (said.base, said.others)
    begun = time.monotonic()
    found = []
    for one in run(jobs(base, others, said.wishes), said.processes, said.minutes):
        found.append(one)
        print(f"\r{len(found)} of {base + 2 * others} months", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    study = Study(found)
    counted: tuple[Assumption, ...] = ("low", "base", "high")
    assumptions = [assumption for assumption in counted if study.months(assumption)]
    study.tell(assumptions)
    print(f"\n{len(found)} months under 3 policies in {(time.monotonic() - begun) / 60:.1f} minutes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
