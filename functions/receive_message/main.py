"""Twilio POST /webhooks/twilio/incoming -> receive_message -> the message stored, then its effect."""

from contextlib import suppress

import functions_framework
from flask import Request, Response

from shared.adapters import clock, firestore, settings, twilio
from shared.domain.invalid import InvalidEvent
from shared.use_cases import receive_message as use_case


@functions_framework.http
def receive_message(request: Request) -> Response:
    form = twilio.form(request)
    if form is None:
        return Response(status=403)
    # What is signed but no message we could ever answer is not worth a retry: it would bring the same.
    with suppress(InvalidEvent):
        use_case.receive_message(
            twilio.inbound_message(form),
            store=firestore.store(),
            clock=clock.clock(),
            deployment=settings.deployment(),
        )
    return Response(twilio.EMPTY_TWIML, mimetype="text/xml")
