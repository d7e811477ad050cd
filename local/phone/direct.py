"""Sending to a phone in the same process: what the SDK and the wire would carry, without them."""

import json

from local.phone.core import Phone
from shared.adapters.twilio import message_form, outcome
from shared.ports import Accepted, AnswerLost, Refused, Sending


class DirectMessenger:
    def __init__(self, phone: Phone, public_base_url: str) -> None:
        self._phone = phone
        self._public_base_url = public_base_url

    def send(self, sending: Sending) -> Accepted | Refused | AnswerLost:
        status, payload = self._phone.create_message(message_form(sending, self._public_base_url))
        return outcome(status, json.dumps(payload)) if status else AnswerLost("the connection broke")
