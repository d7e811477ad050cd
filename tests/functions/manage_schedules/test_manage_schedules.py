"""The platform's switch stops what it says, for the platform only, and never without a trace."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from werkzeug.wrappers import Response

from local.in_process import AUTH_TOKEN, Suite
from local.memory.memory import MemoryScheduler
from local.sign_in import token
from shared.ports import Schedule, SignedIn
from tests.stories.salon import NOW, open_salon

PLATFORM = SignedIn("olga", "platform", None)
AUDIT = "audit_logs"


@pytest.fixture
def suite() -> Iterator[Suite]:
    with Suite(now=NOW) as suite:
        yield suite


def ask(suite: Suite, method: str, path: str, who: SignedIn | str | None = PLATFORM) -> Response:
    said = f"Bearer {token(AUTH_TOKEN, who)}" if isinstance(who, SignedIn) else who
    return suite.request(method, path, headers={} if said is None else {"Authorization": said})


def states(suite: Suite) -> dict[str, str]:
    return {schedule.name: schedule.state for schedule in suite.switch.schedules()}


def ticks(suite: Suite, **by: float) -> set[str]:
    """Which functions were woken while that time passed."""
    before = suite.outcomes.copy()
    suite.advance(**by)
    return {function for function, _ in suite.outcomes - before}


def test_the_platform_sees_every_schedule(suite: Suite) -> None:
    answer = ask(suite, "GET", "/schedules")
    assert (answer.status_code, answer.json["changed"]) == (200, [])
    assert {each["name"]: each["state"] for each in answer.json["schedules"]} == states(suite)
    assert {"name": "gap_scan", "cron": "*/5 * * * *", "state": "enabled"} in answer.json["schedules"]
    assert suite.list(AUDIT) == {}


def test_what_is_paused_comes_due_for_nobody_until_it_is_resumed_and_is_not_made_up_for(suite: Suite) -> None:
    open_salon(suite)
    suite.advance(minutes=1)
    ask(suite, "POST", "/schedules/gap_scan/pause")
    assert "scan_gaps" not in ticks(suite, minutes=30)
    ask(suite, "POST", "/schedules/gap_scan/resume")
    before = suite.outcomes.copy()
    suite.advance(minutes=5)
    assert (suite.outcomes - before)["dispatch_jobs", "Dispatched"] == 1


def test_all_are_paused_at_once_and_resumed_at_once(suite: Suite) -> None:
    paused = ask(suite, "POST", "/schedules/pause")
    assert paused.json["changed"] == sorted(states(suite))
    assert set(states(suite).values()) == {"paused"}
    assert ticks(suite, hours=2) == set()
    assert ask(suite, "POST", "/schedules/resume").json["changed"] == sorted(states(suite))
    assert set(states(suite).values()) == {"enabled"}


def test_one_is_run_now_paused_or_not(suite: Suite) -> None:
    open_salon(suite)
    suite.advance(minutes=1)
    ask(suite, "POST", "/schedules/pause")
    answer = ask(suite, "POST", "/schedules/gap_scan/run")
    assert answer.json["changed"] == ["gap_scan"]
    assert "scan_gaps" in ticks(suite, minutes=1)
    assert states(suite)["gap_scan"] == "paused"


def test_who_changed_what_and_when_stands_in_the_platforms_own_audit_log(suite: Suite) -> None:
    ask(suite, "POST", "/schedules/gap_scan/pause")
    suite.advance(hours=1)
    ask(suite, "POST", "/schedules/gap_scan/run")
    ask(suite, "POST", "/schedules/gap_scan/resume")
    records = sorted(suite.list(AUDIT).values(), key=lambda record: (record["created_at"], record["action"]))
    assert [(each["actor"], each["resource_id"], each["details"]) for each in records] == [
        ("olga", "gap_scan", {"asked": "pause", "state_before": "enabled"}),
        ("olga", "gap_scan", {"asked": "resume", "state_before": "paused"}),
        ("olga", "gap_scan", {"asked": "run", "state_before": "paused"}),
    ]
    assert [each["created_at"] - NOW for each in records] == [timedelta(), timedelta(hours=1), timedelta(hours=1)]
    assert {(each["salon_id"], each["announces"], each["due_at"]) for each in records} == {("", None, None)}


@pytest.mark.parametrize("action", ["pause", "resume"])
def test_asking_again_changes_nothing_and_is_no_change_to_record(suite: Suite, action: str) -> None:
    ask(suite, "POST", "/schedules/gap_scan/pause")
    ask(suite, "POST", f"/schedules/gap_scan/{action}")
    recorded, standing = suite.list(AUDIT), states(suite)
    again = ask(suite, "POST", f"/schedules/gap_scan/{action}")
    assert (again.status_code, again.json["changed"]) == (200, [])
    assert (suite.list(AUDIT), states(suite)) == (recorded, standing)


def test_what_could_not_be_carried_out_was_asked_for_all_the_same(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(self: MemoryScheduler, name: str) -> None:
        raise ConnectionError("no answer from Cloud Scheduler")

    monkeypatch.setattr(MemoryScheduler, "pause", unreachable)
    assert ask(suite, "POST", "/schedules/gap_scan/pause").status_code == 500
    assert [each["details"]["asked"] for each in suite.list(AUDIT).values()] == ["pause"]


def test_nothing_is_changed_that_could_not_be_written_down(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite.store, "platform", lambda: (_ for _ in ()).throw(ConnectionError("no Firestore")))
    assert ask(suite, "POST", "/schedules/gap_scan/pause").status_code == 500
    assert states(suite)["gap_scan"] == "enabled"


def test_the_answer_says_what_came_about_and_not_what_was_asked(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = [Schedule("gap_scan", "*/5 * * * *", "disabled")]
    monkeypatch.setattr(suite.switch, "schedules", lambda: stuck)
    answer = ask(suite, "POST", "/schedules/gap_scan/resume")
    assert (answer.json["changed"], answer.json["schedules"][0]["state"]) == ([], "disabled")


REQUESTS = [
    ("GET", "/schedules"),
    ("POST", "/schedules/pause"),
    ("POST", "/schedules/resume"),
    ("POST", "/schedules/gap_scan/pause"),
    ("POST", "/schedules/gap_scan/resume"),
    ("POST", "/schedules/gap_scan/run"),
    ("POST", "/schedules/nothing/pause"),
]


def attempt(suite: Suite, request: tuple[str, str], who: SignedIn | str | None) -> Response:
    """It must leave nothing behind but a log line."""
    standing, delivered = states(suite), suite.delivered
    answer = ask(suite, *request, who)
    suite.run_until_idle()
    assert (states(suite), suite.list(AUDIT), suite.delivered) == (standing, {}, delivered)
    return answer


@pytest.mark.parametrize("request_", REQUESTS, ids=" ".join)
@pytest.mark.parametrize("role", ["owner", "manager", "staff", "viewer", "app", "Platform", "platform ", "", None])
def test_every_role_but_the_platforms_is_refused(suite: Suite, request_: tuple[str, str], role: str | None) -> None:
    answer = attempt(suite, request_, SignedIn("u1", role, "s1"))
    assert answer.status_code == 403
    assert "gap_scan" not in answer.get_data(as_text=True)
    assert suite.outcomes["manage_schedules", "NotAllowed"] == 1


@pytest.mark.parametrize("request_", REQUESTS, ids=" ".join)
@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer a.b.c",
        f"Basic {token(AUTH_TOKEN, PLATFORM)}",
        token(AUTH_TOKEN, PLATFORM),
        f"Bearer {token('another key', PLATFORM)}",
    ],
)
def test_nobody_and_whoever_cannot_prove_it_is_refused(suite: Suite, request_: tuple[str, str], said: str) -> None:
    answer = attempt(suite, request_, said)
    assert answer.status_code == 401
    assert suite.outcomes["manage_schedules", "stranger"] == 1


@pytest.mark.parametrize(
    "path",
    [
        "/schedules/nothing/pause",
        "/schedules/smart_fill_gap_scan/pause",
        "/schedules/run",
        "/schedules/../pause",
        "/schedules/gap_scan%2f..%2fother/pause",
        "/schedules//pause",
        "/schedules/gap_scan/delete",
        "/schedules/gap_scan/pause/now",
        "/schedules/gap_scan",
        "/schedules",
    ],
)
def test_what_is_no_schedule_of_ours_is_not_found(suite: Suite, path: str) -> None:
    assert attempt(suite, ("POST", path), PLATFORM).status_code in (404, 405)


@pytest.mark.parametrize("query", ["", "?action=pause"])
@pytest.mark.parametrize("path", ["", "/pause", "/run", "/gap_scan/pause", "/gap_scan/resume", "/gap_scan/run"])
def test_looking_switches_nothing(suite: Suite, path: str, query: str) -> None:
    answer = attempt(suite, ("GET", f"/schedules{path}{query}"), PLATFORM)
    assert answer.status_code == (404 if path else 200)


def test_what_the_log_says_names_nobody(suite: Suite) -> None:
    lines: list[dict[str, object]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.adapters.log.line", lambda severity, message, **fields: lines.append(fields))
        ask(suite, "POST", "/schedules/pause")
        ask(suite, "GET", "/schedules", SignedIn("u1", "owner", "s1"))
    assert [line["outcome"] for line in lines] == ["managed", "NotAllowed"]
    assert not any(word in json.dumps(lines) for word in ("olga", "u1", "s1"))
