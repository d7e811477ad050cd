"""One run from one seed: a town, its days, then a calm day in which everything must come to its end; and the shortest
history that still breaks a rule."""

import gc
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from local.functions import FUNCTIONS, load
from tests.e2e.simulation.cloud import SOON, Cloud
from tests.e2e.simulation.danger import in_danger
from tests.e2e.simulation.events import Event, plan
from tests.e2e.simulation.faults import KINDS, Faults
from tests.e2e.simulation.history import History
from tests.e2e.simulation.people import People
from tests.e2e.simulation.rules import RULES
from tests.e2e.simulation.settling import settle
from tests.e2e.simulation.town import town_of
from tests.e2e.simulation.watching import watching

APP = {"cancel", "salon cancels", "move", "walk in", "walk in over an offer", "book who was asked", "book"}


@dataclass(frozen=True)
class Result:
    seed: int
    broken: tuple[str, ...]
    """The rule and what broke it."""
    deliveries: int
    effects: int
    interleavings: int
    """Of the effects, those at which something else ran to its end."""
    faults: Counter[str]
    sold: int
    commits: int
    acts: int
    """Of customers, owners and the booking app; reports of the provider are none."""
    seconds: float
    dangers: frozenset[str]
    """The rules that were put to the test."""

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(line.partition(":")[0] for line in self.broken)


def simulate(
    seed: int,
    events: Sequence[Event] | None = None,
    *,
    without: frozenset[str] = frozenset(),
    tell: Callable[[str], None] = lambda line: None,
) -> Result:
    started = time.process_time()
    random.seed(seed)  # back-off only, but its length decides who comes first
    ahead = list(plan(seed) if events is None else events)
    faults = Faults(seed, without)
    faults.on = False
    with _all_garbage_at_the_end(), Cloud(town_of(seed), faults=faults, tell=tell) as cloud, watching(cloud):
        people = People(cloud, seed, tell)
        settle(cloud, cloud.town, seed)
        faults.on = True

        def act(event: Event) -> None:
            tell(f"{cloud.clock.now():%a %H:%M:%S} {event.kind} in {event.place} ({event.dice})")
            if event.kind == "function down":
                _take_down(cloud, event)
            elif event.kind == "provider down":
                if faults.strikes("provider down"):
                    cloud.provider_down = cloud.clock.now() + timedelta(minutes=5 + event.dice % 55)
            elif event.kind == "clock jump":
                if faults.strikes("clock jump"):
                    cloud.jump(timedelta(minutes=event.dice % 180))
            else:
                people.carry_out(event)

        def meanwhile() -> bool:
            possible = bool(ahead) and ahead[0].kind in APP and ahead[0].at <= cloud.clock.now() + SOON
            if possible:
                act(ahead.pop(0))
            return possible

        cloud.meanwhile = meanwhile
        cloud.walk_in = people.walk_in
        cloud.take = people.take
        cloud.stop = people.stop
        cloud.pause = people.pause
        while ahead:
            event = ahead.pop(0)
            cloud.advance_to(max(event.at, cloud.clock.now()))
            act(event)
            if not ahead or ahead[0].at > event.at:
                cloud.run_until_idle()
        faults.on = False
        cloud.down.clear()
        cloud.provider_down = cloud.clock.now()
        cloud.advance_to(cloud.clock.now() + timedelta(days=1))
        history = History(cloud, people.inbound)
        broken = [f"{rule.__name__}: {what}" for rule in RULES for what in rule(history)]
        sold = sum(change.before is None and "/bookings/bkg_" in change.path for change in cloud.history)
        return Result(
            seed=seed,
            broken=tuple(broken),
            deliveries=cloud.delivered,
            effects=cloud.effects,
            interleavings=cloud.interleavings,
            faults=faults.struck,
            sold=sold,
            commits=len(history.commits),
            acts=people.acts,
            seconds=time.process_time() - started,
            dangers=in_danger(history),
        )


@contextmanager
def _all_garbage_at_the_end() -> Iterator[None]:
    """A run keeps its whole history, so that looking for garbage meanwhile is for nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _take_down(cloud: Cloud, event: Event) -> None:
    if cloud.faults.strikes("function down"):
        names = sorted(function.name for function in load(FUNCTIONS))
        name = names[event.dice % len(names)]
        cloud.tell(f"    {name} is down for two hours")
        cloud.down[name] = cloud.clock.now() + timedelta(hours=2)


def shortest(result: Result, tries: int = 60) -> tuple[list[Event], frozenset[str]]:
    """Drops kinds of faults, then events, as long as one of the same rules still breaks. Says what is left."""
    events, without = plan(result.seed), frozenset[str]()

    def still(events: Sequence[Event], without: frozenset[str]) -> bool:
        return bool(simulate(result.seed, events, without=without).rules & result.rules)

    for kind in KINDS:
        if result.faults[kind] and still(events, without | {kind}):
            without |= {kind}
    size = len(events) // 2
    while size and tries:
        start = 0
        while start < len(events) and tries:
            tries -= 1
            fewer = events[:start] + events[start + size :]
            if still(fewer, without):
                events = fewer
            else:
                start += size
        size //= 2
    return events, without
