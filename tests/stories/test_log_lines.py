"""What is delivered leaves one line, and by it can be followed: through the framework, as the platform delivers it."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import functions_framework
import pytest

from local.in_process import BASE_URL, PROJECT, Suite
from shared.adapters import log
from tests.stories.busy_day import busy_day, everything
from tests.stories.salon import NOW, SALON, open_salon

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
FIELDS = ["function", "salon_id", "event_id", "attempt", "outcome", "reason", "ms"]
PERSONAL = {"name", "phone", "email", "body", "text", "recipient", "sender", "address"}


class Lines:
    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []

    def __call__(self, severity: str, message: str, **fields: Any) -> None:
        self.written.append({"severity": severity, "message": message, **fields})


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", PROJECT)
    with Suite(now=NOW) as suite, pytest.MonkeyPatch.context() as patch:
        open_salon(suite)
        patch.setattr(log, "line", written := Lines())
        yield written


def client(function: str, signature: str) -> Any:
    return functions_framework.create_app(function, str(FUNCTIONS / function / "main.py"), signature).test_client()


def pushed(headers: dict[str, str] | None = None, **beside: Any) -> int:
    body = {"job": "gap_scan", "salon_id": SALON, "at": NOW.isoformat()}
    message = {
        "data": base64.b64encode(json.dumps(body).encode()).decode(),
        "attributes": {"job": "gap_scan", "salon_id": SALON},
        "messageId": "m1",
        "publishTime": NOW.isoformat(),
    }
    answer = client("scan_gaps", "cloudevent").post(
        f"/projects/{PROJECT}/topics/salon-jobs",
        json={"subscription": "s", "message": message, **beside},
        headers=headers or {},
    )
    return int(answer.status_code)


def trace(lines: Lines) -> Any:
    (line,) = lines.written
    return line.get("logging.googleapis.com/trace")


def test_one_line_says_all_about_one_event(lines: Lines) -> None:
    assert pushed({"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, deliveryAttempt=3) == 200
    (line,) = lines.written
    assert list(line) == ["severity", "message", *FIELDS, "logging.googleapis.com/trace"]
    assert (line["function"], line["salon_id"], line["event_id"], line["attempt"]) == ("scan_gaps", SALON, "m1", 3)
    assert line["logging.googleapis.com/trace"] == f"projects/{PROJECT}/traces/{TRACE}"


@pytest.mark.parametrize(
    "counted", [{}, {"deliveryAttempt": None}, {"deliveryAttempt": "3"}, {"deliveryAttempt": True}]
)
def test_where_nobody_counts_attempts_the_line_does_not_guess(lines: Lines, counted: dict[str, Any]) -> None:
    assert pushed(**counted) == 200
    assert lines.written[0]["attempt"] is None


@pytest.mark.parametrize(
    "headers",
    [
        {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-00"},
        {"X-Cloud-Trace-Context": f"{TRACE}/123456789;o=1"},
        {"X-Cloud-Trace-Context": TRACE},
        {"traceparent": "no trace", "X-Cloud-Trace-Context": f"{TRACE}/1"},
    ],
)
def test_a_line_belongs_to_the_trace_of_its_request(lines: Lines, headers: dict[str, str]) -> None:
    pushed(headers)
    assert trace(lines) == f"projects/{PROJECT}/traces/{TRACE}"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"traceparent": f"00-{TRACE}"},
        {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01 +447700900101"},
        {"X-Cloud-Trace-Context": "+447700900101"},
        {"X-Cloud-Trace-Context": f"{TRACE}/x"},
    ],
)
def test_whatever_else_a_header_says_is_not_written_down(lines: Lines, headers: dict[str, str]) -> None:
    pushed(headers)
    assert trace(lines) is None
    assert "+447700900101" not in json.dumps(lines.written)


@pytest.mark.parametrize(
    ("function", "path", "form", "status", "outcome"),
    [
        ("accept_offer", "/o/nothing", None, 404, "unknown"),
        ("accept_offer", "/o/nothing", {"answer": "perhaps"}, 400, "no answer"),
        ("answer_approval", "/a/nothing", None, 404, "unknown"),
        ("answer_approval", "/a/nothing", {"answer": "perhaps"}, 400, "no answer"),
        ("receive_message", "/webhooks/twilio/incoming", {"From": "+447700900101"}, 403, "not signed"),
        ("track_delivery", "/webhooks/twilio/status", {"From": "+447700900101"}, 403, "not signed"),
        ("manage_schedules", "/schedules", None, 401, "stranger"),
    ],
)
def test_a_request_that_is_refused_leaves_its_line_too(
    lines: Lines, function: str, path: str, form: dict[str, str] | None, status: int, outcome: str
) -> None:
    doors = client(function, "http")
    asked = doors.get if form is None else doors.post
    answer = asked(path, base_url=BASE_URL, data=form, headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    (line,) = lines.written
    assert (answer.status_code, line["outcome"], line["severity"]) == (status, outcome, "WARNING")
    assert list(line)[2:] == [*FIELDS, "logging.googleapis.com/trace"]
    assert "+447700900101" not in json.dumps(line)


def broken() -> Any:
    raise OSError("+447700900101")


def test_what_fails_says_what_and_where_and_quotes_no_error(
    lines: Lines, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.adapters.firestore.store", broken)
        answers = [client("accept_offer", "http").get("/o/nothing", base_url=BASE_URL).status_code, pushed()]
    assert answers == [500, 500]
    for line, function in zip(lines.written, ("accept_offer", "scan_gaps"), strict=True):
        assert (line["severity"], line["outcome"], line["error"]) == ("ERROR", "failed", "OSError")
        assert [line["at"][-2].split(":")[0], line["at"][-1].split(" ")[1]] == [f"{function}/main.py", "broken"]
    written = capfd.readouterr()
    assert "+447700900101" not in written.out + written.err + caplog.text + json.dumps(lines.written)


def test_a_whole_day_of_lines_names_nobody_and_quotes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Lines()
    monkeypatch.setattr(
        Suite, "_logged", lambda suite, severity, message, **fields: written(severity, message, **fields)
    )
    suite = busy_day()
    said = {message.text for message in suite.outbox.messages}
    for data in everything(suite).values():
        said |= {str(value) for name, value in data.items() if name in PERSONAL and value}
    lines_ = [json.dumps(line, default=str) for line in written.written]
    assert len(said) > 20 and len(lines_) > 200
    assert [
        (word, line) for word in said for line in lines_ if f'"{word}"' in line or (len(word) > 8 and word in line)
    ] == []
    assert [line for line in written.written if list(line)[2:9] != FIELDS] == []
