"""Twilio's webhooks: whether it signed them, and what they say in the words of this suite."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import parse_qsl

from shared.adapters import settings
from shared.messaging.inbound import Channel, DeliveryReport, InboundMessage
from shared.records.invalid import InvalidEvent

if TYPE_CHECKING:
    from flask import Request

INCOMING_PATH = "/webhooks/twilio/incoming"
STATUS_PATH = "/webhooks/twilio/status"
WEBHOOK_RETRIES = "#rc=3&rp=all"
"""Goes after every webhook URL: without it Twilio tries again only when it could not connect, and a cold start that
takes too long loses a customer's yes. The fragment is not part of what Twilio signs."""

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response />'
OPT_OUTS: dict[str, Literal["STOP", "START", "HELP"]] = {"STOP": "STOP", "START": "START", "HELP": "HELP"}


def form(request: "Request") -> Mapping[str, str] | None:
    """The fields of a webhook that Twilio signed for an account of ours. None for everything else: the door then answers 403
    and does nothing. So it does for a GET, whoever signed it: looking changes nothing."""
    pairs = _body(request) if request.method == "POST" else None
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
        pairs=pairs,
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
    """Whether Twilio signed this with this token. `pairs` are the decoded form fields as they came, blank and repeated ones
    included; a JSON body is signed by its hash in the URL instead. Never raises: what cannot be checked is not
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
    """The message that a webhook brings. Twilio adds and drops fields without notice, so only who wrote to whom, and under
    which SID, must be there."""
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
        recipient=to.rpartition(":")[2],
        body=form.get("Body", ""),
        # Each button of ours has a payload, and a list is never ours: what else was pressed is somebody else's.
        button_payload=form.get("ButtonPayload") or form.get("ListId") or form.get("ButtonText") or None,
        replied_to_sid=form.get("OriginalRepliedMessageSid") or None,
        media_count=_number(form.get("NumMedia")) or 0,
        user_id=form["ExternalUserId"].removeprefix("whatsapp:")
        if form.get("From") and form.get("ExternalUserId")
        else None,
        opt_out=OPT_OUTS.get(form.get("OptOutType", "").upper()),
    )


def delivery_report(form: Mapping[str, str], query: Mapping[str, str]) -> DeliveryReport | None:
    """The report that a webhook brings, or None for what is no report about a message, such as a call's."""
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
    if not colon or prefix == "rcs":
        # RCS is SMS to whoever uses it: the same number, and one opt-out for both.
        return "sms", bare
    if prefix != "whatsapp":
        raise InvalidEvent(
            f"expected message {message_sid} to come by {' or '.join(get_args(Channel))}, found {prefix!r}"
        )
    return "whatsapp", bare


def _number(text: str | None) -> int | None:
    # Longer than any code or count, and what is much longer can be neither read as a number nor stored as one.
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 9 else None
