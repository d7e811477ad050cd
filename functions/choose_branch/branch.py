"""The question to somebody which of the salons that share a number they mean, and how its answer is understood."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.messaging.normalisation import folded
from shared.records.retention import A_MONTH, Kept
from shared.records.stored import Instant, Stored

CHOICE_HOLDS = timedelta(hours=24)
"""How long the branch that somebody named is taken to be meant again, where nothing else says whom they mean; and how long
the question, and what waits for its answer, stays open."""
ASKED_AGAIN_AFTER = timedelta(minutes=2)


class BranchQuestion(Stored):
    """The question to one sender: `channel_routes/{account:number}/senders/{address_key}`. `salon_ids` are numbered from one in the order they were
    named; `kept` are the messages that wait for the answer; `asked_by` is the salon that asked for all of them."""

    retained = Kept(A_MONTH, "asked_at")

    salon_ids: list[str]
    asked_by: str
    asked_at: Instant
    kept: list[str]
    salon_id: str | None = None
    chosen_at: Instant | None = None

    def waits(self, now: datetime) -> bool:
        """Whether a message still waits for the answer."""
        return bool(self.kept) and now - self.asked_at < CHOICE_HOLDS

    def remembered(self, now: datetime) -> str | None:
        """The salon that was named within the last day."""
        known = self.chosen_at is not None and now - self.chosen_at < CHOICE_HOLDS
        return self.salon_id if known else None


def choices(names: Sequence[str]) -> str:
    return ", ".join(f"{number} {name}" for number, name in enumerate(names, 1))


def named(body: str, names: Sequence[str]) -> int | None:
    """The place in `names` of the one that is meant: its number, its name, or a part of its name that no other has."""
    said = folded(body)
    if said.isdecimal():
        return int(said) - 1 if 1 <= int(said) <= len(names) else None
    spelt = [folded(name) for name in names]
    exact = [place for place, name in enumerate(spelt) if name and name == said]
    if not exact and len(said) >= 3:
        exact = [place for place, name in enumerate(spelt) if f" {said} " in f" {name} " or f" {name} " in f" {said} "]
    return exact[0] if len(exact) == 1 else None
