"""Lets in whoever comes by a signed link, if they are still a contact of the salon, to what the link leads to: one approval,
or everything that a notice tells."""

from dataclasses import dataclass

from shared.approvals.approval import Approval
from shared.approvals.asks import ASKS
from shared.messaging.message import Message, message_path
from shared.messaging.tokens import ApprovalToken, binding, read_approval
from shared.ports import Deployment, Documents, Store
from shared.records.invalid import InvalidEvent
from shared.records.read_documents import readable
from shared.salon.load_salon import salon_of
from shared.salon.salon import Contact, Salon
from shared.values.identity import address_key


@dataclass(frozen=True)
class Visit:
    """A contact of the salon who came by a link, with what the link lets them see and answer. `told` is what their notice
    says, besides its questions: of a digest, each of the messages that it stands for."""

    documents: Documents
    salon: Salon
    contact: Contact
    approvals: tuple[Approval, ...]
    told: tuple[Message, ...] = ()

    @property
    def locale(self) -> str:
        return self.salon.spoken_to(self.contact.locale)


def let_in(text: str, *, store: Store, deployment: Deployment) -> Visit | None:
    """Who came by this token, or None where it opens nothing."""
    token = read_approval(deployment.signing_key, text)
    # A button's token is no link: it was made for a chat that says who taps it.
    if token is None or token.answer not in ("link", "notice"):
        return None
    try:
        return _visit(token, store.salon(token.salon_id), deployment)
    except InvalidEvent:  # an id in it that is none
        return None


def _visit(token: ApprovalToken, documents: Documents, deployment: Deployment) -> Visit | None:
    salon = salon_of(documents, token.salon_id)
    known = _contact(token, salon, deployment.signing_key)
    if known is None:
        return None
    contact, key = known
    if token.answer == "link":
        bound = [each for each in _approvals([token.about], documents) if binding(each.action_hash) == token.action]
        return Visit(documents, salon, contact, tuple(bound)) if bound else None
    notices = _notices(key, token.about, documents)
    asked = dict.fromkeys(notice.about for notice in notices if notice.purpose in ASKS)
    told = tuple(notice for notice in notices if notice.purpose not in ASKS)
    approvals = _approvals(list(asked), documents)
    return Visit(documents, salon, contact, tuple(approvals), told) if approvals or told else None


def _contact(token: ApprovalToken, salon: Salon, signing_key: bytes) -> tuple[Contact, str] | None:
    """The contact whom the link's address belongs to now, with the key of the address."""
    for contact in salon.contacts:
        for address in contact.addresses:
            for channel in ("whatsapp", "sms", "email", "push"):
                key = address_key(signing_key, channel, address, salon.country)
                if binding(key) == token.contact:
                    return contact, key
    return None


def _approvals(ids: list[str], documents: Documents) -> list[Approval]:
    found = documents.get_all([f"approvals/{id}" for id in ids])
    return [Approval.model_validate(snapshot.data) for snapshot in found]


def _notices(key: str, message_id: str, documents: Documents) -> list[Message]:
    """The message itself, or of a digest those that it stands for."""
    found = documents.get(message_path(key, message_id))
    if found is None:
        return []
    notice = Message.model_validate(found.data)
    if not notice.merges:
        return [notice]
    return readable(Message, documents.get_all([message_path(key, id) for id in notice.merges]))
