"""Remembers who writes to the salon and is no customer of it, so that its booking app can make them one."""

from functions.answer_message.stranger import Stranger
from shared.messaging.message import Inbound
from shared.ports import Documents, Write
from shared.records.commit import save


def stranger_remembered(said: Inbound, locale: str, documents: Documents) -> Write:
    """The write that remembers the sender as a stranger. The commit fails when somebody wrote the document meanwhile."""
    path = f"strangers/{said.conversation_id}"
    found = documents.get(path)
    known = Stranger.model_validate(found.data).heard_again(said) if found else None
    return save(path, known or Stranger.first_heard(said, locale), found)
