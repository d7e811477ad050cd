"""SignIns on Firebase Authentication: whose a token is, by Google's published certificates."""

from functools import cache
from typing import Any

from google.auth.transport.requests import Request
from google.oauth2 import id_token

from shared.adapters import settings
from shared.ports import SignedIn, SignIns

__all__ = ["FirebaseSignIns", "SignedIn", "sign_ins", "signed_in"]


@cache
def sign_ins() -> SignIns:
    return FirebaseSignIns(settings.required("GOOGLE_CLOUD_PROJECT"), Request())


class FirebaseSignIns:
    """`fetch` gets the certificates, each time anew: who comes here comes seldom."""

    def __init__(self, project: str, fetch: Any) -> None:
        self._project = project
        self._fetch = fetch

    def who(self, token: str) -> SignedIn | None:
        try:
            # Signature, time, audience, issuer and subject. That an account was blocked since is not looked up.
            claims = id_token.verify_firebase_token(token, self._fetch, audience=self._project)
        except ValueError:
            return None
        return signed_in(claims)


def signed_in(claims: Any) -> SignedIn:
    def text(name: str) -> str | None:
        return value if isinstance(value := claims.get(name), str) else None

    return SignedIn(uid=str(claims["sub"]), role=text("role"), salon_id=text("salon_id"))
