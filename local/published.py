"""Messages between their publication and their pushes, counted: the Pub/Sub emulator cannot say how many it holds."""

import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol
from uuid import uuid4

from local.in_flight import InFlight
from local.routes import Subscription
from shared.ports import Bus, Published

ANNOUNCED_ATTRIBUTE = "local_announced"
DOUBT_SECONDS = 2.0
"""How long a message may take that a dead worker had announced, before it counts as never published."""


class Announcer(Protocol):
    def announce(self, topic: str, process: int) -> str: ...
    def withdraw(self, announced: str) -> None: ...


class Announcements:
    """A message is in flight from its announcement until each subscription of its topic has been pushed it."""

    def __init__(self, subscriptions: Iterable[Subscription], in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._lock = threading.Lock()
        self._subscribed: defaultdict[str, set[str]] = defaultdict(set)
        for subscription in subscriptions:
            self._subscribed[subscription.topic].add(subscription.name)
        self._awaited: dict[str, set[str]] = {}
        self._of_process: defaultdict[int, set[str]] = defaultdict(set)

    def announce(self, topic: str, process: int) -> str:
        announced = uuid4().hex
        with self._lock:
            if awaited := set(self._subscribed[topic]):
                self._awaited[announced] = awaited
                self._of_process[process].add(announced)
                self._in_flight.begin()
        return announced

    def withdraw(self, announced: str) -> None:
        with self._lock:
            self._forget(announced)

    def pushed(self, announced: str, subscription: str) -> None:
        """To be called when the push has become a delivery, or was not wanted."""
        with self._lock:
            awaited = self._awaited.get(announced)
            if awaited is None:
                return
            awaited.discard(subscription)
            if not awaited:
                self._forget(announced)

    def process_died(self, process: int) -> None:
        """It may have died between announcing and publishing."""
        with self._lock:
            doubtful = tuple(self._of_process[process])
        timer = threading.Timer(DOUBT_SECONDS, self._withdraw_all, [doubtful])
        timer.daemon = True
        timer.start()

    def _withdraw_all(self, doubtful: Iterable[str]) -> None:
        for announced in doubtful:
            self.withdraw(announced)

    def _forget(self, announced: str) -> None:
        if self._awaited.pop(announced, None) is not None:
            for of_process in self._of_process.values():
                of_process.discard(announced)
            self._in_flight.end()


class AnnouncedBus:
    def __init__(self, bus: Bus, announcements: Announcer) -> None:
        self._bus = bus
        self._announcements = announcements

    def publish(self, message: Published) -> None:
        announced = self._announcements.announce(message.topic, os.getpid())
        try:
            self._bus.publish(replace(message, attributes={**message.attributes, ANNOUNCED_ATTRIBUTE: announced}))
        except BaseException:
            self._announcements.withdraw(announced)
            raise


def unannounced(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes as the publisher gave them."""
    return {name: value for name, value in attributes.items() if name != ANNOUNCED_ATTRIBUTE}
