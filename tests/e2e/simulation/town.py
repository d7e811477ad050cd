"""Two salons and the people of both, as the dice of one run draw them. One person is a customer of both salons, and two
customers of each share a phone."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from shared.salon.salon import zone_named

OPEN_HOURS = range(10, 18)
SHARED = "+447700910000"
"""The phone of somebody whom both salons know."""
ONE_NUMBER = "+14155553000"
"""The number from which both salons write where they are branches of one organization."""
ELSEWHERES = "+14155559000"
"""A number that some other organization holds."""
STAFF = ("ann", "ben")
SERVICES = {"cut": 60, "trim": 30, "wash": 30, "colour": 90}
ONE_BASIN = "basin"
"""The only one: fewer than there are who need it."""

ZONES = (
    (("Europe/London", "Europe/London"), 5),
    (("America/St_Johns", "America/New_York"), 2),
    (("Australia/Adelaide", "Australia/Brisbane"), 2),
    (("Asia/Kolkata", "Asia/Dhaka"), 1),
)
"""Those of the two salons, and how often. Four of them are a half hour off."""
USUAL_DAY = date(2026, 11, 23)
CLOCK_CHANGES = {
    "Europe/London": (date(2026, 10, 25), date(2027, 3, 28)),
    "America/St_Johns": (date(2026, 11, 1), date(2027, 3, 14)),
    "Australia/Adelaide": (date(2026, 10, 4), date(2027, 4, 4)),
}
"""The days of 25 and of 23 hours, or the other way round. In Brisbane the clock never changes."""

Crowd = Literal["wishes", "regulars"]


@dataclass(frozen=True)
class Place:
    id: str
    word: str
    """Begins the name of everybody here: the other salon must never see it."""
    digits: str
    house: str
    """What the salon is called; the other one may know it where both are branches of one number."""
    zone_name: str
    number: str
    """From which it writes."""
    organization_id: str
    customers: int

    @property
    def root(self) -> str:
        return f"salons/{self.id}"

    @property
    def zone(self) -> ZoneInfo:
        return zone_named(self.zone_name)

    @property
    def owner(self) -> str:
        return f"+4477009{self.digits}99"

    def phone(self, number: int) -> str:
        # The first two of its own are one household, and every fourth has a number that WhatsApp spells otherwise.
        if number and number % 4 == 0:
            return f"+52551234{self.digits}{number:03}"
        return SHARED if number == 0 else f"+44770091{self.digits}{max(number, 2):02}"

    def at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), self.zone).astimezone(UTC)


def written(phone: str) -> str:
    """The number as WhatsApp spells it who writes from there."""
    return phone.replace("+52", "+521", 1) if phone.startswith("+52") else phone


@dataclass(frozen=True)
class Town:
    """Most are small, so that there can be many; the rest let one day touch the next, or a pool be deep."""

    places: tuple[Place, Place]
    start: datetime
    days: tuple[date, ...]
    events: int
    crowd: Crowd | None
    """What many of the first salon's customers are."""
    needs_basin: frozenset[str]
    """The services that do."""
    one_number: bool
    small_pages: bool

    def place(self, path: str) -> Place:
        """The salon that this document, or what is below this reference, is of."""
        salon_id = path.removeprefix("salons/").partition("/")[0]
        return next(place for place in self.places if place.id == salon_id)


@lru_cache(maxsize=4)
def town_of(seed: int) -> Town:
    dice = random.Random(f"{seed} town drawn")
    zones: tuple[str, str] = dice.choices([names for names, _ in ZONES], [often for _, often in ZONES])[0]
    if zones[0] in CLOCK_CHANGES and dice.random() < 0.15:
        changes = dice.choice(CLOCK_CHANGES[zones[0]])
        days: tuple[date, ...] = (changes - timedelta(days=1), changes)
    else:
        days = tuple(USUAL_DAY + timedelta(days=day) for day in range(dice.choice([1] * 19 + [2])))
    one_number, crowd = dice.random() < 0.15, dice.random() < 0.05
    customers = dice.randint(4, 9)
    many = dice.randint(46, 54) if crowd else customers

    def place(id: str, word: str, digits: str, house: str, zone_name: str, customers: int) -> Place:
        number = ONE_NUMBER if one_number else f"+1415555{digits}000"
        return Place(id, word, digits, house, zone_name, number, "org" if one_number else f"org-{id}", customers)

    places = (
        place("alpha", "Aurelia", "1", "Aspen House", zones[0], many),
        place("beta", "Bellamy", "2", "Birch House", zones[1], customers),
    )
    return Town(
        places=places,
        start=places[0].at(days[0], 8),
        days=days,
        events=dice.randint(5, 18) + (8 if crowd else 0),
        crowd=dice.choice(["wishes", "regulars"]) if crowd else None,
        needs_basin=frozenset(dice.choice([(), (), ("colour", "wash"), ("trim", "wash"), ("cut",)])),
        one_number=one_number,
        small_pages=dice.random() < 0.5,
    )
