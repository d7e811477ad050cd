"""Finds out whether a yes in plain words may be meant for something else than the one open offer."""

from typing import Final

from functions.answer_message.keep_for_owner import line_of_ours
from shared.asking.outreach import Outreach
from shared.messaging.conversation import Conversation, conversation_path
from shared.messaging.message import Inbound, Message, message_id, message_path
from shared.messaging.replies import Verdict
from shared.ports import Query, Reader

ASKED_BACK: Final = "asked_back"
"""The purpose of the question whether what is probably a yes is one."""


def is_doubtful(verdict: Verdict, outreach: Outreach, said: Inbound, documents: Reader) -> bool:
    """Whether the yes may be meant for something else: an "ok" for what we have said since the offer, any yes for what the
    owner answered to something that they wrote since. Once we have asked back, a yes is beyond doubt, unless more was said
    after that."""
    if outreach.status == "responded":
        return False
    asked = asked_back(outreach, said, documents)
    left = outreach.delivery.sent_at or outreach.created_at
    here = f"conversations/{said.conversation_id}/messages"
    since = Query(
        here, where=(("created_at", ">", asked.created_at) if asked else ("created_at", ">=", left),), limit=1
    )
    return (verdict.acknowledges and bool(documents.query(since))) or _wrote_after(asked or outreach, said, documents)


def asked_back(outreach: Outreach, said: Inbound, documents: Reader) -> Message | None:
    """The question whether they meant yes to this offer, where we have asked it."""
    id = message_id(outreach.id, ASKED_BACK, said.conversation_id)
    found = documents.get(message_path(said.conversation_id, id))
    return Message.model_validate(found.data) if found else None


def _wrote_after(ours: Message | Outreach, said: Inbound, documents: Reader) -> bool:
    """Whether they wrote something that only a person can answer after we had said this. A person may have answered it
    elsewhere, so that it was closed since makes no difference."""
    found = documents.get(conversation_path(said.conversation_id))
    if found is None:
        return False
    lines = Conversation.model_validate(found.data).lines
    return lines[-1].at > (ours.delivery.sent_at or ours.created_at) or line_of_ours(ours) in lines
