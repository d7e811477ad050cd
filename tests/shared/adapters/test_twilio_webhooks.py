"""A webhook as the door sees it: the raw request decides, and what is not proven is nothing."""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, Request, request
from twilio.request_validator import RequestValidator

from shared.adapters import settings
from shared.adapters.twilio import LARGEST_BODY, form
from tests.twilio_cases import Webhook, our_account, signatures, webhooks

WEBHOOKS = webhooks()
TEXT = WEBHOOKS["incoming_whatsapp_text"]
FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    our_account(monkeypatch)


def received(webhook: Webhook, **changes: Any) -> Mapping[str, str] | None:
    """What the door gets out of it. Behind a proxy: the host and scheme the server sees are not the signed ones."""
    given: dict[str, Any] = {
        "path": webhook.target,
        "method": webhook.method,
        "base_url": "http://inner-host:8080",
        "data": urlencode(webhook.fields),
        "content_type": FORM,
        "headers": {"X-Twilio-Signature": webhook.signature},
    }
    with Flask("doors").test_request_context(**given | changes):
        seen: Request = request
        return form(seen)


@pytest.mark.parametrize("webhook", WEBHOOKS.values(), ids=lambda webhook: webhook.name)
def test_each_sample_is_believed_with_all_its_fields(webhook: Webhook) -> None:
    assert received(webhook) == webhook.fields


def test_a_get_is_never_believed_whoever_signed_it() -> None:
    vector = next(vector for vector in signatures() if vector["id"] == "own-get")
    url = vector["url"] + "&AccountSid=AC" + "0" * 31 + "1"
    call = Webhook("voice", "GET", url, RequestValidator(vector["token"]).compute_signature(url, {}), {})
    assert received(call, data=None, content_type=None) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {}},
        {"headers": {"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}},
        {"path": "/webhooks/twilio/status"},
        {"path": TEXT.target + "?mid=1"},
        {"path": TEXT.target + "/"},
        {"method": "PUT"},
        {"method": "GET"},
        {"data": ""},
        {"data": urlencode({**TEXT.fields, "AccountSid": "AC" + "9" * 32})},
        {"data": urlencode({**TEXT.fields, "Body": "BOOK"})},
        {"data": urlencode({name: value for name, value in TEXT.fields.items() if name != "AccountSid"})},
        {"data": b"Body=%ff&AccountSid=AC"},
        {"data": b"\xff\xfe"},
        {"data": "&".join(f"a{number}=1" for number in range(2000))},
        {"content_type": "application/json"},
        {"content_type": "multipart/form-data"},
        {"data": b"a=" + b"x" * LARGEST_BODY},
    ],
    ids=lambda changes: repr(changes)[:60],
)
def test_anything_else_is_nothing(changes: dict[str, Any]) -> None:
    assert received(TEXT, **changes) is None


def test_an_account_whose_token_is_missing_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "twilio_auth_token", lambda sid: None)
    assert received(TEXT) is None


def test_a_forwarded_host_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    our_account(monkeypatch, public_base_url="https://other.example.com")
    headers = {"X-Twilio-Signature": TEXT.signature, "X-Forwarded-Host": "app.example.com", "Host": "app.example.com"}
    assert received(TEXT, headers=headers) is None


def test_nothing_of_a_refused_webhook_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"X-Twilio-Signature": "x", "X-Twilio-Webhooks-Signature-Settings": "key=a,algorithm=+34600000001"}
    assert received(TEXT, headers=headers) is None
    assert caplog.text == ""
