"""Which fault strikes when: each kind has its own dice, so that switching one off leaves the others as they were."""

import random
from collections import Counter
from collections.abc import Iterable

CHANCES: dict[str, float] = {
    "crash before an effect": 0.004,
    "crash after an effect": 0.004,
    "crash at another try": 0.05,
    "interleaved": 0.1,
    "overtaken at a lock": 0.3,
    "the app at the same instant": 0.02,
    "a person at the same instant": 0.03,
    "a machine that hangs": 0.01,
    "a walk-in into a sale": 0.2,
    "a STOP into an ask": 0.02,
    "a walk-in into an approval": 0.15,
    "a pause into a refusal": 0.2,
    "a late yes unheard": 0.1,
    "a late yes heard twice": 0.2,
    "duplicated": 0.04,
    "reordered": 0.25,
    "delayed": 0.02,
    "lost": 0.006,
    "refused, may retry": 0.04,
    "refused for good": 0.02,
    "answer lost, not sent": 0.02,
    "answer lost, but sent": 0.03,
    "webhook not tried again": 0.3,
    "webhook doubled": 0.1,
    "report never": 0.15,
    "undelivered": 0.04,
    "function down": 0.5,
    "provider down": 0.7,
    "clock jump": 0.5,
}
"""Each time that it could strike; of the last three, for each planned one."""
KINDS = tuple(CHANCES)
STRENGTHS = (0, 0.5, 1, 1, 3)
"""How a run departs from these chances, kind by kind: what all runs have alike, the same combinations hide."""


class Faults:
    def __init__(self, seed: int, without: Iterable[str] = ()) -> None:
        self.struck: Counter[str] = Counter()
        self.on = True
        self._without = frozenset(without)
        self._dice = {kind: random.Random(f"{seed} {kind}") for kind in KINDS}
        self._chances = {kind: chance * self._dice[kind].choice(STRENGTHS) for kind, chance in CHANCES.items()}

    def strikes(self, kind: str) -> bool:
        """Rolls also while faults are off or this kind is, so that later rolls stay what they were."""
        struck = self._dice[kind].random() < self._chances[kind] and self.on and kind not in self._without
        self.struck[kind] += struck
        return struck

    def among(self, kind: str, count: int) -> int:
        return self._dice[kind].randrange(count)

    def minutes(self, kind: str, longest: float) -> float:
        return self._dice[kind].uniform(0, longest)
