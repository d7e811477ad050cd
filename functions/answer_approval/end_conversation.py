"""Ends a conversation that one of the salon's own people has answered, wherever they did: it waits for nobody any more."""

from typing import Literal

from shared.messaging.conversation import Conversation, conversation_path
from shared.ports import Clock, Documents
from shared.records.audit import amend
from shared.records.commit import until_committed, update

Outcome = Literal["closed", "closed before", "something new", "gone"]


def close_conversation(key: str, *, seen: int, by: str, documents: Documents, clock: Clock) -> Outcome:
    """Closes the conversation as it was seen, at that revision. One in which somebody has written since stays open: what nobody
    has read is not answered."""

    def attempt() -> Outcome | None:
        found = documents.get(conversation_path(key))
        if found is None:
            return "gone"
        conversation = Conversation.model_validate(found.data)
        if conversation.waiting_since is None:
            return "closed before"
        if conversation.revision != seen:
            return "something new"
        closed = amend(
            conversation,
            now=clock.now(),
            actor=by,
            event="conversation_closed",
            action="Closed by the salon: answered",
            waiting_since=None,
            # What they write next is acknowledged as the first time.
            held_at=None,
        )
        return "closed" if documents.commit(*update(closed, found)) else None

    return until_committed(attempt, clock=clock)
