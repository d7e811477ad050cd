"""Sends WhatsApp messages and SMS through Twilio, and says for certain what it knows of what became of each.

`twilio.rest` and `requests` are slow to import, so they are imported when something is sent. The local cloud replaces
`messenger` by one whose HTTP client can reach nothing but the phone on this machine; what is deployed knows no switch
that would send messages elsewhere.
"""

import json
import logging
import threading
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlencode

from shared.adapters import settings
from shared.adapters.twilio import STATUS_PATH, WEBHOOK_RETRIES
from shared.messaging.inbound import Channel
from shared.ports import Accepted, AnswerLost, Messenger, Refused, Sending

API = "https://api.twilio.com"
TIMEOUT_SECONDS = 10.0
LONGEST_VALIDITY_SECONDS = 36_000

RECIPIENT_FAULTS = frozenset(
    {
        21211, 21214, 21217, 21265, 21610, 21614, 21635,  # no such number, opted out, a landline
        30003, 30004, 30005, 30006, 30008,  # switched off, blocked, unknown, a landline, the carrier's secret
        63003, 63013, 63014, 63024, 63032, 63033, 63049,  # not on WhatsApp, blocked us, Meta chose not to deliver
    }
)  # fmt: skip
"""Codes of which neither we nor Twilio are the cause. Twilio changes its codes: they may say who is to blame, never
whether something was sent."""
RETRY_LATER = frozenset({20429, 21611})
"""Codes that say, whatever the HTTP status is, that we are throttled or that the sender's queue is full."""


@cache
def messenger() -> Messenger:
    from twilio.http.http_client import TwilioHttpClient

    return TwilioMessenger(lambda: TwilioHttpClient(timeout=TIMEOUT_SECONDS, logger=silent_logger()))


class TwilioMessenger:
    """The Messenger port over Twilio's REST API."""

    def __init__(self, http_client: Callable[[], Any]) -> None:
        # One HTTP client for each thread: the SDK's keeps the last response in an attribute before it returns it, so
        # two threads that share one can be given each other's answers.
        self._http_client = http_client
        self._of_thread = threading.local()

    def send(self, sending: Sending) -> Accepted | Refused | AnswerLost:
        token = settings.twilio_auth_token(sending.account_sid)
        if token is None:
            return Refused(20003, "no credentials for this account", retry=False, provider_fault=True)

        import requests
        from twilio.rest import Client

        client = Client(sending.account_sid, token, http_client=self._own_http_client())
        try:
            # Not client.messages.create: it raises away the HTTP status, by which alone the outcome can be told.
            answer = client.request(
                "POST",
                f"{API}/2010-04-01/Accounts/{sending.account_sid}/Messages.json",
                data=message_form(sending, settings.deployment().public_base_url),
            )
        except requests.RequestException as error:
            return _broken(error)
        return outcome(answer.status_code, answer.text)

    def _own_http_client(self) -> Any:
        if not hasattr(self._of_thread, "http_client"):
            self._of_thread.http_client = self._http_client()
        return self._of_thread.http_client


def message_form(sending: Sending, public_base_url: str) -> dict[str, str]:
    """Builds the form that Twilio is sent. Our reference is part of the callback's URL, which Twilio signs: so a report
    says which message it is about also when the answer to the request was lost."""
    form = {
        "To": _prefixed(sending.channel, sending.to),
        "From": _prefixed(sending.channel, sending.sender),
        "StatusCallback": f"{public_base_url}{STATUS_PATH}?{urlencode({'mid': sending.reference})}{WEBHOOK_RETRIES}",
    }
    if sending.content_sid is not None:
        form["ContentSid"] = sending.content_sid
        if sending.variables:
            # WhatsApp refuses values with line breaks, tabs or long runs of spaces.
            values = {name: " ".join(value.split()) for name, value in sending.variables.items()}
            form["ContentVariables"] = json.dumps(values, ensure_ascii=False)
    else:
        form["Body"] = sending.body or ""
    if sending.validity is not None:
        seconds = int(sending.validity.total_seconds())
        form["ValidityPeriod"] = str(min(max(seconds, 1), LONGEST_VALIDITY_SECONDS))
    return form


def outcome(status: int, text: str) -> Accepted | Refused | AnswerLost:
    """Says what an answer of Twilio means. The HTTP status decides; a 5xx may come after the message was taken."""
    answer = _object(text)
    if 200 <= status < 300:
        sid = answer.get("sid")
        return Accepted(sid) if isinstance(sid, str) and sid else AnswerLost("accepted, but the answer is malformed")
    if not 400 <= status < 500:
        return AnswerLost(f"HTTP {status}")
    code = answer.get("code")
    code = code if isinstance(code, int) else status
    # Twilio's own text is left out: it quotes the number.
    return Refused(
        code,
        f"HTTP {status}, Twilio error {code}",
        retry=status == 429 or code in RETRY_LATER,
        provider_fault=code not in RECIPIENT_FAULTS,
    )


def _broken(error: Exception) -> Refused | AnswerLost:
    """Says what a request means that was not answered. Only a connection that never stood has surely carried nothing."""
    import requests
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    never_stood = isinstance(error, requests.ConnectTimeout) or isinstance(
        reason, NewConnectionError | ConnectTimeoutError
    )
    kind = type(error).__name__
    if never_stood:
        return Refused(0, f"not reached: {kind}", retry=True, provider_fault=True)
    return AnswerLost(kind)


def silent_logger() -> logging.Logger:
    """A logger that writes nothing, for the SDK: it logs URLs, and with them people's numbers."""
    logger = logging.getLogger(f"{__name__}.http")
    logger.disabled = True
    return logger


def _prefixed(channel: Channel, address: str) -> str:
    return f"whatsapp:{address}" if channel == "whatsapp" else address


def _object(text: str) -> dict[str, Any]:
    try:
        parsed: Any = json.loads(text)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
