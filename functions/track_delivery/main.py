"""Twilio POST /webhooks/twilio/status -> track_delivery -> the message's delivery state, only forward."""

import functions_framework
from flask import Request, Response

from shared.adapters import clock, firestore, log, settings, twilio
from shared.use_cases import track_delivery as use_case


@functions_framework.http
def track_delivery(request: Request) -> Response:
    form = twilio.form(request)
    if form is None:
        log.answered("track_delivery", "not signed", "WARNING")
        return Response(status=403)
    report = twilio.delivery_report(form, request.args)
    if report is not None:
        outcome = use_case.track_delivery(
            report,
            account_sid=form["AccountSid"],
            store=firestore.store(),
            clock=clock.clock(),
            signing_key=settings.deployment().signing_key,
        )
        log.answered("track_delivery", outcome, "WARNING" if outcome == "unknown message" else "INFO")
    return Response(status=204)
