"""Sign-in on one machine: tokens as Firebase Authentication makes them, but signed with the deployment's own key, which
only a local cloud does."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from functions.manage_schedules.sign_in import signed_in
from shared.ports import SignedIn


def token(key: str, who: SignedIn) -> str:
    claims = {"sub": who.uid, "role": who.role, "salon_id": who.salon_id}
    header = {"alg": "HS256", "typ": "JWT"}
    signed = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_signature(key, signed)}"


@dataclass(frozen=True)
class LocalSignIns:
    key: str

    def who(self, token: str) -> SignedIn | None:
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(_signature(self.key, signed).encode(), signature.encode()):
            return None
        claims = signed.partition(".")[2]
        return signed_in(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))))


def _signature(key: str, signed: str) -> str:
    return _base64(hmac.digest(key.encode(), signed.encode(), hashlib.sha256))


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
