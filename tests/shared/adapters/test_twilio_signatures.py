"""What Twilio signed is believed, everything else is not, and nothing raises."""

import hashlib
from typing import Any

import pytest

from shared.adapters.twilio import authentic
from tests.twilio_cases import AUTH_TOKEN, Webhook, signatures, webhooks

STATUS = webhooks()["status_sms_sent"]


def algorithm_header(algorithm: str | None) -> str | None:
    return f"key=webhooks_sharedkey_1,algorithm={algorithm}" if algorithm else None


def is_authentic(webhook: Webhook, **changes: Any) -> bool:
    given: dict[str, Any] = {
        "url": webhook.url,
        "pairs": list(webhook.fields.items()),
        "signature": webhook.signature,
        "auth_token": AUTH_TOKEN,
    }
    return authentic(**given | changes)


@pytest.mark.parametrize("vector", signatures(), ids=lambda vector: vector["id"])
def test_each_published_signature_is_judged_as_published(vector: dict[str, Any]) -> None:
    judged = authentic(
        url=vector["url"],
        pairs=[(name, value) for name, value in vector["fields"]],
        signature=vector["signature"],
        algorithm_header=algorithm_header(vector["algorithm"]),
        auth_token=vector["token"],
        json_body=vector["json_body"],
    )
    assert judged is vector["authentic"]


def test_all_the_kinds_of_signatures_are_among_the_vectors() -> None:
    assert len(signatures()) == 18
    assert sum(not vector["authentic"] for vector in signatures()) == 3


@pytest.mark.parametrize("webhook", webhooks().values(), ids=lambda webhook: webhook.name)
def test_each_sample_is_authentic_and_no_longer_when_a_field_is_changed(webhook: Webhook) -> None:
    changed = {**webhook.fields, "From": "+15550000000"}
    assert is_authentic(webhook)
    assert not is_authentic(webhook, pairs=list(changed.items()))


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": ""},
        {"signature": "ñ"},
        {"auth_token": ""},
        {"auth_token": "another"},
        {"url": "http://app.example.com/webhooks/twilio/status?mid=42"},
        {"url": "https://app.example.com/webhooks/twilio/status?mid=43"},
        {"url": "https://app.example.com:port/webhooks"},
        {"url": "\ud800"},
        {"pairs": []},
        {"pairs": [("MessageSid", "\ud800")]},
        {"json_body": "{}"},
        {"algorithm_header": "key=x,algorithm=HMAC_MD5"},
        {"algorithm_header": "key=x,algorithm=HMAC_SHA256"},
    ],
    ids=repr,
)
def test_what_cannot_be_checked_is_not_authentic(changes: dict[str, Any]) -> None:
    assert is_authentic(STATUS, **changes) is False


def test_a_json_body_is_believed_only_with_its_own_hash() -> None:
    vector = next(vector for vector in signatures() if vector["id"] == "pub-json-body")
    given = {"url": vector["url"], "pairs": [], "signature": vector["signature"], "auth_token": vector["token"]}
    assert hashlib.sha256(vector["json_body"].encode()).hexdigest() in vector["url"]
    assert authentic(**given, json_body=vector["json_body"])
    assert not authentic(**given, json_body='{"property": "other"}')
