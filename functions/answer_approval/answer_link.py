"""Answers the signed link of an approval, or of all approvals that a digest lists. Looking changes nothing; answering
does what an answer by message does. Only whoever is still a contact of the salon is let in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from functions.answer_approval.approval_page import Question, page
from shared.approvals.approval import Approval
from shared.approvals.asks import ASKS
from shared.approvals.settle_approval import Action, answer
from shared.messaging.message import Message, message_path
from shared.messaging.spoken import spoken_deadline, spoken_outcome
from shared.messaging.tokens import ApprovalToken, binding, read_approval
from shared.ports import Clock, Deployment, Documents, Store
from shared.records.invalid import InvalidEvent
from shared.salon.load_salon import salon_of
from shared.salon.salon import Contact, Salon
from shared.values.identity import address_key


@dataclass(frozen=True)
class Page:
    status: Literal[200, 404]
    html: str
    salon_id: str | None = None


@dataclass(frozen=True)
class _Visit:
    """A contact of the salon who came by a link, with what the link lets them see and answer."""

    documents: Documents
    salon: Salon
    contact: Contact
    approvals: tuple[Approval, ...]


def show_approval(token: str, *, store: Store, clock: Clock, deployment: Deployment) -> Page:
    """The page of the approvals that the link leads to, as they stand."""
    visit = _visit(token, store, deployment)
    return _page(visit, clock.now()) if visit else Page(404, page([], locale="en"))


def answer_approval(
    token: str, approval_id: str, action: Action, *, store: Store, clock: Clock, deployment: Deployment
) -> Page:
    """Answers an approval, and returns the page that says what came of it, or of somebody's faster answer."""
    visit = _visit(token, store, deployment)
    if visit is None or approval_id not in {approval.id for approval in visit.approvals}:
        return Page(404, page([], locale="en"))
    seen = next(approval for approval in visit.approvals if approval.id == approval_id)
    answer(
        approval_id,
        action,
        bound_to=binding(seen.action_hash),
        by=visit.contact.called,
        documents=visit.documents,
        clock=clock,
    )
    return show_approval(token, store=store, clock=clock, deployment=deployment)


def _visit(text: str, store: Store, deployment: Deployment) -> _Visit | None:
    token = read_approval(deployment.signing_key, text)
    # A button's token is no link: it was made for a chat that says who taps it.
    if token is None or token.answer not in ("link", "digest"):
        return None
    try:
        return _let_in(token, store.salon(token.salon_id), deployment)
    except InvalidEvent:  # an id in it that is none
        return None


def _let_in(token: ApprovalToken, documents: Documents, deployment: Deployment) -> _Visit | None:
    salon = salon_of(documents, token.salon_id)
    known = _contact(token, salon, deployment.signing_key)
    if known is None:
        return None
    contact, key = known
    ids = [token.about] if token.answer == "link" else _of_digest(key, token.about, documents)
    found = documents.get_all([f"approvals/{id}" for id in ids])
    approvals = [Approval.model_validate(snapshot.data) for snapshot in found]
    if token.answer == "link":
        approvals = [approval for approval in approvals if binding(approval.action_hash) == token.action]
    return _Visit(documents, salon, contact, tuple(approvals)) if approvals else None


def _contact(token: ApprovalToken, salon: Salon, signing_key: bytes) -> tuple[Contact, str] | None:
    """The contact whom the link's address belongs to now, with the key of the address."""
    for contact in salon.contacts:
        for address in contact.addresses:
            for channel in ("whatsapp", "sms", "email", "push"):
                key = address_key(signing_key, channel, address)
                if binding(key) == token.contact:
                    return contact, key
    return None


def _of_digest(key: str, digest_id: str, documents: Documents) -> list[str]:
    found = documents.get(message_path(key, digest_id))
    if found is None:
        return []
    merges = Message.model_validate(found.data).merges
    merged = documents.get_all([message_path(key, message_id) for message_id in merges])
    asked = (str(snapshot.data["about"]) for snapshot in merged if snapshot.data.get("purpose") in ASKS)
    return list(dict.fromkeys(asked))


def _page(visit: _Visit, now: datetime) -> Page:
    locale = visit.salon.spoken_to(visit.contact.locale)
    questions = [
        Question(
            approval.id,
            approval.action_summary,
            spoken_outcome(approval.settled_as, locale),
            spoken_deadline(approval.expires_at, visit.salon.zone, locale, now=now)
            if approval.waits and now < approval.expires_at
            else None,
        )
        for approval in visit.approvals
    ]
    return Page(200, page(questions, locale=locale, salon=visit.salon.name), visit.salon.id)
