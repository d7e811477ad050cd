"""What reaches which function, as their function.json files say it: the local cloud's counterpart of Terraform."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from local.functions import (
    DueTrigger,
    EventsTrigger,
    FirestoreTrigger,
    Function,
    HttpTrigger,
    JobTrigger,
    TicksTrigger,
    TickTrigger,
)

Topic = Literal["salon-events", "salon-jobs", "salon-due", "ticks"]
TOPICS: tuple[Topic, ...] = get_args(Topic)


@dataclass(frozen=True)
class Subscription:
    """One push subscription. `value` None: the attribute only has to be there. `agent`: only what is about its work."""

    name: str
    function: Function
    topic: Topic
    attribute: str
    value: str | None
    agent: str | None = None

    def wants(self, attributes: Mapping[str, str]) -> bool:
        found = attributes.get(self.attribute)
        return found is not None and self.value in (None, found) and self.agent in (None, attributes.get("agent"))


@dataclass(frozen=True)
class DocumentTrigger:
    name: str
    function: Function
    event: str
    pattern: str


@dataclass(frozen=True)
class Schedule:
    """`name` is the job's or, for a tick, the folder's."""

    name: str
    cron: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Door:
    function: Function
    pattern: str
    methods: tuple[str, ...]

    def leads_to(self, path: str) -> bool:
        return _door_pattern(self.pattern).fullmatch(path) is not None


def subscriptions(functions: Iterable[Function]) -> Iterator[Subscription]:
    for function in functions:
        for trigger in function.triggers:
            match trigger:
                case EventsTrigger():
                    for event_type in trigger.event_types:
                        yield _subscription(function, "salon-events", "event_type", event_type, trigger.agent)
                case JobTrigger():
                    yield _subscription(function, "salon-jobs", "job", trigger.job)
                case DueTrigger():
                    yield _subscription(function, "salon-due", "collection", trigger.collection)
                case TickTrigger():
                    yield _subscription(function, "ticks", "tick", function.name)
                case TicksTrigger():
                    yield _subscription(function, "ticks", "job", None)


def document_triggers(functions: Iterable[Function]) -> Iterator[DocumentTrigger]:
    for function in functions:
        for position, trigger in enumerate(function.triggers):
            if isinstance(trigger, FirestoreTrigger):
                yield DocumentTrigger(f"{function.name}-{position}", function, trigger.event, trigger.document)


def schedules(functions: Iterable[Function]) -> Iterator[Schedule]:
    for function in functions:
        for trigger in function.triggers:
            match trigger:
                case JobTrigger() if trigger.schedule is not None:
                    yield Schedule(trigger.job, trigger.schedule, {"job": trigger.job})
                case TickTrigger():
                    yield Schedule(function.name, trigger.schedule, {"tick": function.name})


def doors(functions: Iterable[Function]) -> Iterator[Door]:
    for function in functions:
        for trigger in function.triggers:
            if isinstance(trigger, HttpTrigger):
                yield Door(function, trigger.path, trigger.methods)


def _subscription(
    function: Function, topic: Topic, attribute: str, value: str | None, agent: str | None = None
) -> Subscription:
    about = (value or attribute).replace("/", "-")
    return Subscription(f"{function.name}-{topic}-{about}", function, topic, attribute, value, agent)


@lru_cache
def _door_pattern(pattern: str) -> re.Pattern[str]:
    """`{name}` is one segment; `/**` at the end is whatever follows, nothing included."""
    start, everything, _ = pattern.partition("/**")
    segments = (r"[^/]+" if re.fullmatch(r"\{\w+\}", segment) else re.escape(segment) for segment in start.split("/"))
    return re.compile("/".join(segments) + (r"(/.*)?" if everything else ""))
