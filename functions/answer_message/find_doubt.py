"""Finds out whether a yes in plain words may be meant for something else than the one open offer."""

from typing import Final

from shared.asking.outreach import Outreach
from shared.messaging.conversation import Conversation, conversation_path
from shared.messaging.message import Inbound
from shared.messaging.replies import Verdict
from shared.ports import Query, Reader

ASKED_BACK: Final = "asked_back"
"""The purpose of the question whether what is probably a yes is one."""


def is_doubtful(verdict: Verdict, outreach: Outreach, said: Inbound, documents: Reader) -> bool:
    """Whether the yes may be meant for something else: an "ok" for what we have said since the offer, any yes for what the
    owner answered to a question that still waits. A yes to our asking back is beyond doubt."""
    if outreach.status == "responded":
        return False
    left = outreach.delivery.sent_at or outreach.created_at
    here = f"conversations/{said.conversation_id}/messages"
    since = Query(here, where=(("created_at", ">=", left),), order_by=("created_at",))
    ours = [snapshot.data for snapshot in documents.query(since) if snapshot.data["direction"] == "out"]
    if ours and ours[-1]["purpose"] == ASKED_BACK and ours[-1]["about"] == outreach.id:
        return False
    return (verdict.acknowledges and bool(ours)) or _waits(outreach, said, documents)


def _waits(outreach: Outreach, said: Inbound, documents: Reader) -> bool:
    """Whether something they wrote about this offer waits for a person."""
    found = documents.get(conversation_path(said.conversation_id))
    if found is None:
        return False
    conversation = Conversation.model_validate(found.data)
    return conversation.waiting_since is not None and conversation.outreach_id == outreach.id
