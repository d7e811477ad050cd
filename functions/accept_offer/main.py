"""The customer GET /o/{token} -> the slot on a page; POST -> accept_offer -> booking, a kind no, or the end of all offers."""

import functions_framework
from flask import Request, Response

from functions.accept_offer import answer_offer
from shared.adapters import clock, firestore, settings
from shared.adapters.handling import Answered, on_request
from shared.pages.page import headers


@functions_framework.http
@on_request
def accept_offer(request: Request) -> Answered:
    token = request.path.rstrip("/").rsplit("/", 1)[-1]
    store, deployment = firestore.store(), settings.deployment()
    answer = answer_offer.ANSWERS.get(request.form.get("answer", "")) if request.method == "POST" else None
    if request.method not in ("GET", "HEAD", "POST"):
        return Answered(Response(status=405, headers=headers()), "no such method", refused=True)
    if answer is not None:
        page = answer_offer.answer_offer(token, answer, store=store, clock=clock.clock(), deployment=deployment)
    elif request.method == "POST":
        expected = "expected answer=accept, answer=decline or answer=stop"
        return Answered(Response(expected, status=400, headers=headers()), "no answer", refused=True)
    else:
        page = answer_offer.show_offer(token, store=store, clock=clock.clock(), deployment=deployment)
    shown = Response(page.html, status=page.status, mimetype="text/html", headers=headers())
    return Answered(shown, page.state, refused=page.state == "unknown", salon_id=page.salon_id)
