"""What time does to a message: one that nobody sent is sent, a claim that nobody came back to is `unknown`, an offer that is
not known to have arrived no longer counts for its round, and what nobody answered in time is over."""

from typing import Literal, Protocol

from functions.send_outreach.attempt import answer_lost, not_arrived
from functions.send_outreach.send_message import Outcome
from shared.asking.answer_plainly import late_yes_due
from shared.asking.end_ask import ended
from shared.asking.load_outgoing import load_outgoing
from shared.asking.outreach import Outreach
from shared.messaging.sending import expired
from shared.ports import Clock, Documents
from shared.records.commit import update
from shared.records.invalid import InvalidEvent

ACTOR = "send_outreach"

Moved = Outcome | Literal["not due", "late yes", "over", "answer lost", "not arrived", "moved by another"]


class Send(Protocol):
    def __call__(self, path: str, *, documents: Documents) -> Outcome: ...


def move_on(path: str, *, documents: Documents, clock: Clock, send: Send) -> Moved:
    """Moves on the message at this path, if it is due. A commit that fails met somebody who did so meanwhile."""
    snapshot = documents.get(path)
    if snapshot is None:
        return "gone"
    message, now = load_outgoing(snapshot), clock.now()
    if message.due_at is None or message.due_at > now:
        return "not due"
    if isinstance(message, Outreach) and message.response.owed:
        done = documents.commit(*late_yes_due(message, snapshot, documents, now=now, actor=ACTOR))
        return "late yes" if done else "moved by another"
    if now >= message.expires_at:
        closed = expired(message, reason="nobody answered in time", now=now, actor=ACTOR)
        done = documents.commit(*update(closed, snapshot), *ended(message, closed.document, documents, actor=ACTOR))
        return "over" if done else "moved by another"
    if message.status == "pending":
        return send(path, documents=documents)
    if message.status == "sending":
        lost = answer_lost(message, reason="whoever claimed it never came back", now=now, actor=ACTOR)
        return "answer lost" if documents.commit(*update(lost, snapshot)) else "moved by another"
    if isinstance(message, Outreach) and message.status in ("sent", "unknown"):
        silent = not_arrived(message, now=now, actor=ACTOR)
        return "not arrived" if documents.commit(*update(silent, snapshot)) else "moved by another"
    raise InvalidEvent(
        f"expected {message.resource_type} {message.id} to wait for something, found it {message.status}"
    )
