"""Twilio POST /webhooks/twilio/status -> track_delivery -> the message's delivery state, only forward."""

import functions_framework
from flask import Request, Response

from functions.track_delivery import track_report
from shared.adapters import clock, firestore, settings, twilio
from shared.adapters.handling import Answered, on_request


@functions_framework.http
@on_request
def track_delivery(request: Request) -> Answered:
    form = twilio.form(request)
    if form is None:
        return Answered(Response(status=403), "not signed", refused=True)
    taken, event_id = Response(status=204), form.get("MessageSid")
    report = twilio.delivery_report(form, request.args)
    if report is None:
        return Answered(taken, "no report", event_id=event_id)
    outcome = track_report.track_delivery(
        report,
        account_sid=form["AccountSid"],
        store=firestore.store(),
        clock=clock.clock(),
        signing_key=settings.deployment().signing_key,
    )
    return Answered(taken, outcome, refused=outcome == "unknown message", event_id=event_id)
