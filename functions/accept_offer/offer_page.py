"""The page behind an offer's signed link: what it says in each state.

Opening it changes nothing, because link previews open it too; only its forms accept, decline, or end all offers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from shared.messaging.phrases import phrases
from shared.pages.page import rendered

State = Literal["open", "asked", "booked", "declined", "answered", "taken", "cancelled", "stopped", "unknown"]
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
    may_stop: bool = True,
) -> str:
    """The page of an ask: `offer` says what slot is offered, or `question` what is asked where that is no slot; without either,
    only the sentence is shown. `may_stop` is whether there are offers to end."""
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
        may_stop=may_stop and state != "stopped",
    )
