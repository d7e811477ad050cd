"""The public doors, served as in the cloud, by functions-framework, so that what is refused there is refused here; and a salon
in the middle of a campaign behind them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import functions_framework
from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from local.functions import load
from local.in_process import AUTH_TOKEN, Suite
from shared.adapters import twilio
from shared.messaging.message import message_path
from shared.messaging.tokens import ApprovalToken, OfferToken, binding, sign, sign_approval
from shared.values.identity import address_key
from tests.stories.approvals import approval, ask
from tests.stories.salon import OWNER, SALON, cancel, offers, outreach_of, phone, salon, write

PUBLIC = ("receive_message", "track_delivery", "accept_offer", "answer_approval")
SERVED: dict[str, Flask] = {
    function.name: functions_framework.create_app(function.name, str(function.source), function.signature)
    for function in load()
    if function.name in PUBLIC
}
PATHS = {"receive_message": twilio.INCOMING_PATH, "track_delivery": twilio.STATUS_PATH}
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Knock:
    method: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Open:
    """A salon in the middle of a campaign, with a question for its owner; `offer` and `approval` are the tokens of links
    to them, `references` what delivery reports may name, honest and not."""

    suite: Suite
    offer: str
    approval: str
    question: str
    payloads: tuple[str, ...]
    references: tuple[str, ...]

    def knock(self, door: str, path: str, knock: Knock) -> TestResponse:
        return (
            SERVED[door]
            .test_client()
            .open(
                path,
                method=knock.method,
                data=knock.body,
                headers=knock.headers,
                base_url=self.suite.deployment.public_base_url,
            )
        )

    def signed(self, door: str, fields: dict[str, str], query: str = "") -> TestResponse:
        path = PATHS[door] + query
        url = self.suite.deployment.public_base_url + path
        signature = RequestValidator(AUTH_TOKEN).compute_signature(url, fields)
        headers = {"Content-Type": FORM, "X-Twilio-Signature": signature}
        return self.knock(door, path, Knock("POST", urlencode(fields).encode(), headers))


@contextmanager
def campaign() -> Iterator[Open]:
    with salon(waiting=1) as suite:
        write(suite, "Is Mia in today?", sender=phone(1), sid="SMasked")
        cancel(suite)
        question = approval(suite, ask(suite))
        key = suite.deployment.signing_key
        offer = OfferToken(SALON, outreach_of(suite, "c0")["id"], "link")
        action, owner = binding(question["action_hash"]), binding(address_key(key, "whatsapp", OWNER))
        said = message_path(address_key(key, "whatsapp", phone(1)), "SMasked")
        yield Open(
            suite,
            sign(key, offer),
            sign_approval(key, ApprovalToken(SALON, question["id"], "link", action, owner)),
            question["id"],
            tuple(button.payload for message in suite.outbox.messages for button in message.buttons),
            (*(message.sending.reference for message in offers(suite)), f"{SALON}/{said}", f"{SALON}/outreach/none"),
        )
