"""The signed token of an offer: what a button or a link carries, so that an answer names its offer beyond doubt.

It proves that we made it for this offer and this answer, nothing about who presents it: messages are forwarded.
It has no expiry of its own; whether the offer still stands is read from the outreach.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final, Literal

Answer = Literal["accept", "decline", "link"]

_VERSION: Final = 1
_MAC_BYTES: Final = 16
_ANSWERS: Final[tuple[Answer, ...]] = ("accept", "decline", "link")
_ALPHABET: Final = re.compile(r"[A-Za-z0-9_-]{24,2500}")


@dataclass(frozen=True)
class OfferToken:
    salon_id: str
    outreach_id: str
    answer: Answer


def sign(key: bytes, token: OfferToken) -> str:
    """Under 190 characters for a salon id of 64 and an outreach id of 24: a WhatsApp button's id has room for 200."""
    salon, outreach = token.salon_id.encode(), token.outreach_id.encode()
    if not salon or len(salon) > 255 or not outreach:
        raise ValueError(f"expected a salon id of 1 to 255 bytes and an outreach id, found {token!r}")
    body = bytes([_VERSION, _ANSWERS.index(token.answer), len(salon)]) + salon + outreach
    return urlsafe_b64encode(body + _mac(key, body)).rstrip(b"=").decode()


def read(key: bytes, text: str) -> OfferToken | None:
    """The token, or None for anything that `sign` with this key did not return letter for letter."""
    if not _ALPHABET.fullmatch(text):
        return None
    claimed = _parse(text)
    if claimed is None or not hmac.compare_digest(sign(key, claimed).encode(), text.encode()):
        return None
    return claimed


def _parse(text: str) -> OfferToken | None:
    if len(text) % 4 == 1:
        return None
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    body = raw[:-_MAC_BYTES]
    if len(body) < 5 or body[0] != _VERSION or body[1] >= len(_ANSWERS):
        return None
    end = 3 + body[2]
    if body[2] == 0 or len(body) <= end:
        return None
    try:
        return OfferToken(body[3:end].decode(), body[end:].decode(), _ANSWERS[body[1]])
    except UnicodeDecodeError:
        return None


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, b"smart-fill offer token\x00" + body, hashlib.sha256).digest()[:_MAC_BYTES]
