"""Twilio POST /webhooks/twilio/status -> track_delivery -> the message's delivery state, only forward."""

import functions_framework
from flask import Request, Response

from shared.adapters import clock, firestore, settings, twilio
from shared.use_cases import track_delivery as use_case


@functions_framework.http
def track_delivery(request: Request) -> Response:
    form = twilio.form(request)
    if form is None:
        return Response(status=403)
    report = twilio.delivery_report(form, request.args)
    if report is not None:
        use_case.track_delivery(
            report, store=firestore.store(), clock=clock.clock(), signing_key=settings.deployment().signing_key
        )
    return Response(status=204)
