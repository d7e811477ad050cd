"""Google's own client, signed in as a person: the rules are asked, which the server library never does."""

import base64
import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

ANONYMOUS = ""


def token(uid: str, claims: Mapping[str, Any]) -> str:
    """As Firebase Authentication makes them, but unsigned: the emulator reads them like that."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part({'sub': uid, 'user_id': uid, **claims})}."


def _part(content: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


class UserClient(firestore.Client):
    """One client for everybody, one person at a time."""

    def __init__(self, project: str) -> None:
        self._token = ANONYMOUS
        super().__init__(project=project, credentials=AnonymousCredentials())

    @contextmanager
    def signed_in(self, token: str) -> Iterator[None]:
        before, self._token = self._token, token
        try:
            yield
        finally:
            self._token = before

    def _emulator_channel(self, transport: Any) -> grpc.Channel:
        # The library's own would say "Bearer owner", which passes every rule.
        return grpc.intercept_channel(grpc.insecure_channel(self._emulator_host), _Signed(lambda: self._token))


class _Signed(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # type: ignore[misc]
    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token

    def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        return continuation(self._with_token(details), request)

    def intercept_unary_stream(self, continuation: Any, details: Any, request: Any) -> Any:
        return continuation(self._with_token(details), request)

    def _with_token(self, details: Any) -> Any:
        metadata = [(name, value) for name, value in details.metadata or [] if name.lower() != "authorization"]
        if token := self._token():
            metadata.append(("authorization", f"Bearer {token}"))
        return details._replace(metadata=metadata)


def load_rules(host: str, project: str, source: str) -> None:
    """Raises HTTPError, whose body names line and column, when they do not compile."""
    rules = {"rules": {"files": [{"name": "firestore.rules", "content": source}]}}
    request = urllib.request.Request(
        f"http://{host}/emulator/v1/projects/{project}:securityRules",
        data=json.dumps(rules).encode(),
        headers={"Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=30):
        pass


def coverage(host: str, project: str) -> dict[str, Any]:
    """Every expression of the rules with the values it had, and how often."""
    with urllib.request.urlopen(f"http://{host}/emulator/v1/projects/{project}:ruleCoverage", timeout=60) as answer:
        report: dict[str, Any] = json.load(answer)
    return report
