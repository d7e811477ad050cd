"""What happens in a run: what people and the booking app do, and what breaks for a while."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.e2e.simulation.town import town_of


@dataclass(frozen=True)
class Event:
    """`dice` is all the chance in it, so that leaving out another event does not change this one."""

    at: datetime
    kind: str
    place: int
    dice: int


WEIGHTS = {
    "cancel": 22,
    "salon cancels": 3,
    "move": 8,
    "lengthen": 5,
    "walk in": 8,
    "walk in over an offer": 8,
    "book who was asked": 5,
    "stop": 3,
    "over a sale": 4,
    "miss": 5,
    "complete": 4,
    "book": 10,
    "wish": 12,
    "write": 12,
    "quote": 6,
    "counter-offer": 5,
    "stranger": 3,
    "owner": 5,
    "delete": 1,
    "time off": 1,
    "settings": 2,
    "consent": 2,
    "pause": 4,
    "wrong number": 3,
    "decide in the app": 3,
    "function down": 1,
    "provider down": 3,
    "clock jump": 1,
}


def plan(seed: int) -> list[Event]:
    dice, town = random.Random(f"{seed} plan"), town_of(seed)
    # What a crowd is for is the first salon.
    places = len(town.places) if dice.random() < 0.7 and not town.crowd else 1
    # In busy stretches, some of it in the same instant: what is far apart does not meet.
    busy = [town.start + timedelta(days=day, minutes=dice.uniform(20, 9.5 * 60)) for day in range(len(town.days))]
    planned: list[Event] = []
    for kind in dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=town.events):
        at = dice.choice(busy) + timedelta(minutes=dice.uniform(0, 90))
        if planned and dice.random() < 0.2:
            at = planned[-1].at
        planned.append(Event(at, kind, dice.randrange(places), dice.getrandbits(40)))
    return sorted(planned, key=lambda event: event.at)
