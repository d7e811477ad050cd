"""The platform GET /schedules -> what runs when; POST /schedules[/{name}]/pause, resume or run -> Cloud Scheduler."""

import json

import functions_framework
from flask import Request, Response

from shared.adapters import clock, firestore, scheduler, sign_in
from shared.adapters.handling import Answered, on_request
from shared.use_cases import manage_schedules as use_case

STATUS = {use_case.NotAllowed: 403, use_case.UnknownSchedule: 404}


@functions_framework.http
@on_request
def manage_schedules(request: Request) -> Answered:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    who = sign_in.sign_ins().who(token) if scheme.lower() == "bearer" else None
    if who is None:
        expected = "expected a valid token: Authorization: Bearer ..."
        return Answered(Response(expected, 401, {"WWW-Authenticate": "Bearer"}), "stranger", refused=True)
    answer: use_case.Answer
    match request.method, request.path.strip("/").split("/"):
        case "GET" | "HEAD", [_]:
            answer = use_case.list_schedules(who, scheduler=scheduler.scheduler())
        case "POST", [_, ("pause" | "resume" | "run") as action]:
            answer = _manage(action, None, who)
        case "POST", [_, name, ("pause" | "resume" | "run") as action]:
            answer = _manage(action, name, who)
        case _:
            expected = "expected GET /schedules, or POST /schedules[/{name}]/pause, resume or run"
            return Answered(Response(expected, 404), "not understood", refused=True)
    if isinstance(answer, use_case.Managed):
        shown = Response(json.dumps(answer.shown()), mimetype="application/json")
        return Answered(shown, "managed" if answer.changed else "shown")
    return Answered(Response(answer.reason, STATUS[type(answer)]), type(answer).__name__, refused=True)


def _manage(action: use_case.Action, name: str | None, who: sign_in.SignedIn) -> use_case.Answer:
    return use_case.manage_schedules(
        action, name, who, scheduler=scheduler.scheduler(), store=firestore.store(), clock=clock.clock()
    )
