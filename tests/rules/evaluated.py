"""What the emulator reports of the rules it evaluated: which boolean expressions were ever true, which ever false."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

Place = tuple[int, int]
LITERALS = {"true", "false", "null"}


class Evaluated:
    def __init__(self, source: str) -> None:
        self._source = source.encode()
        self._booleans: defaultdict[Place, set[bool]] = defaultdict(set)
        self._reached: dict[Place, bool] = {}

    def add(self, report: dict[str, Any]) -> None:
        """Of one project. The emulator refuses a report of more than four megabytes, so there are several."""
        self._walk(report["report"])

    def booleans(self) -> int:
        return sum(self._text(place) not in LITERALS for place in self._booleans)

    def one_sided(self) -> dict[str, str]:
        """What was never reached, never true or never false, by its text and line."""
        found = {place: "never evaluated" for place, reached in self._reached.items() if not reached}
        for place, values in self._booleans.items():
            if len(values) == 1 and self._text(place) not in LITERALS:
                found[place] = f"always {next(iter(values))}"
        return {self._text(place): f"{what}, line {self._line(place)}" for place, what in sorted(found.items())}

    def _walk(self, expressions: Iterable[dict[str, Any]]) -> None:
        for expression in expressions:
            position = expression["sourcePosition"]
            place = position["currentOffset"], position["endOffset"] + 1
            self._reached.setdefault(place, False)
            for seen in expression.get("values", []):
                kind = next(iter(seen["value"]), "of another type")
                self._reached[place] |= kind != "undefined"
                if kind == "boolValue":
                    self._booleans[place].add(seen["value"]["boolValue"])
            self._walk(expression.get("children", []))

    def _text(self, place: Place) -> str:
        return " ".join(self._source[slice(*place)].decode().split())

    def _line(self, place: Place) -> int:
        return self._source[: place[0]].count(b"\n") + 1
