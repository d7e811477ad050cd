"""The `/local/` doors of a running local cloud, as the other commands ask them."""

import json
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from local.documents import parse_instant
from shared.ports import Data

FIRST_SECONDS = 5.0
"""Whoever does not say the time by then is not there."""
ANSWER_SECONDS = 30.0


class NotReached(Exception):
    """There is nothing to look into; says what was expected and what was found."""


class Refused(Exception):
    """It answered, and did not do it; says about what, and its own reason."""


class Front:
    """Raises NotReached when nothing answers, at once where nobody listens, and Refused when the answer is no."""

    def __init__(self, base_url: str, kind: str = "a local cloud") -> None:
        self.base_url = base_url.rstrip("/")
        self._kind = kind
        try:
            parts = urlsplit(base_url)
            whole = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
        except ValueError:
            whole = False
        if not whole:
            raise NotReached(f"expected the address of a local cloud such as http://127.0.0.1:8080, found {base_url!r}")

    def now(self) -> datetime:
        """Business time there."""
        try:
            return parse_instant(self._ask("GET", "clock", seconds=FIRST_SECONDS)["now"])
        except (KeyError, TypeError, ValueError, HTTPError):
            raise NotReached(f"expected {self._kind} at {self.base_url}, found something else that answers") from None

    def below(self, path: str) -> dict[str, Data]:
        """The document at that path and all below it, each by its whole path, in plain JSON."""
        found: dict[str, Data] = self._answer("GET", path, "/**")
        return found

    def put(self, path: str, document: Data) -> None:
        self._answer("PUT", path, "", document)

    def _answer(self, method: str, path: str, below: str, body: Data | None = None) -> Any:
        try:
            return self._ask(method, f"documents/{quote(path)}{below}", body)
        except HTTPError as refused:
            raise Refused(f"{path}: {_reason(refused)}") from None

    def _ask(self, method: str, path: str, body: Data | None = None, seconds: float = ANSWER_SECONDS) -> Any:
        content = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.base_url}/local/{path}", content, {"Content-Type": "application/json"}, method=method)
        try:
            with urlopen(request, timeout=seconds) as answer:
                return json.load(answer)
        except HTTPError:
            raise
        except (OSError, HTTPException):
            raise NotReached(
                f"expected {self._kind}, nothing answers at {self.base_url}: is it still running?"
            ) from None


def _reason(refused: HTTPError) -> str:
    try:
        return str(json.load(refused)["error"])
    except (ValueError, KeyError, TypeError, OSError):
        return f"{refused.code} {refused.reason}"
