"""Signed tokens: what a button or a link carries, so that an answer names its offer, or its approval, beyond doubt.

A token proves that we made it for this object and this answer, nothing about who presents it: messages are forwarded.
It has no expiry of its own; whether the object still waits for an answer is read from the object. The two kinds are
signed apart: none can be read as the other.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final, Literal

Answer = Literal["accept", "decline", "link"]
ApprovalAnswer = Literal["approve", "reject", "link", "notice"]

_VERSION: Final = 1
_MAC_BYTES: Final = 16
_ANSWERS: Final[tuple[Answer, ...]] = ("accept", "decline", "link")
_APPROVAL_ANSWERS: Final[tuple[ApprovalAnswer, ...]] = ("approve", "reject", "link", "notice")
_BINDING_BYTES: Final = 8
_OFFER: Final = b"smart-fill offer token\x00"
_APPROVAL: Final = b"smart-fill approval token\x00"
_ALPHABET: Final = re.compile(r"[A-Za-z0-9_-]{24,2500}")


@dataclass(frozen=True)
class OfferToken:
    salon_id: str
    outreach_id: str
    answer: Answer


@dataclass(frozen=True)
class ApprovalToken:
    """`about` names an approval, or for `notice` the message whose page it opens. `action` and `contact` are the `binding`
    of the action's hash and of the key of the address that the token was sent to: a token for another action, or of
    somebody who is no contact any more, answers nothing."""

    salon_id: str
    about: str
    answer: ApprovalAnswer
    action: str
    contact: str


def sign(key: bytes, token: OfferToken) -> str:
    """The token as text. It is shorter than 190 characters for a salon id of 64 and an outreach id of 24; the id of a
    WhatsApp button has room for 200."""
    return _sealed(key, _OFFER, _Parts(_ANSWERS.index(token.answer), token.salon_id, b"", token.outreach_id))


def read(key: bytes, text: str) -> OfferToken | None:
    """The token, or None for anything that `sign` with this key did not return letter for letter."""
    opened = _opened(key, _OFFER, text, bound_bytes=0)
    if opened is None or opened.answer >= len(_ANSWERS):
        return None
    return OfferToken(opened.salon_id, opened.about, _ANSWERS[opened.answer])


def sign_approval(key: bytes, token: ApprovalToken) -> str:
    """The token as text, as short as that of an offer."""
    bound = bytes.fromhex(token.action + token.contact)
    return _sealed(key, _APPROVAL, _Parts(_APPROVAL_ANSWERS.index(token.answer), token.salon_id, bound, token.about))


def read_approval(key: bytes, text: str) -> ApprovalToken | None:
    opened = _opened(key, _APPROVAL, text, bound_bytes=2 * _BINDING_BYTES)
    if opened is None or opened.answer >= len(_APPROVAL_ANSWERS):
        return None
    action, contact = opened.bound[:_BINDING_BYTES].hex(), opened.bound[_BINDING_BYTES:].hex()
    return ApprovalToken(opened.salon_id, opened.about, _APPROVAL_ANSWERS[opened.answer], action, contact)


def binding(hexadecimal: str) -> str:
    """As much of a hash, or of the key of an address, as a token has room for."""
    return hexadecimal.removeprefix("idn_")[: 2 * _BINDING_BYTES]


@dataclass(frozen=True)
class _Parts:
    answer: int
    salon_id: str
    bound: bytes
    about: str


def _sealed(key: bytes, label: bytes, parts: _Parts) -> str:
    salon, about = parts.salon_id.encode(), parts.about.encode()
    if not salon or len(salon) > 255 or not about:
        raise ValueError(f"expected a salon id of 1 to 255 bytes and an object's id, found {parts!r}")
    body = bytes([_VERSION, parts.answer, len(salon)]) + salon + parts.bound + about
    mac = hmac.new(key, label + body, hashlib.sha256).digest()[:_MAC_BYTES]
    return urlsafe_b64encode(body + mac).rstrip(b"=").decode()


def _opened(key: bytes, label: bytes, text: str, *, bound_bytes: int) -> _Parts | None:
    if not _ALPHABET.fullmatch(text):
        return None
    claimed = _parsed(text, bound_bytes)
    if claimed is None or not hmac.compare_digest(_sealed(key, label, claimed).encode(), text.encode()):
        return None
    return claimed


def _parsed(text: str, bound_bytes: int) -> _Parts | None:
    if len(text) % 4 == 1:
        return None
    body = urlsafe_b64decode(text + "=" * (-len(text) % 4))[:-_MAC_BYTES]
    if len(body) < 5 or body[0] != _VERSION:
        return None
    end = 3 + body[2]
    bound, about = body[end : end + bound_bytes], body[end + bound_bytes :]
    if body[2] == 0 or not about:
        return None
    try:
        return _Parts(body[1], body[3:end].decode(), bound, about.decode())
    except UnicodeDecodeError:
        return None
