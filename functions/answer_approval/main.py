"""The owner GET /a/{token} -> what waits for an answer; POST -> answer_approval -> the approval has its answer."""

import functions_framework
from flask import Request, Response

from functions.answer_approval import answer_link
from shared.adapters import clock, firestore, settings
from shared.adapters.handling import Answered, on_request
from shared.pages.page import headers


@functions_framework.http
@on_request
def answer_approval(request: Request) -> Answered:
    token = request.path.rstrip("/").rsplit("/", 1)[-1]
    store, now, deployment = firestore.store(), clock.clock(), settings.deployment()
    if request.method in ("GET", "HEAD"):
        page = answer_link.show_approval(token, store=store, clock=now, deployment=deployment)
    elif request.method != "POST":
        return Answered(Response(status=405, headers=headers()), "no such method", refused=True)
    else:
        answer, approval_id = request.form.get("answer"), request.form.get("approval", "")
        if answer not in ("approve", "reject"):
            expected = "expected answer=approve or answer=reject"
            return Answered(Response(expected, status=400, headers=headers()), "no answer", refused=True)
        page = answer_link.answer_approval(
            token,
            approval_id,
            "approve" if answer == "approve" else "reject",
            store=store,
            clock=now,
            deployment=deployment,
        )
    shown = Response(page.html, status=page.status, mimetype="text/html", headers=headers())
    unknown = page.status == 404
    return Answered(shown, "unknown" if unknown else "shown", refused=unknown, salon_id=page.salon_id)
