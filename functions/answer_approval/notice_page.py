"""The page behind a link to one of the salon's own people: what waits for their answer, what customers wrote, and what else
they were told.

Opening it changes nothing, because link previews open it too; only its forms answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared.messaging.phrases import in_form, phrases
from shared.pages.page import rendered


@dataclass(frozen=True)
class InRound:
    """One of the people whom an approval is about. `asked` says what they would be asked, `not_asked` why they were not."""

    customer_id: str
    name: str
    asked: str
    not_asked: str | None


@dataclass(frozen=True)
class Question:
    """An approval as the page shows it. `until` is None where it is settled; then `outcome` says how."""

    approval_id: str
    proposal: str
    outcome: str
    until: str | None
    people: Sequence[InRound] = ()


@dataclass(frozen=True)
class Said:
    """One thing that was said, in full. `attachments` counts the voice messages and pictures, which the page cannot show."""

    by: Literal["them", "us"]
    when: str
    text: str
    attachments: int


@dataclass(frozen=True)
class Written:
    """What was said with the people at one address. `reason` is why it waits, or waited, for a person; `seen` is the
    conversation's revision while it waits, and None when it does no more; `newer` says that it was not closed because
    somebody has written since."""

    key: str
    names: str
    sender: str
    reason: str
    lines: Sequence[Said]
    seen: int | None
    newer: bool
    opted_out: bool

    @property
    def number(self) -> str | None:
        """The number at which they can be called, or None for an address that is none."""
        return self.sender if self.sender.startswith("+") else None


def page(
    questions: Sequence[Question],
    *,
    locale: str,
    salon: str = "",
    written: Sequence[Written] = (),
    news: Sequence[str] = (),
) -> str:
    """The page of what a notice of this salon tells. Without anything to tell the link is not valid."""
    words = phrases(__file__, locale)
    return rendered(
        __file__,
        "notice.html",
        title=words[_title(questions, written, news)],
        locale=locale,
        words=words,
        salon=salon,
        questions=questions,
        written=written,
        news=news,
        attached=lambda count: in_form(words["attached"], count, locale).format(count=count),
    )


def _title(questions: Sequence[Question], written: Sequence[Written], news: Sequence[str]) -> str:
    if written or news:
        return "waiting" if any(each.seen is not None for each in written) else "told"
    if not questions:
        return "unknown"
    return "ask" if any(each.until for each in questions) else "settled"
