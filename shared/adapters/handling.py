"""An event or a request from its arrival to the one line that it leaves, whatever came of it."""

import logging
import os
import re
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Final

import flask

from shared.adapters import log

TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
CLOUD_TRACE: Final = re.compile(r"([0-9a-f]{32})(?:/[0-9]+)?(?:;o=[0-9]+)?")
"""The form of a trace header. Anybody can send one, and nothing else may stand in the log."""

DEPTH: Final = 8
"""How many of the calls that led to an error are logged, the last ones."""


class Handling:
    """One event or request on its way through a door. `salon_id` and `event_id` are set once they are known."""

    def __init__(self, function: str) -> None:
        self.salon_id: str | None = None
        self.event_id: str | None = None
        self._function = function
        self._started = time.perf_counter()

    def ended(self, severity: log.Severity, outcome: str, *, reason: str | None = None, **more: object) -> None:
        log.line(
            severity,
            f"{self._function}: {outcome}",
            function=self._function,
            salon_id=self.salon_id,
            event_id=self.event_id,
            attempt=_attempt(),
            outcome=outcome,
            reason=reason,
            ms=round((time.perf_counter() - self._started) * 1000, 1),
            **_trace(),
            **more,
        )

    def failed(self, error: Exception) -> None:
        """Notes an error by its class and by where it was raised: its text may quote a document. So Flask, which would
        log all of it, is kept from doing so."""
        frames = traceback.extract_tb(error.__traceback__)[-DEPTH:]
        at = [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}" for frame in frames]
        self.ended("ERROR", "failed", error=type(error).__name__, at=at)
        if flask.has_app_context():
            flask.current_app.logger.addFilter(_quotes_no_error)


def _quotes_no_error(record: logging.LogRecord) -> bool:
    return record.exc_info is None


@dataclass(frozen=True)
class Answered:
    """What a door makes of a request. All but the response is logged, so none of it may hold personal data."""

    response: flask.Response
    outcome: str
    refused: bool = False
    reason: str | None = None
    salon_id: str | None = None
    event_id: str | None = None


def on_request(function: Callable[[flask.Request], Answered]) -> Callable[[flask.Request], flask.Response]:
    @wraps(function)
    def door(request: flask.Request) -> flask.Response:
        handling = Handling(function.__name__)
        try:
            answered = function(request)
        except Exception as error:
            handling.failed(error)
            raise
        handling.salon_id, handling.event_id = answered.salon_id, answered.event_id
        handling.ended("WARNING" if answered.refused else "INFO", answered.outcome, reason=answered.reason)
        return answered.response

    return door


def _attempt() -> int | None:
    """Which delivery of the event this is, or None. Pub/Sub counts deliveries where there are dead letters; Eventarc
    and whoever sends a request tell nobody."""
    body = flask.request.get_json(silent=True) if flask.has_request_context() else None
    counted = body.get("deliveryAttempt") if isinstance(body, dict) else None
    return counted if isinstance(counted, int) and not isinstance(counted, bool) else None


def _trace() -> dict[str, str]:
    """The field by which Cloud Logging shows our line beside the request's own."""
    project = os.environ.get("GOOGLE_CLOUD_PROJECT")
    if not project or not flask.has_request_context():
        return {}
    headers = flask.request.headers
    found = TRACEPARENT.fullmatch(headers.get("traceparent", ""))
    found = found or CLOUD_TRACE.fullmatch(headers.get("X-Cloud-Trace-Context", ""))
    return {"logging.googleapis.com/trace": f"projects/{project}/traces/{found[1]}"} if found else {}
