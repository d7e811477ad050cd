"""Push messages to the phones of a salon's own people, by Firebase Cloud Messaging (HTTP v1). Imported only where push is
configured; signs in as the function's own service account."""

import re
from functools import cached_property
from typing import Any, Final

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from shared.ports import Accepted, AnswerLost, Notice, Refused

API: Final = "https://fcm.googleapis.com"
SCOPE: Final = "https://www.googleapis.com/auth/firebase.messaging"
TIMEOUT_SECONDS = 10.0
LINK = re.compile(r"https?://\S+")
RECIPIENT_FAULTS = frozenset({"UNREGISTERED", "INVALID_ARGUMENT", "SENDER_ID_MISMATCH"})
"""Errors that say that the device is gone, or was never one of ours."""


class FcmNotifier:
    def __init__(self, project: str, *, session: requests.Session | None = None, api: str = API) -> None:
        """`session` signs every request by itself; without one, Google's default credentials do."""
        self._url = f"{api}/v1/projects/{project}/messages:send"
        self._given = session

    def send(self, notice: Notice) -> Accepted | Refused | AnswerLost:
        from google.auth.exceptions import GoogleAuthError

        try:
            answer = self._session.post(self._url, json=message(notice), timeout=TIMEOUT_SECONDS)
        except GoogleAuthError as error:
            return Refused(401, f"no sign-in: {type(error).__name__}", retry=False, provider_fault=True)
        except requests.RequestException as error:
            return _broken(error)
        return outcome(answer)

    @cached_property
    def _session(self) -> requests.Session:
        if self._given is not None:
            return self._given
        import google.auth
        from google.auth.transport.requests import AuthorizedSession

        credentials, _ = google.auth.default(scopes=[SCOPE])
        session: requests.Session = AuthorizedSession(credentials)
        return session


def message(notice: Notice) -> dict[str, Any]:
    """The push message as FCM takes it. A tap opens the link that the words name, if they name one."""
    link = LINK.search(notice.body)
    data = {"reference": notice.reference, **({"link": link[0].rstrip(".,")} if link else {})}
    shown = {"title": notice.subject, "body": notice.body}
    return {"message": {"token": notice.to, "notification": shown, "data": data}}


def outcome(answer: requests.Response) -> Accepted | Refused | AnswerLost:
    status = answer.status_code
    content = _object(answer)
    if 200 <= status < 300:
        name = content.get("name")
        return Accepted(name) if isinstance(name, str) and name else AnswerLost("accepted, but the answer is malformed")
    if not 400 <= status < 500:
        return AnswerLost(f"HTTP {status}")
    code = _error_code(content)
    return Refused(status, f"HTTP {status} {code}", retry=status == 429, provider_fault=code not in RECIPIENT_FAULTS)


def _error_code(content: dict[str, Any]) -> str:
    """FCM's own code where it gives one, else the general status."""
    error = content.get("error")
    if not isinstance(error, dict):
        return "UNKNOWN"
    details = [each for each in error.get("details") or [] if isinstance(each, dict)]
    return str(next((each["errorCode"] for each in details if "errorCode" in each), error.get("status", "UNKNOWN")))


def _object(answer: requests.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _broken(error: requests.RequestException) -> Refused | AnswerLost:
    """Says what a request means that was not answered. Only a connection that never stood has surely carried
    nothing."""
    cause = error.args[0] if error.args else None
    never_stood = isinstance(getattr(cause, "reason", cause), NewConnectionError | ConnectTimeoutError)
    if never_stood or isinstance(error, requests.ConnectTimeout):
        return Refused(0, "not reached", retry=True, provider_fault=True)
    return AnswerLost(type(error).__name__)
