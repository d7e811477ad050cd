"""The page behind an offer's signed link: what it says in each state.

Opening it changes nothing, because link previews open it too; only its forms accept, decline, or end all offers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from shared.messaging.phrases import phrases
from shared.pages.page import rendered

State = Literal[
    # It can be answered.
    "open",
    "asked",
    # It has been.
    "booked",
    "declined",
    "answered",
    "cancelled",
    "stopped",
    # It is over, whether it was answered or not.
    "taken",
    "late",
    "busy",
    # Another answer than the first was passed on to the salon.
    "yes_after_all",
    "cannot_come",
    "passed_on",
    "unknown",
]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True)
class Another:
    """The offer that is made in place of one that was taken, and the address of its own page."""

    offer: Mapping[str, str]
    link: str


def page(
    state: State,
    *,
    locale: str,
    offer: Mapping[str, str] | None = None,
    question: str | None = None,
    another: Another | None = None,
    in_time: bool = True,
    may_stop: bool = True,
) -> str:
    """The page of an ask: `offer` says what slot is offered, or `question` what is asked where that is no slot; without either,
    only the sentence is shown. `in_time` is whether its deadline is still to come, `may_stop` whether there are offers to end."""
    words = phrases(__file__, locale)
    return rendered(
        __file__,
        "offer.html",
        title=words[state],
        locale=locale,
        words=words,
        state=state,
        offer=offer,
        question=question,
        another=another,
        in_time=in_time,
        may_stop=may_stop and state != "stopped",
    )


def label_of(answer: Literal["accept", "decline"], locale: str, *, question: bool) -> str:
    """What the button of this answer says, to an offer or to a question that offers no slot."""
    return str(phrases(__file__, locale)["agree" if question and answer == "accept" else answer])
