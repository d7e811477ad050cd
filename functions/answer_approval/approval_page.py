"""The page behind an owner's signed link: what waits for an answer.

Opening it changes nothing, because link previews open it too; only its forms answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.messaging.phrases import phrases
from shared.pages.page import rendered


@dataclass(frozen=True)
class Question:
    """An approval as the page shows it. `until` is None where it is settled; then `outcome` says how."""

    approval_id: str
    proposal: str
    outcome: str
    until: str | None


def page(questions: Sequence[Question], *, locale: str, salon: str = "") -> str:
    """The page of these questions of a salon. Without any the link is not valid."""
    words = phrases(__file__, locale)
    title = "unknown" if not questions else "ask" if any(each.until for each in questions) else "settled"
    return rendered(
        __file__,
        "approval.html",
        title=words[title],
        locale=locale,
        words=words,
        salon=salon,
        questions=questions,
    )
