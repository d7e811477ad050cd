"""The customer GET /o/{token} -> the slot on a page; POST -> accept_offer -> booking, or a kind no."""

import functions_framework
from flask import Request, Response

from shared.adapters import clock, firestore, log, settings
from shared.use_cases import accept_offer as use_case


@functions_framework.http
def accept_offer(request: Request) -> Response:
    token = request.path.rstrip("/").rsplit("/", 1)[-1]
    store, deployment = firestore.store(), settings.deployment()
    answer = request.form.get("answer") if request.method == "POST" else None
    if request.method not in ("GET", "HEAD", "POST"):
        return Response(status=405)
    if request.method == "POST" and answer not in ("accept", "decline"):
        return Response("expected answer=accept or answer=decline", status=400)
    page = (
        use_case.answer_offer(
            token,
            "accept" if answer == "accept" else "decline",
            store=store,
            clock=clock.clock(),
            deployment=deployment,
        )
        if answer
        else use_case.show_offer(token, store=store, deployment=deployment)
    )
    log.answered("accept_offer", page.state, "WARNING" if page.state == "unknown" else "INFO")
    return Response(page.html, status=page.status, mimetype="text/html", headers={"Cache-Control": "no-store"})
