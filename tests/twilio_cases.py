"""Twilio's published signatures and webhooks, and an account to send from."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.adapters import settings
from shared.ports import Deployment, Sending

FIXTURES = Path(__file__).parent / "fixtures"
ACCOUNT_SID = "AC" + "0" * 31 + "1"
AUTH_TOKEN = "0123456789abcdef0123456789abcdef"
BASE_URL = "https://app.example.com"
WHATSAPP_NUMBER, SMS_NUMBER, ANA = "+14155238886", "+15005550006", "+34600000001"
TEMPLATE = "HX" + "a" * 32


@dataclass(frozen=True)
class Webhook:
    name: str
    method: str
    url: str
    signature: str
    fields: dict[str, str]

    @property
    def target(self) -> str:
        """Path and query."""
        return self.url.removeprefix(BASE_URL)


def signatures() -> list[dict[str, Any]]:
    vectors: list[dict[str, Any]] = json.loads((FIXTURES / "twilio_signatures.json").read_text())["vectors"]
    return vectors


def webhooks() -> dict[str, Webhook]:
    samples = json.loads((FIXTURES / "twilio_webhooks.json").read_text())["samples"]
    return {
        name: Webhook(name, sample["method"], sample["url"], sample["signature"], sample["fields"])
        for name, sample in samples.items()
    }


def our_account(monkeypatch: pytest.MonkeyPatch, public_base_url: str = BASE_URL) -> None:
    deployment = Deployment(public_base_url=public_base_url, signing_key=b"k")
    monkeypatch.setattr(settings, "deployment", lambda: deployment)
    monkeypatch.setattr(settings, "twilio_auth_token", lambda sid: AUTH_TOKEN if sid == ACCOUNT_SID else None)


def offer(to: str = ANA, **changes: Any) -> Sending:
    """A template to a WhatsApp user."""
    fields: dict[str, Any] = {
        "channel": "whatsapp",
        "account_sid": ACCOUNT_SID,
        "sender": WHATSAPP_NUMBER,
        "to": to,
        "reference": "s1/outreach/o1",
        "content_sid": TEMPLATE,
        "variables": {"1": "Ana", "2": "accept-token", "3": "decline-token"},
        "validity": timedelta(minutes=30),
    }
    return Sending(**fields | changes)


def text(to: str = ANA, **changes: Any) -> Sending:
    """An SMS."""
    plain = {"channel": "sms", "sender": SMS_NUMBER, "content_sid": None, "variables": {}, "body": "Reply BOOK or SKIP"}
    return offer(to, **plain | changes)
