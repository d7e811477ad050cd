"""The platform GET /schedules -> what runs when; POST /schedules[/{name}]/pause, resume or run -> Cloud Scheduler."""

import json

import functions_framework
from flask import Request, Response

from functions.manage_schedules import scheduler, sign_in, switch_schedules
from shared.adapters import clock, firestore
from shared.adapters.handling import Answered, on_request

STATUS = {switch_schedules.NotAllowed: 403, switch_schedules.UnknownSchedule: 404}


@functions_framework.http
@on_request
def manage_schedules(request: Request) -> Answered:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    who = sign_in.sign_ins().who(token) if scheme.lower() == "bearer" else None
    if who is None:
        expected = "expected a valid token: Authorization: Bearer ..."
        return Answered(Response(expected, 401, {"WWW-Authenticate": "Bearer"}), "stranger", refused=True)
    answer: switch_schedules.Answer
    match request.method, request.path.strip("/").split("/"):
        case "GET" | "HEAD", [_]:
            answer = switch_schedules.list_schedules(who, scheduler=scheduler.scheduler())
        case "POST", [_, ("pause" | "resume" | "run") as action]:
            answer = _manage(action, None, who)
        case "POST", [_, name, ("pause" | "resume" | "run") as action]:
            answer = _manage(action, name, who)
        case _:
            expected = "expected GET /schedules, or POST /schedules[/{name}]/pause, resume or run"
            return Answered(Response(expected, 404), "not understood", refused=True)
    if isinstance(answer, switch_schedules.Managed):
        shown = Response(json.dumps(answer.shown()), mimetype="application/json")
        return Answered(shown, "managed" if answer.changed else "shown")
    return Answered(Response(answer.reason, STATUS[type(answer)]), type(answer).__name__, refused=True)


def _manage(action: switch_schedules.Action, name: str | None, who: sign_in.SignedIn) -> switch_schedules.Answer:
    return switch_schedules.manage_schedules(
        action, name, who, scheduler=scheduler.scheduler(), store=firestore.store(), clock=clock.clock()
    )
