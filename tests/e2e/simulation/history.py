"""Everything that one run wrote, sent and said, as the rules look at it."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from local.memory.memory import Change
from shared.ports import Data
from tests.e2e.simulation.cloud import Cloud, HandedOver
from tests.e2e.simulation.town import Place, Town


@dataclass(frozen=True)
class History:
    cloud: Cloud
    inbound: list[str]

    @property
    def town(self) -> Town:
        return self.cloud.town

    def zone(self, path: str) -> ZoneInfo:
        """Of the salon that the document is of."""
        return self.town.place(path).zone

    @cached_property
    def commits(self) -> list[list[Change]]:
        return [list(changes) for _, changes in groupby(self.cloud.history, key=lambda change: change.update_time)]

    def commit_of(self, index: int) -> list[Change]:
        """All that was written with this change."""
        at = self.cloud.history[index].update_time
        return [change for commit in self.commits if commit[0].update_time == at for change in commit]

    @cached_property
    def now(self) -> dict[str, Data]:
        """Every document as it is in the end, by path."""
        found: dict[str, Data] = {}
        for change in self.cloud.history:
            if change.after is None:
                found.pop(change.path, None)
            else:
                found[change.path] = change.after
        return found

    def of(self, place: Place, collection: str) -> dict[str, Data]:
        return {path: data for path, data in self.now.items() if kind(path) == collection and within(place, path)}

    @cached_property
    def left(self) -> list[HandedOver]:
        return [each for each in self.cloud.handed_over if each.left]

    @cached_property
    def _versions(self) -> dict[str, list[tuple[int, Change]]]:
        found: dict[str, list[tuple[int, Change]]] = defaultdict(list)
        for index, change in enumerate(self.cloud.history):
            found[change.path].append((index, change))
        return found

    def changes(self, path: str, before: int | None = None) -> list[tuple[int, Change]]:
        """Those of one document among the first `before` changes, each with its place in the history."""
        found = self._versions.get(path, [])
        return found if before is None else found[: bisect_left(found, before, key=itemgetter(0))]

    def version(self, path: str, before: int) -> Data | None:
        """The document as it was after so many changes."""
        found = self.changes(path, before)
        return found[-1][1].after if found else None

    def version_until(self, path: str, instant: datetime) -> Data | None:
        """The document as it was before that instant began: what happens at the same instant happens at once."""
        found = [change for _, change in self.changes(path) if change.update_time < instant]
        return found[-1].after if found else None

    @cached_property
    def records(self) -> list[Data]:
        """Of the audit, in the order in which they were written."""
        return [record for _, _, record in self.created("audit_logs")]

    def created(self, collection: str) -> list[tuple[int, str, Data]]:
        return self._created.get(collection, [])

    @cached_property
    def _created(self) -> dict[str, list[tuple[int, str, Data]]]:
        found: dict[str, list[tuple[int, str, Data]]] = defaultdict(list)
        for index, change in enumerate(self.cloud.history):
            if change.before is None and change.after is not None:
                found[kind(change.path)].append((index, change.path, change.after))
        return found


def kind(path: str) -> str:
    """The collection that the document lies in."""
    return path.split("/")[-2]


def salon(path: str) -> str:
    """The root that the document lies below: `salons/{salon_id}`."""
    return "/".join(path.split("/")[:2])


def within(place: Place, path: str) -> bool:
    return path.startswith(f"{place.root}/") or path == place.root


def changed(change: Change) -> set[str]:
    """The fields that one write made different."""
    before, after = change.before or {}, change.after or {}
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def is_put_off(change: Change) -> bool:
    """Whether the door of a function that failed moved out when the document comes due, and nothing else."""
    after = change.after or {}
    return changed(change) == {"due_at", "put_off"} and bool(after["due_at"] == after["put_off"]["until"])


def overlap(one: Data, other: Data) -> bool:
    return bool(one["start_time"] < other["end_time"] and other["start_time"] < one["end_time"])
