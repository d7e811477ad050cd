"""Twilio POST /webhooks/twilio/incoming -> receive_message -> the message stored, then its effect."""

import functions_framework
from flask import Request, Response

from shared.adapters import clock, firestore, log, settings, twilio
from shared.domain.invalid import InvalidEvent
from shared.use_cases import receive_message as use_case


@functions_framework.http
def receive_message(request: Request) -> Response:
    form = twilio.form(request)
    if form is None:
        log.answered("receive_message", "not signed", "WARNING")
        return Response(status=403)
    # What is signed but no message we could ever answer is not worth a retry: it would bring the same.
    try:
        outcome = use_case.receive_message(
            twilio.inbound_message(form),
            store=firestore.store(),
            clock=clock.clock(),
            deployment=settings.deployment(),
        )
    except InvalidEvent as invalid:
        log.answered("receive_message", "InvalidEvent", "WARNING", reason=str(invalid))
    else:
        log.answered("receive_message", outcome)
    return Response(twilio.EMPTY_TWIML, mimetype="text/xml")
