"""The owner GET /a/{token} -> what waits for an answer, in full; POST -> answer_approval -> it is approved, or closed."""

import re
from typing import Final

import functions_framework
from flask import Request, Response

from functions.answer_approval import answer_link
from shared.adapters import clock, firestore, settings
from shared.adapters.handling import Answered, on_request
from shared.pages.page import headers

REVISION: Final = re.compile("[0-9]{1,9}")
EXPECTED: Final = (
    "expected answer=approve or answer=reject with an approval, answer=close or answer=opt_out with a conversation"
)


@functions_framework.http
@on_request
def answer_approval(request: Request) -> Answered:
    token = request.path.rstrip("/").rsplit("/", 1)[-1]
    visits = answer_link.LinkVisits(firestore.store(), clock.clock(), settings.deployment())
    if request.method in ("GET", "HEAD"):
        page = visits.show(token)
    elif request.method != "POST":
        return Answered(Response(status=405, headers=headers()), "no such method", refused=True)
    else:
        reply = _reply(request)
        if reply is None:
            return Answered(Response(EXPECTED, status=400, headers=headers()), "no answer", refused=True)
        page = visits.answer(token, reply)
    shown = Response(page.html, status=page.status, mimetype="text/html", headers=headers())
    unknown = page.status == 404
    return Answered(shown, "unknown" if unknown else "shown", refused=unknown, salon_id=page.salon_id)


def _reply(request: Request) -> answer_link.Reply | None:
    """What the form says, or None where it says no answer."""
    form, seen = request.form, request.form.get("seen", "")
    match form.get("answer"):
        case "approve" | "reject" as action:
            return answer_link.Reply(action, form.get("approval", ""), struck=tuple(form.getlist("struck")))
        case "close" | "opt_out" as action:
            return answer_link.Reply(action, form.get("conversation", ""), int(seen) if REVISION.fullmatch(seen) else 0)
    return None
