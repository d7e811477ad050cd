"""Twilio POST /webhooks/twilio/incoming -> receive_message -> the message stored where it is worked on."""

import functions_framework
from flask import Request, Response

from functions.receive_message import store_message
from shared.adapters import clock, firestore, settings, twilio
from shared.adapters.handling import Answered, on_request
from shared.records.invalid import InvalidEvent


@functions_framework.http
@on_request
def receive_message(request: Request) -> Answered:
    form = twilio.form(request)
    if form is None:
        return Answered(Response(status=403), "not signed", refused=True)
    taken, event_id = Response(twilio.EMPTY_TWIML, mimetype="text/xml"), form.get("MessageSid")
    # What is signed but no message we could ever answer is not worth a retry: it would bring the same.
    try:
        outcome = store_message.receive_message(
            twilio.inbound_message(form),
            store=firestore.store(),
            clock=clock.clock(),
            deployment=settings.deployment(),
        )
    except InvalidEvent as invalid:
        return Answered(taken, "InvalidEvent", refused=True, reason=str(invalid), event_id=event_id)
    return Answered(taken, outcome, event_id=event_id)
