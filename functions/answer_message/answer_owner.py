"""Answers one of the salon's own people who asks something of us, or writes what answers no question: nothing that an owner writes
is met with silence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from functions.answer_message.load_today import load_today, waiting_conversations
from functions.answer_message.owner_words import OwnerWord
from functions.answer_message.spoken_today import spoken_today
from functions.answer_message.switch_asking import pausing, resuming
from shared.approvals.approval import Approval
from shared.approvals.settle_approval import waiting
from shared.messaging.message import Inbound
from shared.messaging.phrases import phrases
from shared.ports import Documents, Query, Write
from shared.records.stored import natural_id
from shared.salon.salon import Salon

TOLD_AGAIN_AFTER: Final = timedelta(minutes=30)
"""How long somebody who was told what waits is not told so again, while the same waits."""

Outcome = Literal["paused", "resumed", "told the day", "helped", "told what waits", "answered before"]


@dataclass(frozen=True)
class OwnerAnswer:
    """What is said to them, and what is written beside it. Without a purpose nothing is said. `about` tells two answers for the
    same purpose apart by what they say; `names` are the approvals that it names, so that a "yes" may answer them."""

    outcome: Outcome
    purpose: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    about: str | None = None
    names: tuple[str, ...] = ()
    beside: Callable[[], tuple[Write, ...]] = tuple


def answer_word(
    word: OwnerWord, *, by: str, salon: Salon, locale: str, documents: Documents, now: datetime
) -> OwnerAnswer:
    """The answer to one of the owner's words. `by` is who said it, as the audit names them."""
    if word == "pause":
        return OwnerAnswer("paused", "owner_paused", beside=lambda: pausing(documents, now=now, actor=by))
    if word == "resume":
        return OwnerAnswer("resumed", "owner_resumed", beside=lambda: resuming(documents, now=now, actor=by))
    if word == "today":
        today = load_today(salon, documents, now)
        lines = spoken_today(today, salon, locale, now=now)
        return OwnerAnswer("told the day", "owner_today", {"lines": lines}, names=_ids(today.approvals))
    return OwnerAnswer("helped", "owner_help")


def answer_other_words(said: Inbound, *, locale: str, documents: Documents, now: datetime) -> OwnerAnswer:
    """The answer to whatever else they write: what waits for them, or that nothing does. It is not said again within half an hour,
    unless something else waits by then."""
    approvals, conversations = waiting(documents, now), waiting_conversations(documents)
    about = natural_id("waits", *(each.id for each in (*approvals, *conversations)))
    if _told_of_late(about, said, documents, now):
        return OwnerAnswer("answered before")
    words = phrases(__file__, locale)
    names = (", ".join(each.customer_names) or words["somebody"] for each in conversations)
    choices = [each.action_summary for each in approvals] + [words["message_from"].format(name=name) for name in names]
    if not choices:
        return OwnerAnswer("told what waits", "owner_nothing_waits", about=about)
    named = {"choices": "; ".join(choices)}
    return OwnerAnswer("told what waits", "owner_waits", named, about=about, names=_ids(approvals))


def _ids(approvals: Sequence[Approval]) -> tuple[str, ...]:
    return tuple(approval.id for approval in approvals)


def _told_of_late(about: str, said: Inbound, documents: Documents, now: datetime) -> bool:
    here = f"conversations/{said.conversation_id}/messages"
    of_late = Query(here, where=(("created_at", ">", now - TOLD_AGAIN_AFTER),))
    return any(snapshot.data.get("about") == about for snapshot in documents.query(of_late))
