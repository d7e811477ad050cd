"""POST /floor/incoming -> the signature checked, one document committed, an answer: no webhook can do less."""

import os
from functools import cache
from typing import Any

import functions_framework
from flask import Request, Response
from google.cloud import firestore
from twilio.request_validator import RequestValidator


@cache
def client() -> Any:
    return firestore.Client(project=os.environ["GOOGLE_CLOUD_PROJECT"])


@functions_framework.http
def take_webhook(request: Request) -> Response:
    url = os.environ["PUBLIC_BASE_URL"] + request.path
    signature = request.headers.get("X-Twilio-Signature", "")
    if not RequestValidator(os.environ["TWILIO_AUTH_TOKEN"]).validate(url, request.form, signature):
        return Response(status=403)
    client().document(f"floor/{request.form['MessageSid']}").create(request.form.to_dict())
    return Response("<Response />", mimetype="text/xml")
