"""Twilio's names, once: messages on their way out, and what its webhooks bring in.

A webhook door never pays for the API client: `twilio.rest` and `requests` are imported when something is sent.
The local cloud replaces `messenger` by one whose HTTP client can reach nothing but the phone on this machine; what is
deployed knows no switch that would send messages elsewhere.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from shared.adapters import settings
from shared.messaging.inbound import Channel, DeliveryReport, InboundMessage
from shared.ports import Accepted, AnswerLost, Messenger, Refused, Sending
from shared.records.invalid import InvalidEvent

if TYPE_CHECKING:
    from flask import Request

API = "https://api.twilio.com"
TIMEOUT_SECONDS = 10.0
LONGEST_VALIDITY_SECONDS = 36_000
INCOMING_PATH = "/webhooks/twilio/incoming"
STATUS_PATH = "/webhooks/twilio/status"
WEBHOOK_RETRIES = "#rc=3&rp=all"
"""Goes after every webhook URL: without it Twilio tries again only when it could not connect, and a cold start that
takes too long loses a customer's yes. The fragment is not part of what Twilio signs."""

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response />'

RECIPIENT_FAULTS = frozenset(
    {
        21211, 21214, 21217, 21265, 21610, 21614, 21635,  # no such number, opted out, a landline
        30003, 30004, 30005, 30006, 30008,  # switched off, blocked, unknown, a landline, the carrier's secret
        63003, 63013, 63014, 63024, 63032, 63033, 63049,  # not on WhatsApp, blocked us, Meta chose not to deliver
    }
)  # fmt: skip
"""Codes of which neither we nor Twilio are the cause. Twilio changes its codes: they may say who is to blame, never
whether something was sent."""

OPT_OUTS: dict[str, Literal["STOP", "START", "HELP"]] = {"STOP": "STOP", "START": "START", "HELP": "HELP"}

RETRY_LATER = frozenset({20429, 21611})
"""Throttled, or the sender's queue is full, whatever the HTTP status."""


@cache
def messenger() -> Messenger:
    from twilio.http.http_client import TwilioHttpClient

    return TwilioMessenger(lambda: TwilioHttpClient(timeout=TIMEOUT_SECONDS, logger=silent_logger()))


class TwilioMessenger:
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
    """The form Twilio is sent. Our reference is part of the callback's URL, which Twilio signs: so a report says which
    message it is about also when the answer to the request was lost."""
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
    """What an answer means. The HTTP status decides; a 5xx may come after the message was taken."""
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
    """Only a connection that never stood is sure to have carried nothing."""
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
    """The SDK logs URLs, and with them people's numbers."""
    logger = logging.getLogger("shared.adapters.twilio.http")
    logger.disabled = True
    return logger


def form(request: "Request") -> Mapping[str, str] | None:
    """The fields of a webhook that Twilio signed for an account of ours; of a GET those of its query. None is for
    everything else, and the door then answers 403 and does nothing."""
    if request.method == "POST":
        pairs = _body(request)
    elif request.method == "GET":
        pairs = _pairs(request.query_string)
    else:
        pairs = None
    if pairs is None:
        return None
    fields = dict(pairs)
    # The account may choose the token although nothing is proven yet: only who knows that token can sign with it.
    token = settings.twilio_auth_token(fields.get("AccountSid", ""))
    # What the server saw is not what Twilio signed: in front of it TLS ends and the host changes.
    query = request.query_string.decode("latin-1")
    url = settings.deployment().public_base_url + request.path + (f"?{query}" if query else "")
    signed = authentic(
        url=url,
        pairs=pairs if request.method == "POST" else [],
        signature=request.headers.get("X-Twilio-Signature", ""),
        algorithm_header=request.headers.get("X-Twilio-Webhooks-Signature-Settings"),
        auth_token=token or "",
    )
    return fields if signed else None


LARGEST_BODY = 1_000_000
MOST_FIELDS = 1_000


def _body(request: "Request") -> list[tuple[str, str]] | None:
    if request.mimetype != "application/x-www-form-urlencoded" or (request.content_length or 0) > LARGEST_BODY:
        return None
    # Raw: what Flask has parsed is no longer what was signed.
    body = request.get_data()
    return _pairs(body) if len(body) <= LARGEST_BODY else None


def _pairs(encoded: bytes) -> list[tuple[str, str]] | None:
    try:
        return parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        return None


def authentic(
    *,
    url: str,
    pairs: list[tuple[str, str]],
    signature: str,
    algorithm_header: str | None = None,
    auth_token: str,
    json_body: str | None = None,
) -> bool:
    """Whether Twilio signed this, with this token. `pairs` are the decoded form fields as they came, blank and repeated
    ones included; a JSON body is signed by its hash in the URL instead. Never raises: what cannot be checked is not
    authentic."""
    if not signature or not auth_token:
        return False

    from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator, get_signature_algorithm

    try:
        algorithm = get_signature_algorithm(algorithm_header)
        if algorithm not in (HMAC_SHA1, HMAC_SHA256):
            return False
        signed = _Fields(pairs) if json_body is None else json_body
        return bool(RequestValidator(auth_token).validate(url, signed, signature, algorithm))
    except Exception:
        return False


class _Fields:
    """A form as Twilio's validator wants it, without losing repeated fields."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def getall(self, name: str) -> list[str]:
        return [value for each, value in self._pairs if each == name]


def inbound_message(form: Mapping[str, str]) -> InboundMessage:
    """Twilio adds and drops fields without notice: only who wrote to whom, and under which SID, must be there."""
    message_sid, to = _required(form, "MessageSid"), _required(form, "To")
    if not (message_sid.isascii() and message_sid.isalnum()):
        # It becomes the name of a document.
        raise InvalidEvent(f"expected a MessageSid of letters and digits, found {message_sid[:100]!r}")
    sender = form.get("From") or form.get("ExternalUserId") or _required(form, "From")
    channel, sender = _channel_and_bare(sender, message_sid)
    return InboundMessage(
        message_sid=message_sid,
        account_sid=form.get("AccountSid", ""),
        channel=channel,
        sender=sender,
        recipient=to.removeprefix("whatsapp:"),
        body=form.get("Body", ""),
        button_payload=form.get("ButtonPayload") or None,
        replied_to_sid=form.get("OriginalRepliedMessageSid") or None,
        media_count=_number(form.get("NumMedia")) or 0,
        opt_out=OPT_OUTS.get(form.get("OptOutType", "").upper()),
        forwarded="true" in (form.get("Forwarded"), form.get("FrequentlyForwarded")),
    )


def delivery_report(form: Mapping[str, str], query: Mapping[str, str]) -> DeliveryReport | None:
    """None for what is no report about a message, such as a call's."""
    message_sid = form.get("MessageSid") or form.get("SmsSid")
    status = form.get("MessageStatus") or form.get("SmsStatus")
    if not message_sid or not status:
        return None
    return DeliveryReport(message_sid, status, _number(form.get("ErrorCode")), query.get("mid") or None)


def _required(form: Mapping[str, str], name: str) -> str:
    value = form.get(name)
    if not value:
        sid = form.get("MessageSid", "without a SID")
        raise InvalidEvent(f"expected {name} in the webhook of message {sid}, found {sorted(form)}")
    return value


def _channel_and_bare(address: str, message_sid: str) -> tuple[Channel, str]:
    prefix, colon, bare = address.rpartition(":")
    if not colon:
        return "sms", address
    if prefix != "whatsapp":
        raise InvalidEvent(
            f"expected message {message_sid} to come by {' or '.join(get_args(Channel))}, found {prefix!r}"
        )
    return "whatsapp", bare


def _prefixed(channel: Channel, address: str) -> str:
    return f"whatsapp:{address}" if channel == "whatsapp" else address


def _number(text: str | None) -> int | None:
    # Longer than any code or count, and what is much longer can be neither read as a number nor stored as one.
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 9 else None


def _object(text: str) -> dict[str, Any]:
    try:
        parsed: Any = json.loads(text)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
