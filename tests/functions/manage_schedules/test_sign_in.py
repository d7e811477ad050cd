"""A token is believed when Google signed it for this very project, and while it is valid."""

import json
import time
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from google.auth.exceptions import TransportError

from functions.manage_schedules.sign_in import FirebaseSignIns
from local.sign_in import LocalSignIns
from local.sign_in import token as local_token
from shared.ports import SignedIn

PROJECT = "salons"
ISSUER = f"https://securetoken.google.com/{PROJECT}"
GOOGLES, STRANGERS = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
WHO = SignedIn("u1", "platform", "s1")


def certificates(url: str, method: str = "GET", **_: Any) -> Any:
    public = GOOGLES.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return SimpleNamespace(status=200, data=json.dumps({"k1": public}).encode())


def token(key: Any = GOOGLES, algorithm: str = "RS256", kid: str | None = "k1", **claims: Any) -> str:
    now = int(time.time())
    good = {"iss": ISSUER, "aud": PROJECT, "sub": "u1", "iat": now - 60, "exp": now + 3540}
    good |= {"role": "platform", "salon_id": "s1"}
    content = {name: value for name, value in (good | claims).items() if value is not None}
    return jwt.encode(content, key, algorithm, headers={"kid": kid} if kid else {})


@pytest.fixture
def google() -> FirebaseSignIns:
    return FirebaseSignIns(PROJECT, certificates)


def test_a_token_of_this_project_names_who_it_is(google: FirebaseSignIns) -> None:
    assert google.who(token()) == WHO
    assert google.who(token(role=None, salon_id=None)) == SignedIn("u1", None, None)


@pytest.mark.parametrize("role", [["platform"], {"platform": True}, True, 1])
def test_a_role_that_is_no_text_is_none(google: FirebaseSignIns, role: Any) -> None:
    assert google.who(token(role=role)) == SignedIn("u1", None, "s1")


@pytest.mark.parametrize(
    "forged",
    [
        token(STRANGERS),
        token(STRANGERS, kid=None),
        token(kid="k2"),
        token(aud="other-salons", iss="https://securetoken.google.com/other-salons"),
        token(aud=[PROJECT, "other-salons"]),
        token(iss="https://accounts.google.com"),
        token(aud=None),
        token(exp=int(time.time()) - 60, iat=int(time.time()) - 3660),
        token(iat=int(time.time()) + 86_400, exp=int(time.time()) + 90_000),
        token(sub=""),
        token(sub=None),
        token("", algorithm="none"),
        token("x" * 32, algorithm="HS256"),
        token()[:-4],
        token().rpartition(".")[0] + ".",
        "a.b.c",
        "....",
        "é",
        "",
    ],
)
def test_whatever_else_is_nobody(google: FirebaseSignIns, forged: str) -> None:
    assert google.who(forged) is None


def test_without_certificates_nobody_is_let_in(google: FirebaseSignIns) -> None:
    def unreachable(*_: Any, **__: Any) -> Any:
        raise TransportError("no network")

    with pytest.raises(TransportError):
        FirebaseSignIns(PROJECT, unreachable).who(token())


def test_a_local_cloud_believes_its_own_tokens_only() -> None:
    ours = LocalSignIns("key")
    assert ours.who(local_token("key", WHO)) == WHO
    forged = local_token("another key", WHO)
    assert [ours.who(each) for each in (forged, token(), "", "a.b.c", forged + "é")] == [None] * 5
