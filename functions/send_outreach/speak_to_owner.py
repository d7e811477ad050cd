"""Speaks to the salon's own people: what a message to them says at the moment it leaves, with signed buttons and links,
which are never stored, and digests made from what their messages have become meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from functions.send_outreach.find_mended import mended
from functions.send_outreach.spoken_digest import spoken_digest
from shared.approvals.approval import Approval
from shared.approvals.asks import ASKS
from shared.messaging import tokens
from shared.messaging.message import Message, message_path
from shared.messaging.rendering import render
from shared.messaging.spoken import spoken_outcome
from shared.ports import Deployment, Reader

NO_ACTION = "0" * 16
"""Stands for the action in the token of a notice's page, which is about no single one: the page looks at each approval's
own."""


@dataclass(frozen=True)
class Words:
    purpose: str
    variables: dict[str, str]


def owner_words(message: Message, *, documents: Reader, deployment: Deployment, now: datetime) -> Words:
    """The purpose and the variables with which the message is rendered now."""
    if message.purpose != "owner_digest":
        return _words(message, documents, deployment)
    items = _merged(message, documents)
    alone = items[0] if len(items) == 1 else None
    if alone is not None and (alone.purpose not in ASKS or _waiting(alone, documents, now)):
        return _words(alone, documents, deployment)
    return _digest(message, items, documents, deployment, now)


def answered_meanwhile(message: Message, *, documents: Reader, now: datetime) -> bool:
    """Whether the message asks what has its answer already, so that nobody need be asked."""
    return message.purpose in ASKS and _waiting(message, documents, now) is None


def mended_meanwhile(message: Message, *, documents: Reader) -> bool:
    """Whether the message tells only of trouble that is over."""
    if message.purpose == "owner_digest":
        return bool(message.merges) and not _merged(message, documents)
    return mended(message, documents)


def link(message: Message, approval: Approval | None, deployment: Deployment) -> str:
    """The address of the page of one approval, or of everything that the message tells."""
    token = (
        _token("link", approval.id, approval.action_hash, message, deployment)
        if approval
        else _token("notice", message.id, NO_ACTION, message, deployment)
    )
    return f"{deployment.public_base_url}/a/{token}"


def _words(message: Message, documents: Reader, deployment: Deployment) -> Words:
    found = documents.get(f"approvals/{message.about}") if message.purpose in ASKS else None
    if found is None:
        return Words(message.purpose, message.variables | {"link": link(message, None, deployment)})
    approval = Approval.model_validate(found.data)
    signed = {
        "approve_token": _token("approve", approval.id, approval.action_hash, message, deployment),
        "reject_token": _token("reject", approval.id, approval.action_hash, message, deployment),
        "link": link(message, approval, deployment),
    }
    return Words(message.purpose, message.variables | signed)


def _digest(digest: Message, items: list[Message], documents: Reader, deployment: Deployment, now: datetime) -> Words:
    said: dict[str, list[str]] = {"waiting": [], "written": [], "sold": [], "alert": [], "over": []}
    for item in items:
        match item.purpose:
            case purpose if purpose in ASKS:
                proposal = item.variables["proposal"]
                if _waiting(item, documents, now):
                    said["waiting"].append(proposal)
                else:
                    said["over"].append(f"{_outcome(item, documents)}: {proposal}")
            case "owner_message":
                # Counted only: what somebody wrote stands in full behind the link, or is cut here.
                said["written"].append("")
            case "owner_sold":
                sold = [item.variables[name] for name in ("customer", "service", "when", "price")]
                said["sold"].append(" ".join(word for word in sold if word))
            case "owner_not_done":
                said["over"].append(f"{item.variables['proposal']}: {item.variables['reason']}")
            case "owner_alert":
                said["alert"].append(item.variables["problem"])
            case _:
                said["alert"].append(render(item.purpose, item.locale, item.variables).text)
    variables = {"salon": digest.variables.get("salon", ""), "summary": spoken_digest(said, digest.locale)}
    return Words("owner_digest", variables | {"link": link(digest, None, deployment)})


def _merged(digest: Message, documents: Reader) -> list[Message]:
    """The messages that a digest stands for, without alerts of what has been mended since; of those about one question only
    the last."""
    paths = [message_path(digest.conversation_id, id) for id in digest.merges]
    merged = [Message.model_validate(snapshot.data) for snapshot in documents.get_all(paths)]
    return [each for each in {message.about: message for message in merged}.values() if not mended(each, documents)]


def _waiting(message: Message, documents: Reader, now: datetime) -> Approval | None:
    found = documents.get(f"approvals/{message.about}")
    approval = Approval.model_validate(found.data) if found else None
    return approval if approval is not None and approval.waits and now < approval.expires_at else None


def _outcome(message: Message, documents: Reader) -> str:
    found = documents.get(f"approvals/{message.about}")
    status = Approval.model_validate(found.data).settled_as if found else "cancelled"
    return spoken_outcome(status, message.locale)


def _token(answer: tokens.ApprovalAnswer, about: str, action: str, message: Message, deployment: Deployment) -> str:
    token = tokens.ApprovalToken(
        message.salon_id, about, answer, tokens.binding(action), tokens.binding(message.conversation_id)
    )
    return tokens.sign_approval(deployment.signing_key, token)
