"""What the page of an offer says: what came of the offer and what was passed on to the salon since; of one without an answer,
whether a yes would still be honoured."""

from collections.abc import Mapping
from typing import Final, Literal

from functions.accept_offer.offer_page import State
from shared.asking.outreach import Outreach
from shared.sales.acceptance import Refusal
from shared.sales.mark_answered import SAY_NO

Word = Literal["accept", "decline"]

REFUSED: Final[Mapping[str, State]] = {
    "slot_taken": "taken",
    "gap_closed": "taken",
    "too_late": "late",
    "customer_busy": "busy",
}


def unanswered(outreach: Outreach, *, stopped: bool, refusal: Refusal | None) -> State:
    """The state of an offer that has no answer. That its deadline has passed is no end: a late yes counts while the time is free.
    `stopped` says that the customer wants no more offers."""
    if stopped:
        return "stopped"
    if refusal is not None:
        return REFUSED[refusal]
    return "open" if outreach.slot else "asked"


def answered(outreach: Outreach, *, called_off: bool, passed_on: Word | None) -> State:
    """The state of an offer that has its answer. `called_off` says that what a yes booked has been given up, `passed_on` is what
    the salon was told last of a change of mind."""
    came = _came_of(outreach, called_off)
    match came, passed_on:
        case _, None:
            return came
        case "declined" | "cancelled" | "stopped", "accept":
            return "yes_after_all"
        case "booked", "decline":
            return "cannot_come"
        case "cancelled", "decline":
            return came
    return "passed_on"


def is_news(pressed: Word, outreach: Outreach, *, called_off: bool, passed_on: Word | None) -> bool:
    """Whether what is pressed differs from the customer's latest word about an answered offer. A refused yes leaves nothing that
    could be taken back."""
    if passed_on is not None:
        return pressed != passed_on
    action = outreach.response.action
    if called_off or action in SAY_NO:
        return pressed == "accept"
    return pressed == "decline" and action in ("booked", "accepted")


def _came_of(outreach: Outreach, called_off: bool) -> State:
    action = outreach.response.action
    match action:
        case "booked":
            return "cancelled" if called_off else "booked"
        case "declined" if outreach.slot:
            return "declined"
        case "opted_out":
            return "stopped"
    return REFUSED.get(action or "", "answered")
