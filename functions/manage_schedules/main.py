"""The platform GET /schedules -> what runs when; POST /schedules[/{name}]/pause, resume or run -> Cloud Scheduler."""

import functions_framework
from flask import Request, Response, jsonify

from shared.adapters import clock, firestore, log, scheduler, sign_in
from shared.use_cases import manage_schedules as use_case

STATUS = {use_case.NotAllowed: 403, use_case.UnknownSchedule: 404}


@functions_framework.http
def manage_schedules(request: Request) -> Response:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    who = sign_in.sign_ins().who(token) if scheme.lower() == "bearer" else None
    if who is None:
        log.answered("manage_schedules", "stranger", "WARNING")
        return Response("expected a valid token: Authorization: Bearer ...", 401, {"WWW-Authenticate": "Bearer"})
    answer: use_case.Answer
    match request.method, request.path.strip("/").split("/"):
        case "GET" | "HEAD", [_]:
            answer = use_case.list_schedules(who, scheduler=scheduler.scheduler())
        case "POST", [_, ("pause" | "resume" | "run") as action]:
            answer = _manage(action, None, who)
        case "POST", [_, name, ("pause" | "resume" | "run") as action]:
            answer = _manage(action, name, who)
        case _:
            return Response("expected GET /schedules, or POST /schedules[/{name}]/pause, resume or run", 404)
    log.answered(
        "manage_schedules", type(answer).__name__, "INFO" if isinstance(answer, use_case.Managed) else "WARNING"
    )
    if not isinstance(answer, use_case.Managed):
        return Response(answer.reason, STATUS[type(answer)])
    return jsonify(answer.shown())


def _manage(action: use_case.Action, name: str | None, who: sign_in.SignedIn) -> use_case.Answer:
    return use_case.manage_schedules(
        action, name, who, scheduler=scheduler.scheduler(), store=firestore.store(), clock=clock.clock()
    )
