"""The phone's messages and templates as Twilio's API shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal

from local.phone.templates import Button, Template

API_VERSION = "2010-04-01"
CONTENT_API = "https://content.twilio.com/v1/Content"

Answer = tuple[int, dict[str, Any]]
"""HTTP status and JSON. Status 0 is no answer at all: the connection breaks."""


@dataclass
class Message:
    """Addresses are as Twilio gives them, `whatsapp:` included."""

    sid: str
    account_sid: str
    direction: Literal["outbound-api", "inbound"]
    sender: str
    to: str
    body: str
    status: str
    created_at: datetime
    updated_at: datetime
    content_sid: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)
    callback: str | None = None
    sent_at: datetime | None = None
    error_code: int | None = None
    answers: str | None = None
    """The SID of the message a button of which was tapped, or that was swiped."""

    @property
    def on_whatsapp(self) -> bool:
        return self.sender.startswith("whatsapp:")

    @property
    def person(self) -> str:
        return self.sender if self.direction == "inbound" else self.to

    @property
    def business(self) -> str:
        return self.to if self.direction == "inbound" else self.sender


def bare(address: str) -> str:
    return address.removeprefix("whatsapp:")


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def error(code: int, text: str, status: int = 400) -> Answer:
    return status, {
        "code": code,
        "message": text,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def message_resource(message: Message) -> dict[str, Any]:
    uri = f"/{API_VERSION}/Accounts/{message.account_sid}/Messages/{message.sid}"
    return {
        "account_sid": message.account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": _rfc_2822(message.created_at),
        "date_sent": _rfc_2822(message.sent_at) if message.sent_at else None,
        "date_updated": _rfc_2822(message.updated_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": None,
        "from": message.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def message_list(messages: list[Message], target: str, page_size: int) -> dict[str, Any]:
    page = messages[:page_size]
    return {
        "messages": [message_resource(message) for message in page],
        "start": 0,
        "end": max(len(page) - 1, 0),
        "page": 0,
        "page_size": page_size,
        "uri": target,
        "first_page_uri": target,
        "next_page_uri": None,
        "previous_page_uri": None,
    }


def content_resource(template: Template, account_sid: str) -> dict[str, Any]:
    url = f"{CONTENT_API}/{template.sid}"
    created = template.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "sid": template.sid,
        "account_sid": account_sid,
        "friendly_name": template.name,
        "language": template.language,
        "variables": template.variables,
        "types": template.types,
        "date_created": created,
        "date_updated": created,
        "url": url,
        "links": {
            "approval_create": f"{url}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{url}/ApprovalRequests",
        },
    }


def approval_resource(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "category": template.category,
        "content_type": next(iter(template.types)),
        "status": "approved" if template.approved else "unsubmitted",
        "rejection_reason": "",
        "allow_category_change": True,
    }


def shown(message: Message) -> dict[str, Any]:
    """A message of ours as a person sees it."""
    return {
        "sid": message.sid,
        "to": message.to,
        "from": message.sender,
        "body": message.body,
        "content_sid": message.content_sid,
        "content_variables": message.variables,
        "buttons": [{"title": button.title, "payload": button.payload} for button in message.buttons],
        "status": message.status,
        "error_code": message.error_code,
        "created_at": instant(message.created_at),
    }


def inbound_fields(message: Message, *, profile_name: str, button: Button | None) -> list[tuple[str, str]]:
    """The webhook of a message from a person, in the fields and the order of Twilio's."""
    common = [
        ("SmsMessageSid", message.sid),
        ("NumMedia", "0"),
        ("SmsSid", message.sid),
        ("SmsStatus", "received"),
        ("Body", message.body),
        ("To", message.to),
        ("NumSegments", "1"),
        ("MessageSid", message.sid),
        ("AccountSid", message.account_sid),
        ("From", message.sender),
        ("ApiVersion", API_VERSION),
    ]
    if not message.on_whatsapp:
        places = ("City", "State", "Zip", "Country")
        return [*((f"{side}{place}", "") for side in ("To", "From") for place in places), *common]
    number = bare(message.sender)
    fields = [("ProfileName", profile_name), ("MessageType", "button" if button else "text"), ("ReferralNumMedia", "0")]
    fields += [("WaId", number[1:])] if number.startswith("+") else [("ExternalUserId", message.sender)]
    fields += common
    if button:
        fields += [("ButtonText", button.title), ("ButtonPayload", button.payload)]
    if message.answers:
        fields += [("OriginalRepliedMessageSid", message.answers), ("OriginalRepliedMessageSender", message.to)]
    return fields


def status_fields(message: Message, status: str, code: int | None) -> list[tuple[str, str]]:
    """The webhook of a message of ours that moved on."""
    fields = [
        ("SmsSid", message.sid),
        ("SmsStatus", status),
        ("MessageStatus", status),
        ("To", message.to),
        ("MessageSid", message.sid),
        ("AccountSid", message.account_sid),
        ("From", message.sender),
        ("ApiVersion", API_VERSION),
    ]
    if message.on_whatsapp:
        fields += [
            ("ChannelPrefix", "whatsapp"),
            ("ChannelToAddress", bare(message.to)),
            ("ChannelInstallSid", "XE" + "0" * 32),
            ("StructuredMessage", "false"),
        ]
        fields += [("EventType", status.upper())] if status in ("delivered", "read") else []
    if code is not None:
        fields += [("ErrorCode", str(code))]
        fields += [("ChannelStatusMessage", "simulated")] if message.on_whatsapp else []
    return fields


def listed(messages: list[Message], query: Mapping[str, Any]) -> list[Message]:
    """Newest first, as Twilio lists them."""
    found = [
        message
        for message in messages
        if query.get("To") in (None, message.to) and query.get("From") in (None, message.sender)
    ]
    return sorted(found, key=lambda message: message.created_at, reverse=True)


def _rfc_2822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC)).replace("GMT", "+0000")
