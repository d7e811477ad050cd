"""HTTP /toy/{name} -> what arrived, as JSON. Slow on request."""

import os
import time

import functions_framework
from flask import Request, Response, jsonify


@functions_framework.http
def answer_door(request: Request) -> Response:
    time.sleep(float(request.args.get("seconds", 0)))
    answer = jsonify(
        method=request.method,
        target=request.environ["REQUEST_URI"],
        path=request.path,
        script_root=request.script_root,
        body=request.get_data(as_text=True),
        headers={name.lower(): value for name, value in request.headers.items()},
        process=os.getpid(),
    )
    answer.headers.add("Set-Cookie", "a=1")
    answer.headers.add("Set-Cookie", "b=2")
    answer.status_code = 201
    return answer
