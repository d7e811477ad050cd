"""The owner GET /a/{token} -> what waits for an answer; POST -> answer_approval -> the approval has its answer."""

import functions_framework
from flask import Request, Response

from shared.adapters import clock, firestore, log, settings
from shared.use_cases import answer_approval as use_case


@functions_framework.http
def answer_approval(request: Request) -> Response:
    token = request.path.rstrip("/").rsplit("/", 1)[-1]
    store, now, deployment = firestore.store(), clock.clock(), settings.deployment()
    if request.method in ("GET", "HEAD"):
        page = use_case.show_approval(token, store=store, clock=now, deployment=deployment)
    elif request.method != "POST":
        return Response(status=405)
    else:
        answer, approval_id = request.form.get("answer"), request.form.get("approval", "")
        if answer not in ("approve", "reject"):
            return Response("expected answer=approve or answer=reject", status=400)
        page = use_case.answer_approval(
            token,
            approval_id,
            "approve" if answer == "approve" else "reject",
            store=store,
            clock=now,
            deployment=deployment,
        )
    log.answered(
        "answer_approval", "unknown" if page.status == 404 else "shown", "WARNING" if page.status == 404 else "INFO"
    )
    return Response(page.html, status=page.status, mimetype="text/html", headers={"Cache-Control": "no-store"})
